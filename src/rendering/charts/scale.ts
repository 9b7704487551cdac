/** From a stretch of values to percent of the drawing's width or height. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** 0 at `low`, 100 at `high`, not clipped. */
  readonly percent: (value: number) => number;
}

export function linearScale(low: number, high: number): Scale {
  // Halves first: the difference of two large values of opposite sign would overflow.
  const half = high / 2 - low / 2;
  const percent = (value: number) => (half > 0 ? ((value / 2 - low / 2) / half) * 100 : 50);
  return { low, high, percent };
}

/** Round values (1, 2, 2.5 or 5 times a power of ten) that cover a stretch with about that many steps. */
export function roundTicks(low: number, high: number, steps: number): readonly number[] {
  const rough = high / steps - low / steps;
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const ticks: number[] = [];
  for (let index = first; index <= last && ticks.length <= 2 * steps + 2; index += 1) ticks.push(index * step + 0);
  return ticks;
}

const MINUTE_MS = 60_000;
const TIME_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160, 43_200].map(
  (minutes) => minutes * MINUTE_MS,
);

/** Instants on full minutes, hours or days, at most about that many. */
export function timeTicks(startMs: number, endMs: number, most: number): readonly number[] {
  const rough = (endMs - startMs) / most;
  const step = TIME_STEPS_MS.find((size) => size >= rough) ?? Math.ceil(rough / 86_400_000) * 86_400_000;
  const ticks: number[] = [];
  for (let at = Math.ceil(startMs / step) * step; at <= endMs && ticks.length <= most + 1; at += step) ticks.push(at);
  return ticks;
}

/** A coordinate with at most two decimals; what is no number becomes 0, so that a drawing stays a drawing. */
export function coordinate(value: number): string {
  if (!Number.isFinite(value)) return '0';
  const clipped = Math.max(-1e6, Math.min(1e6, value));
  return String(Math.round(clipped * 100) / 100 + 0);
}

export function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
