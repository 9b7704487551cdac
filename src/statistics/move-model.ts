import type { PartialSums } from './partial-sums.ts';

/**
 * −2 log likelihood, up to a constant, of a series of normal points that moved at once before point `start`; in two steps of
 * one direction; along a ramp from `start` to `end`. Lower is likelier.
 */
export interface MoveModel {
  /** No move at all. */
  readonly still: number;
  step(start: number): number;
  stairs(start: number, end: number): number;
  ramp(start: number, end: number): number;
}

/** Parameters fitted at most: three levels and two places. They are taken off the points, as Student does for a mean. */
const PARAMETERS = 5;

/** One variance for all points. */
export function oneNoise(sums: PartialSums, n: number): MoveModel {
  const deviance = (squares: number): number => (n - PARAMETERS) * Math.log(squares / n);
  return {
    still: deviance(sums.squares(0, n)),
    step: (start) => deviance(sums.squares(0, start) + sums.squares(start, n)),
    stairs: (start, end) =>
      goesOneWay(sums, start, end, n) ? deviance(stairSquares(sums, 0, start, end, n)) : Infinity,
    ramp: (start, end) => deviance(sums.rampFit(start, end, n).squares),
  };
}

/**
 * A variance before the move and another from it on, each at least `least` (Chen & Gupta 1997, for a change of mean and
 * variance). A quiet past makes the first small departure telling, whatever noise follows.
 */
export function twoNoises(sums: PartialSums, n: number, least: number): MoveModel {
  const side = (points: number, squares: number): number => points * Math.log(Math.max(least, squares / points));
  const deviance = (start: number, squaresAfter: number): number =>
    (1 - PARAMETERS / n) * (side(start, sums.squares(0, start)) + side(n - start, squaresAfter));
  return {
    still: (n - PARAMETERS) * Math.log(Math.max(least, sums.squares(0, n) / n)),
    step: (start) => deviance(start, sums.squares(start, n)),
    stairs: (start, end) =>
      goesOneWay(sums, start, end, n) ? deviance(start, stairSquares(sums, start, start, end, n)) : Infinity,
    ramp: (start, end) => deviance(start, sums.climbFrom(start, end, n).squares),
  };
}

function goesOneWay(sums: PartialSums, start: number, end: number, n: number): boolean {
  const middle = sums.mean(start, end);
  return (middle - sums.mean(0, start)) * (sums.mean(end, n) - middle) > 0;
}

function stairSquares(sums: PartialSums, from: number, start: number, end: number, n: number): number {
  const before = from < start ? sums.squares(from, start) : 0;
  return before + sums.squares(start, end) + sums.squares(end, n);
}
