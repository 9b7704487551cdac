import { estimatedInflation } from './autocorrelation.ts';
import { bestEnds, type Ends, likelyStarts, type SquaresOf } from './best-ends.ts';
import { withoutLoneOutliers } from './level-shift.ts';
import { PartialSums } from './partial-sums.ts';

/** How a series moved from one level to another. Indexes are of the series. */
export interface ShapeOfMove {
  readonly shape: 'step' | 'stairs' | 'ramp';
  /** First point off the old level. */
  readonly start: number;
  /** First point of the last level. */
  readonly end: number;
  /** 95 % likelihood interval of the start; of a step, as far as a climb that began before it is as likely. */
  readonly low: number;
  readonly high: number;
  /** Whether two steps or a ramp are clear against no move at all. False for a step, which has a test of its own. */
  readonly isClear: boolean;
}

/**
 * Critical value of a second change given a first, at 5 % with a twentieth of the series on each side (Bai & Perron 2003,
 * sup F(2|1), one parameter): the price of having looked everywhere for it.
 */
const SECOND_CHANGE = 11.14;
/** The same table's critical value of any number of changes against none, at 5 % (UDmax). */
const ANY_CHANGE = 10.17;
/** Fewest points of a level, as for a step. */
const FEWEST = 3;
interface Shape {
  readonly shape: ShapeOfMove['shape'];
  readonly parameters: number;
  readonly fit: Ends;
  readonly squaresOf: SquaresOf;
  /** Of that many points, what the residuals' autocorrelation leaves; and the variance of one of them. */
  readonly worth: number;
  readonly noise: number;
}

/**
 * Whether a move that ends on another level than it began on came at once, in two steps of one direction, or along a ramp:
 * least squares over both ends against the best single step; between the two, the better by Schwarz's criterion. What is not
 * a step starts at `earliest` or later. Null for series too short to tell.
 */
export function shapeOfMove(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  earliest: number,
): ShapeOfMove | null {
  const n = values.length;
  const first = Math.max(FEWEST, earliest);
  if (n - FEWEST - first < FEWEST) return null;
  const clipped = withoutLoneOutliers(values, FEWEST);
  const sums = new PartialSums(clipped, weights);
  const step = bestStep(sums, n);
  const stairsOf: SquaresOf = (start, end) => stairSquares(sums, start, end, n);
  const rampOf: SquaresOf = (start, end) => sums.rampFit(start, end, n).squares;
  const last = n - FEWEST;
  const described = (
    shape: Shape['shape'],
    parameters: number,
    fit: Ends,
    squaresOf: SquaresOf,
    levels: Float64Array,
  ): Shape => {
    const inflation = estimatedInflation(clipped.map((value, t) => Math.sqrt(weights[t]!) * (value - levels[t]!)));
    return {
      shape,
      parameters,
      fit,
      squaresOf,
      worth: n / inflation,
      noise: (inflation * fit.squares) / (n - parameters),
    };
  };
  const stairs = bestEnds({ first, last, apart: FEWEST }, stairsOf);
  const ramp = bestEnds({ first, last, apart: 0 }, rampOf)!;
  const shapes = [described('ramp', 4, ramp, rampOf, rampLevels(sums, ramp, n))];
  if (stairs !== null) shapes.push(described('stairs', 5, stairs, stairsOf, stairLevels(sums, stairs, n)));
  const gradual = shapes
    .filter(({ fit, noise }) => step.squares - fit.squares > SECOND_CHANGE * noise)
    .sort((left, right) => criterion(left, n) - criterion(right, n))[0];
  const shape = gradual ?? { ...shapes[0]!, shape: 'step', fit: step };
  const { start, end, squares } = shape.fit;
  const apart = shape.shape === 'stairs' ? FEWEST : 0;
  const likely = likelyStarts(shape.fit, { first, last, apart }, shape.noise, shape.squaresOf);
  const isClear = gradual !== undefined && (sums.squares(0, n) - squares) / 2 > ANY_CHANGE * shape.noise;
  return { shape: shape.shape, start, end, ...likely, isClear };
}

/** Schwarz's, on as many points as the series is worth. */
function criterion({ fit, parameters, worth }: Shape, n: number): number {
  return worth * Math.log(fit.squares / n) + parameters * Math.log(worth);
}

function bestStep(sums: PartialSums, n: number): Ends {
  let best: Ends = { start: FEWEST, end: FEWEST, squares: Number.POSITIVE_INFINITY };
  for (let k = FEWEST; k <= n - FEWEST; k++) {
    const squares = sums.squares(0, k) + sums.squares(k, n);
    if (squares < best.squares) best = { start: k, end: k, squares };
  }
  return best;
}

/** Two steps; infinite where they do not go the same way. */
function stairSquares(sums: PartialSums, start: number, end: number, n: number): number {
  const [low, middle, high] = [sums.mean(0, start), sums.mean(start, end), sums.mean(end, n)];
  if ((middle - low) * (high - middle) <= 0) return Number.POSITIVE_INFINITY;
  return sums.squares(0, start) + sums.squares(start, end) + sums.squares(end, n);
}

function stairLevels(sums: PartialSums, { start, end }: Ends, n: number): Float64Array {
  const levels = [sums.mean(0, start), sums.mean(start, end), sums.mean(end, n)] as const;
  return Float64Array.from({ length: n }, (_, t) => (t < start ? levels[0] : t < end ? levels[1] : levels[2]));
}

/** A straight climb: the last old point is `start` - 1, the first new one `end`. */
function rampLevels(sums: PartialSums, { start, end }: Ends, n: number): Float64Array {
  const { level, height } = sums.rampFit(start, end, n);
  const climbed = (t: number): number => Math.min(1, Math.max(0, (t - start + 1) / (end - start + 1)));
  return Float64Array.from({ length: n }, (_, t) => level + height * climbed(t));
}
