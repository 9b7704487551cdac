import { absorber } from './absorb-groups.ts';
import type { Interval } from './mover.ts';
import { placeboVariance } from './placebo-clusters.ts';
import type { VarianceEstimate } from './satterthwaite.ts';
import { studentQuantile } from './student.ts';
import { type Alias, leastSquaresSolution } from './weighted-least-squares.ts';

/** Rows are cells; what differs between groups of any grouping (block, host) is taken out before anything is compared. */
export interface FixedEffectsInput {
  readonly columns: readonly Float64Array[];
  readonly response: Float64Array;
  /** Requests: a row of weight 0 is left out. */
  readonly weights: Float64Array;
  readonly groupings: readonly Int32Array[];
  /** Row → unit that is independent of the others (host, stretch of time), numbered from 0; neighbours are left out together. */
  readonly cluster: Int32Array;
}

export interface FixedEffectsFit {
  /** NaN where aliased. */
  readonly coefficients: Float64Array;
  readonly aliases: readonly Alias[];
  /** Coefficients without each group of clusters in turn. */
  readonly replicates: readonly Float64Array[];
  /** Effective clusters behind each coefficient, less one. */
  readonly degreesOfFreedom: Float64Array;
  /** Where too few clusters met a column, or did not, for a jackknife: what the other clusters vary by; else null. */
  readonly placebos: readonly (VarianceEstimate | null)[];
}

/** More groups than this say little more of a variance (relative error of 15 %) and cost as many fits. */
const MOST_GROUPS = 24;

/**
 * Weighted least squares with fixed effects, and a delete-a-group jackknife over clusters (Kott 2001; the CV3 of MacKinnon,
 * Nielsen & Webb 2023), which holds with few and unlike clusters. Columns that groups or earlier columns explain are named.
 */
export function fixedEffectsFit(input: FixedEffectsInput): FixedEffectsFit {
  const full = fitOnce(input, input.weights);
  const groups = jackknifeGroups(input.cluster);
  const count = groups.reduce((most, group) => Math.max(most, group + 1), 0);
  // What groups explain of all rows they explain of fewer.
  const isExplained = full.coefficients.every(Number.isNaN);
  const replicates = Array.from({ length: count }, (_, left) => {
    if (isExplained) return full.coefficients;
    const weights = input.weights.slice();
    for (let row = 0; row < weights.length; row++) if (groups[row] === left) weights[row] = 0;
    return fitOnce(input, weights).coefficients;
  });
  return {
    coefficients: full.coefficients,
    aliases: full.aliases,
    replicates,
    degreesOfFreedom: effectiveDegrees(full.absorbed, input, full.coefficients),
    placebos: input.columns.map((_, column) => placeboVariance(input, column)),
  };
}

/** Interval of Σ factor × coefficient; without bounds where leaving a cluster out leaves nothing to compare. */
export function intervalOf(fit: FixedEffectsFit, factors: ReadonlyMap<number, number>, level: number): Interval {
  const valueIn = (coefficients: Float64Array): number =>
    [...factors].reduce((sum, [column, factor]) => sum + factor * coefficients[column]!, 0);
  const estimate = valueIn(fit.coefficients);
  const placebo = factors.size === 1 ? placeboOf(fit, factors) : null;
  const { variance, degreesOfFreedom } = placebo ?? jackknifed(fit, factors, valueIn);
  const reach = studentQuantile((1 + level) / 2, degreesOfFreedom) * Math.sqrt(variance);
  if (!Number.isFinite(reach)) return { estimate, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { estimate, low: estimate - reach, high: estimate + reach };
}

function placeboOf({ placebos }: FixedEffectsFit, factors: ReadonlyMap<number, number>): VarianceEstimate | null {
  const [[column, factor]] = [...factors] as [[number, number]];
  const placebo = placebos[column] ?? null;
  return placebo === null ? null : { ...placebo, variance: factor ** 2 * placebo.variance };
}

function jackknifed(
  fit: FixedEffectsFit,
  factors: ReadonlyMap<number, number>,
  valueIn: (coefficients: Float64Array) => number,
): VarianceEstimate {
  const estimate = valueIn(fit.coefficients);
  const count = fit.replicates.length;
  const squares = fit.replicates.reduce((sum, one) => sum + (valueIn(one) - estimate) ** 2, 0);
  const variance = count < 2 ? Number.NaN : ((count - 1) / count) * squares;
  const degreesOfFreedom = Math.min(...[...factors.keys()].map((column) => fit.degreesOfFreedom[column]!));
  return { variance, degreesOfFreedom };
}

function fitOnce({ columns, response, groupings }: FixedEffectsInput, weights: Float64Array) {
  const absorb = absorber(weights, groupings);
  const absorbed = columns.map(absorb);
  const design = new Float64Array(response.length * columns.length);
  absorbed.forEach((column, j) => {
    for (let row = 0; row < column.length; row++) design[row * columns.length + j] = column[row]!;
  });
  const { coefficients, aliases } = leastSquaresSolution({
    design,
    columns: columns.length,
    response: absorb(response),
    weights,
    referenceNorms: columns.map((column) => weightedNorm(column, weights)),
  });
  return { coefficients, aliases, absorbed };
}

function weightedNorm(column: Float64Array, weights: Float64Array): number {
  let squares = 0;
  for (let row = 0; row < column.length; row++) squares += weights[row]! * column[row]! ** 2;
  return Math.sqrt(squares);
}

/** Clusters in as many groups as there may be, neighbours together. */
export function jackknifeGroups(cluster: Int32Array): Int32Array {
  const clusters = cluster.reduce((most, one) => Math.max(most, one + 1), 0);
  const groups = Math.min(clusters, MOST_GROUPS);
  return cluster.map((one) => Math.floor((one * groups) / clusters));
}

/**
 * Effective clusters less one: (Σl)²/Σl² of what each cluster adds to the part of a column that the others do not explain
 * (Carter, Schnepel & Steigerwald 2017). Two exposed hosts of ten make three, five of ten make ten.
 */
function effectiveDegrees(
  absorbed: readonly Float64Array[],
  { weights, cluster }: FixedEffectsInput,
  coefficients: Float64Array,
): Float64Array {
  const kept = absorbed.flatMap((_, column) => (Number.isNaN(coefficients[column]) ? [] : [column]));
  const degrees = new Float64Array(absorbed.length).fill(Number.NaN);
  const groups = jackknifeGroups(cluster);
  for (const column of kept) {
    const others = kept.filter((other) => other !== column).map((other) => absorbed[other]!);
    const own = unexplained(absorbed[column]!, others, weights);
    const sums = new Map<number, number>();
    own.forEach((value, row) => {
      sums.set(groups[row]!, (sums.get(groups[row]!) ?? 0) + weights[row]! * value ** 2);
    });
    let [sum, squares] = [0, 0];
    for (const leverage of sums.values()) [sum, squares] = [sum + leverage, squares + leverage ** 2];
    degrees[column] = Math.max(1, sum ** 2 / squares - 1);
  }
  return degrees;
}

function unexplained(column: Float64Array, others: readonly Float64Array[], weights: Float64Array): Float64Array {
  if (others.length === 0) return column;
  const design = new Float64Array(column.length * others.length);
  others.forEach((other, j) => {
    for (let row = 0; row < other.length; row++) design[row * others.length + j] = other[row]!;
  });
  const { coefficients } = leastSquaresSolution({
    design,
    columns: others.length,
    response: column,
    weights,
  });
  return column.map((value, row) => others.reduce((rest, other, j) => rest - coefficients[j]! * other[row]!, value));
}
