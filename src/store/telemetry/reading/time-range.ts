import type { Window } from '../../../domain/window.ts';

const NS_PER_MS = 1_000_000n;
/** Leaves room for sums. */
const LARGEST = 2n ** 62n;

/** What points added over longer gaps is found in windows that end this long before the later point. */
export const LONGEST_GAP_MS = 2 * 3_600_000;

/** The windows of a request as conditions on columns of nanoseconds, with their parameters. */
export class TimeRange {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly #windows: readonly Window[];
  readonly #prefix: string;

  constructor(tenant: string, windows: readonly Window[], prefix = 'window') {
    this.#windows = windows;
    this.#prefix = prefix;
    const bounds = windows.flatMap(({ startMs, endMs }, i) => [
      [`${prefix}_from_${i}`, String(nanosecondsOf(startMs))],
      [`${prefix}_to_${i}`, String(nanosecondsOf(endMs))],
    ]);
    this.parameters = { tenant, ...Object.fromEntries(bounds) };
  }

  /** That `expression` lies in one of the windows. */
  condition(expression: string): string {
    if (this.#windows.length === 0) return 'false';
    const prefix = this.#prefix;
    const inside = (i: number): string =>
      `(${expression} >= {${prefix}_from_${i}:Int64} AND ${expression} < {${prefix}_to_${i}:Int64})`;
    return `(${this.#windows.map((_, i) => inside(i)).join(' OR ')})`;
  }
}

/** Milliseconds, which may be infinite, as whole nanoseconds. */
export function nanosecondsOf(ms: number): bigint {
  if (!(Math.abs(ms) < Number(LARGEST / NS_PER_MS))) return ms < 0 ? -LARGEST : LARGEST;
  const whole = Math.floor(ms);
  return BigInt(whole) * NS_PER_MS + BigInt(Math.round((ms - whole) * 1e6));
}
