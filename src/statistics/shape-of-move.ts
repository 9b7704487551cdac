import { estimatedInflation } from './autocorrelation.ts';
import { bestEnds, type Ends, type EndsRange, LIKELY_95, likelyStarts } from './best-ends.ts';
import { withoutLoneOutliers } from './level-shift.ts';
import { type MoveModel, oneNoise, twoNoises } from './move-model.ts';
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
  /** Whether the noise before and after differs so much that each has its own variance here. */
  readonly noises: 1 | 2;
  /** Whether two steps or a ramp are clear against no move at all. False for a step, which has a test of its own. */
  readonly isClear: boolean;
}

/**
 * Critical value of a second change given a first, at 5 % with a twentieth of the series on each side (Bai & Perron 2003,
 * sup F(2|1), one parameter): the price of having looked everywhere for it.
 */
const SECOND_CHANGE = 11.14;
/** The same table's critical value of any number of changes against none, at 5 % (UDmax), for each of two. */
const ANY_CHANGE = 2 * 10.17;
const CHI_SQUARE_95 = 3.841;
/** Fewest points of a level, as for a step. */
const FEWEST = 3;
/** Noise is at least this share of the move: what is smaller is no departure. */
const LEAST_NOISE_SHARE = 0.01;

interface Fit extends Ends {
  readonly shape: ShapeOfMove['shape'];
  readonly parameters: number;
}

interface Fitted {
  readonly model: MoveModel;
  readonly best: Fit;
  readonly inflation: number;
}

/**
 * Whether a move that ends on another level than it began on came at once, in two steps of one direction, or along a ramp, by
 * the likelihood of each; between the last two, the better by Schwarz's criterion. What is not a step starts at `earliest`
 * or later. Deviances count for less as residuals depend on each other. `height` is the size of the move. Null for series too
 * short to tell.
 */
export function shapeOfMove(
  values: ArrayLike<number>,
  weights: ArrayLike<number>,
  earliest: number,
  height: number,
): ShapeOfMove | null {
  const n = values.length;
  const range = { first: Math.max(FEWEST, earliest), last: n - FEWEST, apart: 0 };
  if (range.last - range.first < FEWEST) return null;
  const calm = withoutLoneOutliers(values, FEWEST);
  const sums = new PartialSums(calm, weights);
  const inflationOf = (fit: Fit): number => {
    const levels = levelsOf(sums, fit, n);
    return estimatedInflation(calm.map((value, t) => Math.sqrt(weights[t]!) * (value - levels[t]!)));
  };
  const one = fitted(oneNoise(sums, n), range, FEWEST, n, inflationOf);
  const two = fitted(twoNoises(sums, n, (LEAST_NOISE_SHARE * height) ** 2), range, range.first, n, inflationOf);
  const noises = one.best.deviance - two.best.deviance > CHI_SQUARE_95 * one.inflation ? 2 : 1;
  const isClear = one.best.shape !== 'step' && one.model.still - one.best.deviance > ANY_CHANGE * one.inflation;
  const { model, best, inflation } = noises === 2 ? two : one;
  const { shape, start, end } = best;
  // A step is a ramp without a climb. Two steps and a ramp are hard to tell apart: then a start that either allows is likely.
  const either = (from: number, to: number): number =>
    Math.min(model.ramp(from, to), to - from < FEWEST ? Infinity : model.stairs(from, to));
  const family = shape === 'stairs' ? either : model.ramp;
  return {
    shape,
    start,
    end,
    ...likelyStarts(best, range, LIKELY_95 * inflation, family),
    noises,
    isClear,
  };
}

/** The likeliest of the three shapes; a step unless another is significantly likelier. */
function fitted(
  model: MoveModel,
  range: EndsRange,
  firstStep: number,
  n: number,
  inflationOf: (fit: Fit) => number,
): Fitted {
  let step: Fit = { shape: 'step', parameters: 3, start: firstStep, end: firstStep, deviance: Infinity };
  for (let k = firstStep; k <= range.last; k++) {
    const deviance = model.step(k);
    if (deviance < step.deviance) step = { ...step, start: k, end: k, deviance };
  }
  const ramp: Fit = { shape: 'ramp', parameters: 4, ...bestEnds(range, model.ramp)! };
  const stairs = bestEnds({ ...range, apart: FEWEST }, model.stairs);
  const others = stairs === null ? [ramp] : [ramp, { shape: 'stairs', parameters: 5, ...stairs } as const];
  const clear = others
    .map((fit) => ({ fit, inflation: inflationOf(fit) }))
    .filter(({ fit, inflation }) => step.deviance - fit.deviance > SECOND_CHANGE * inflation);
  if (clear.length === 0) return { model, best: step, inflation: inflationOf(ramp) };
  const inflation = Math.max(...clear.map((one) => one.inflation));
  const [best] = clear
    .map(({ fit }) => fit)
    .sort((left, right) => criterion(left, inflation, n) - criterion(right, inflation, n));
  return { model, best: best!, inflation };
}

/** Schwarz's, on as many points as the series is worth. */
function criterion({ deviance, parameters }: Fit, inflation: number, n: number): number {
  return deviance / inflation + parameters * Math.log(n / inflation);
}

function levelsOf(sums: PartialSums, { shape, start, end }: Fit, n: number): Float64Array {
  if (shape === 'ramp') {
    const { level, height } = sums.rampFit(start, end, n);
    const climbed = (t: number): number => Math.min(1, Math.max(0, (t - start + 1) / (end - start + 1)));
    return Float64Array.from({ length: n }, (_, t) => level + height * climbed(t));
  }
  const middle = start < end ? sums.mean(start, end) : 0;
  const [before, after] = [sums.mean(0, start), sums.mean(end, n)];
  return Float64Array.from({ length: n }, (_, t) => (t < start ? before : t < end ? middle : after));
}
