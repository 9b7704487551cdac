import type { Load } from './written-scenario.ts';

const MINUTE_MS = 60_000;
const BASELINE_START_MS = Date.UTC(2026, 10, 20, 2);
/** Load is known a minute late, so that the first minutes of all are not like the others; no window holds them. */
const LEAD_MINUTES = 2;

/** When things happen in a scenario. Minutes are counted from the first one simulated. */
export interface Clock {
  readonly minutes: number;
  readonly baselineStartMs: number;
  readonly windowStartMs: number;
  readonly postStartMs: number;
  readonly endMs: number;
  startOf(minute: number): number;
  /** The minute that holds an instant, the last one for what lies behind it. */
  minuteOf(timeMs: number): number;
  /** The instant so many minutes after the start of post. */
  afterPostStart(minutes: number): number;
}

export function clockOf({ baselineMinutes, windowMinutes, postMinutes }: Load): Clock {
  const startMs = BASELINE_START_MS - LEAD_MINUTES * MINUTE_MS;
  const windowStartMs = BASELINE_START_MS + baselineMinutes * MINUTE_MS;
  const postStartMs = windowStartMs + windowMinutes * MINUTE_MS;
  const minutes = LEAD_MINUTES + baselineMinutes + windowMinutes + postMinutes;
  return {
    minutes,
    baselineStartMs: BASELINE_START_MS,
    windowStartMs,
    postStartMs,
    endMs: postStartMs + postMinutes * MINUTE_MS,
    startOf: (minute) => startMs + minute * MINUTE_MS,
    minuteOf: (timeMs) => Math.min(minutes - 1, Math.floor((timeMs - startMs) / MINUTE_MS)),
    afterPostStart: (after) => postStartMs + after * MINUTE_MS,
  };
}
