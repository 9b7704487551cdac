import { absorber } from './absorb-groups.ts';
import type { FixedEffectsInput } from './fixed-effects-fit.ts';
import type { VarianceEstimate } from './satterthwaite.ts';
import { leastSquaresSolution } from './weighted-least-squares.ts';

/** A jackknife over fewer clusters on one side says nothing of them: leaving one out leaves one, or none. */
const FEW_CLUSTERS = 2;
/** Fewer clusters on the other side do not show how much clusters vary. */
const FEWEST_PLACEBOS = 4;

/**
 * Variance of a coefficient where one or two clusters met the change, or all but one or two did: each cluster of the other
 * side in turn is taken as if it had been the odd one, and how far those placebos lie from nothing is how much a cluster
 * varies by itself, σ²(1/few + 1/many) (Conley & Taber 2011). Null where neither side is that small, or the other is too.
 */
export function placeboVariance(input: FixedEffectsInput, column: number): VarianceEstimate | null {
  const dose = input.columns[column]!;
  const exposed = new Set<number>();
  const unexposed = new Set(input.cluster);
  dose.forEach((value, row) => {
    if (value > 0) exposed.add(input.cluster[row]!);
  });
  for (const cluster of exposed) unexposed.delete(cluster);
  const [few, many] = exposed.size <= unexposed.size ? [exposed, unexposed] : [unexposed, exposed];
  if (few.size === 0 || few.size > FEW_CLUSTERS || many.size < FEWEST_PLACEBOS) return null;
  const pattern = patternOf(input, column, exposed);
  let squares = 0;
  for (const odd of many) {
    const placebo = dose.map((value, row) => {
      if (input.cluster[row] !== odd) return value;
      return few === exposed ? (pattern.get(input.groupings[0]![row]!) ?? 0) : 0;
    });
    const estimate = withoutClusters(input, column, placebo, few);
    if (Number.isNaN(estimate)) return null;
    squares += estimate ** 2;
  }
  const ofOne = (squares / many.size) * ((many.size - 1) / many.size);
  return { variance: ofOne * (1 / few.size + 1 / many.size), degreesOfFreedom: many.size - 1 };
}

/** The largest dose in each group of the first grouping. */
function patternOf(
  { columns, cluster, groupings }: FixedEffectsInput,
  column: number,
  exposed: ReadonlySet<number>,
): Map<number, number> {
  const pattern = new Map<number, number>();
  columns[column]!.forEach((dose, row) => {
    if (!exposed.has(cluster[row]!)) return;
    const group = groupings[0]![row]!;
    pattern.set(group, Math.max(dose, pattern.get(group) ?? 0));
  });
  return pattern;
}

function withoutClusters(
  { columns, response, weights, groupings, cluster }: FixedEffectsInput,
  column: number,
  placebo: Float64Array,
  leftOut: ReadonlySet<number>,
): number {
  const kept = weights.map((weight, row) => (leftOut.has(cluster[row]!) ? 0 : weight));
  const absorb = absorber(kept, groupings);
  const ordered = [placebo, ...columns.filter((_, other) => other !== column)];
  const absorbed = ordered.map(absorb);
  const design = new Float64Array(response.length * absorbed.length);
  absorbed.forEach((one, j) => {
    for (let row = 0; row < one.length; row++) design[row * absorbed.length + j] = one[row]!;
  });
  const norm = (values: Float64Array): number =>
    Math.sqrt(values.reduce((sum, value, row) => sum + kept[row]! * value ** 2, 0));
  const { coefficients } = leastSquaresSolution({
    design,
    columns: absorbed.length,
    response: absorb(response),
    weights: kept,
    referenceNorms: ordered.map(norm),
  });
  return coefficients[0]!;
}
