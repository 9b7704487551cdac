const WORD = 2 ** 32;
const NANOSECONDS_PER_MILLISECOND = 1e6;
/** 2^32 nanoseconds are so many whole milliseconds, and so many nanoseconds. */
const WORD_MILLISECONDS = 4294;
const WORD_REMAINDER = 967296;

/** An unsigned number of 64 bits out of its halves: exact up to 2^53, rounded once above. */
export function uint64Of(low: number, high: number): number {
  return (high >>> 0) * WORD + (low >>> 0);
}

/** The same for two's complement. */
export function int64Of(low: number, high: number): number {
  return (high | 0) * WORD + (low >>> 0);
}

/** All digits of a signed number of 64 bits. */
export function int64Text(low: number, high: number): string {
  const number = int64Of(low, high);
  return Number.isSafeInteger(number) ? String(number) : String((BigInt(high | 0) << 32n) | BigInt(low >>> 0));
}

/**
 * Nanoseconds in two unsigned halves as milliseconds with fractions. Whole milliseconds and the rest are kept apart until
 * the end, below 2^53 each, so that nothing is lost to a double that cannot hold 19 digits.
 */
export function millisecondsOf(low: number, high: number): number {
  const rest = high * WORD_REMAINDER + low;
  const whole = Math.floor(rest / NANOSECONDS_PER_MILLISECOND);
  const fraction = (rest - whole * NANOSECONDS_PER_MILLISECOND) / NANOSECONDS_PER_MILLISECOND;
  return high * WORD_MILLISECONDS + whole + fraction;
}
