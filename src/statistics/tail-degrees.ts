/** Below this many the moments that the tails are judged by do not exist. */
const FEWEST_DEGREES = 3;

/**
 * Degrees of freedom of a Student's t with the tails of `count` values around 0, from their mean square and mean fourth
 * power: its excess kurtosis is 6/(ν − 4). At most `count` − 1, which is what estimating the variance leaves.
 */
export function tailDegrees(count: number, meanSquare: number, meanFourthPower: number): number {
  const excess = meanFourthPower / meanSquare ** 2 - 3;
  const ofTails = excess > 0 ? 4 + 6 / excess : Number.POSITIVE_INFINITY;
  return Math.max(FEWEST_DEGREES, Math.min(count - 1, ofTails));
}
