/** Seconds since the start of the baseline. Everything a reader compares starts and ends on a block boundary. */
export interface Timeline {
  /** Length of a block, and how often metrics are exported. */
  readonly blockSeconds: number;
  /** See `slowness.ts`. */
  readonly slowness: number;
  /** Load before the baseline starts, so that no process is cold when the comparison begins. */
  readonly leadIn: number;
  readonly window: { readonly start: number; readonly end: number };
  /** Restarts inside the window, spaced so that they do not overlap: the first instance, then the second. */
  readonly gatewayInWindow: number;
  readonly catalog: number;
  readonly orders: number;
  readonly restartSpacing: number;
  /** The remaining gateways: the new processes start inside the window and take over well after it. */
  readonly gatewayStaged: number;
  readonly gatewayInPost: number;
  readonly flagOn: number;
  readonly end: number;
}

export const TIMELINE: Timeline = {
  blockSeconds: 5,
  slowness: 1,
  leadIn: 10,
  window: { start: 80, end: 110 },
  gatewayInWindow: 80,
  catalog: 90,
  orders: 100,
  restartSpacing: 5,
  gatewayStaged: 106,
  gatewayInPost: 115,
  flagOn: 130,
  end: 230,
};

/** Half of the story, to try out other constants: short blocks, since a minute of long ones is too few. */
export const REHEARSAL: Timeline = {
  blockSeconds: 1,
  slowness: 4,
  leadIn: 5,
  window: { start: 40, end: 60 },
  gatewayInWindow: 40,
  catalog: 45,
  orders: 50,
  restartSpacing: 2.5,
  gatewayStaged: 56,
  gatewayInPost: 62,
  flagOn: 72,
  end: 122,
};

/** The first block boundary that leaves room for the lead-in. */
export function baselineStartMs(nowMs: number, timeline: Timeline): number {
  const blockMs = timeline.blockSeconds * 1000;
  return Math.ceil((nowMs + timeline.leadIn * 1000) / blockMs) * blockMs;
}

/** The story on a machine that needs until `doneSeconds` for its restarts: they belong to the window, and the rest comes later. */
export function delayed(timeline: Timeline, doneSeconds: number): Timeline {
  const { blockSeconds, window } = timeline;
  const late = Math.max(0, Math.ceil((doneSeconds - window.end) / blockSeconds) * blockSeconds);
  return {
    ...timeline,
    window: { start: window.start, end: window.end + late },
    gatewayInPost: timeline.gatewayInPost + late,
    flagOn: timeline.flagOn + late,
    end: timeline.end + late,
  };
}
