const TWO_16 = 2 ** 16;
const TWO_32 = 2 ** 32;
const NS_PER_SECOND = 1e9;
const NS_PER_MS = 1e6;

/** Beyond it nanoseconds do not fit an Int64: the year 2262. */
export const LARGEST_MS = 9_223_372_036_000;

/** An unknown start: the largest Int64, so that it comes last among equal times. */
export const UNKNOWN_LOW = 0xffffffff;
export const UNKNOWN_HIGH = 0x7fffffff;

/** Milliseconds as nanoseconds in two 32-bit halves. A double of today's instants resolves 244 ns, so nothing is lost. */
export class Nanoseconds {
  low = 0;
  high = 0;
  #ms = Number.NaN;

  set(ms: number): void {
    if (ms === this.#ms) return;
    this.#ms = ms;
    const seconds = Math.floor(ms / 1000);
    const rest = Math.round((ms - seconds * 1000) * NS_PER_MS);
    const upper = Math.floor(seconds / TWO_16) * NS_PER_SECOND;
    const lower = (seconds - Math.floor(seconds / TWO_16) * TWO_16) * NS_PER_SECOND + rest;
    const upperHigh = Math.floor(upper / TWO_16);
    const low = (upper - upperHigh * TWO_16) * TWO_16 + (lower % TWO_32);
    const carry = low >= TWO_32 ? 1 : 0;
    this.low = low - carry * TWO_32;
    this.high = upperHigh + Math.floor(lower / TWO_32) + carry;
  }
}

/** The nearest double in milliseconds; `high` is signed. */
export function millisecondsOf(low: number, high: number): number {
  // 2^32 ns are 4294 ms and 967,296 ns: both products stay whole numbers below 2^53.
  const rest = high * 967_296 + low;
  const whole = Math.floor(rest / NS_PER_MS);
  return high * 4294 + whole + (rest - whole * NS_PER_MS) / NS_PER_MS;
}
