import { absorber } from './absorb-groups.ts';
import type { FixedEffectsInput } from './fixed-effects-fit.ts';

/** What is left of a column beside the others, of its sum of squares, where they all but explain it. */
const SINGULAR = 1e-12;

/**
 * Row weights h, [columns × rows], by which a fit with fixed effects is linear in its response: βⱼ = Σ hⱼ·y, being the rows of
 * (X̃′WX̃)⁻¹X̃′W of the absorbed columns X̃ (Frisch & Waugh 1933). Applied to histograms instead of rates they give the effect
 * on every bucket at once. Null where a column is explained by the groups or the others.
 */
export function coefficientWeights(
  { columns, groupings }: Pick<FixedEffectsInput, 'columns' | 'groupings'>,
  weights: Float64Array,
): readonly Float64Array[] | null {
  const absorb = absorber(weights, groupings);
  const absorbed = columns.map(absorb);
  const weighted = absorbed.map((column) => column.map((value, row) => value * weights[row]!));
  const gram = absorbed.map((one) => Float64Array.from(weighted, (other) => dot(one, other)));
  const before = columns.map((column) => column.reduce((sum, value, row) => sum + weights[row]! * value ** 2, 0));
  const inverse = inverseOf(gram, before);
  if (inverse === null) return null;
  return inverse.map((factors) => combined(weighted, factors));
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i]! * other[i]!;
  return sum;
}

function combined(columns: readonly Float64Array[], factors: Float64Array): Float64Array {
  const sums = new Float64Array(columns[0]?.length ?? 0);
  columns.forEach((column, j) => {
    for (let row = 0; row < sums.length; row++) sums[row]! += factors[j]! * column[row]!;
  });
  return sums;
}

/** Gauss and Jordan on a symmetric positive definite matrix; null where a pivot is nothing beside its column's `scale`. */
function inverseOf(matrix: readonly Float64Array[], scale: readonly number[]): Float64Array[] | null {
  const size = matrix.length;
  const left = matrix.map((row) => row.slice());
  const right = matrix.map((_, i) => Float64Array.from({ length: size }, (__, j) => (i === j ? 1 : 0)));
  for (let pivot = 0; pivot < size; pivot++) {
    const divisor = left[pivot]![pivot]!;
    if (!(divisor > SINGULAR * scale[pivot]!)) return null;
    for (const side of [left, right]) side[pivot] = side[pivot]!.map((value) => value / divisor);
    for (let row = 0; row < size; row++) {
      const factor = left[row]![pivot]!;
      if (row === pivot || factor === 0) continue;
      for (const side of [left, right]) side[row] = side[row]!.map((value, j) => value - factor * side[pivot]![j]!);
    }
  }
  return right;
}
