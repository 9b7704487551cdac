/** A point estimate with its interval; ends may be infinite where the data cannot bound it. */
export type Interval = { estimate: number; low: number; high: number };

/** Length of two combined reaches; an unbounded one makes the result unbounded, whatever the correlation. */
function combine(first: number, second: number, correlation: number): number {
  if (first === Number.POSITIVE_INFINITY || second === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  return Math.sqrt(Math.max(0, first * first + second * second - 2 * correlation * first * second));
}

/**
 * Interval of second − first from the two separate intervals (method of variance estimates recovery, Zou & Donner 2008):
 * each side uses the variance its own ends imply. `correlation` is that of the two estimates.
 */
export function moverDifference(first: Interval, second: Interval, correlation = 0): Interval {
  const estimate = second.estimate - first.estimate;
  const below = combine(second.estimate - second.low, first.high - first.estimate, correlation);
  const above = combine(second.high - second.estimate, first.estimate - first.low, correlation);
  return { estimate, low: estimate - below, high: estimate + above };
}

function logarithm(interval: Interval): Interval {
  const log = (value: number) => (value > 0 ? Math.log(value) : Number.NEGATIVE_INFINITY);
  return { estimate: log(interval.estimate), low: log(interval.low), high: log(interval.high) };
}

/**
 * Interval of second / first for positive quantities: MOVER on the logarithms. A low end of 0 leaves the far side
 * unbounded. Where an estimate is 0 its logarithm has no reach: the quotients of the ends bound the ratio instead.
 */
export function moverRatio(first: Interval, second: Interval, correlation = 0): Interval {
  if (!(first.estimate > 0 && second.estimate > 0)) {
    const low = second.low > 0 ? second.low / first.high : 0;
    const high = first.low > 0 ? second.high / first.low : Number.POSITIVE_INFINITY;
    return { estimate: second.estimate / first.estimate, low, high };
  }
  const { estimate, low, high } = moverDifference(logarithm(first), logarithm(second), correlation);
  return { estimate: Math.exp(estimate), low: Math.exp(low), high: Math.exp(high) };
}
