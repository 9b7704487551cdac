import { absorber } from './absorb-groups.ts';
import type { FixedEffectsInput } from './fixed-effects-fit.ts';

/** What is left of a column beside the others, of its sum of squares, where they all but explain it. */
const SINGULAR = 1e-12;

/**
 * Row weights h, [columns × rows], by which a fit with fixed effects is linear in its response: βⱼ = Σ hⱼ·y, being the rows of
 * (X̃′WX̃)⁻¹X̃′W of the absorbed columns X̃ (Frisch & Waugh 1933). Applied to histograms instead of rates they give the effect
 * on every bucket at once. Of the columns `asked` for, in their order; the others are only held equal, and one of them that the
 * groups or the rest of them explain has nothing to add. Null where a column that is asked for is explained by all others.
 */
export function coefficientWeights(
  { columns, groupings }: Pick<FixedEffectsInput, 'columns' | 'groupings'>,
  weights: Float64Array,
  asked: readonly number[],
): readonly Float64Array[] | null {
  const order = [...[...columns.keys()].filter((column) => !asked.includes(column)), ...asked];
  const absorb = absorber(weights, groupings);
  const absorbed = order.map((column) => absorb(columns[column]!));
  const weighted = absorbed.map((column) => column.map((value, row) => value * weights[row]!));
  const gram = absorbed.map((one) => Float64Array.from(weighted, (other) => dot(one, other)));
  const before = order.map((column) =>
    columns[column]!.reduce((sum, value, row) => sum + weights[row]! * value ** 2, 0),
  );
  const inverse = inverseOf(gram, before, order.length - asked.length);
  if (inverse === null) return null;
  return inverse.slice(order.length - asked.length).map((factors) => combined(weighted, factors));
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

/**
 * Gauss and Jordan on a symmetric positive definite matrix. Where a pivot is nothing beside its column's `scale`, one of the first
 * `droppable` columns is left out, and of the others none can be.
 */
function inverseOf(
  matrix: readonly Float64Array[],
  scale: readonly number[],
  droppable: number,
): Float64Array[] | null {
  const size = matrix.length;
  const left = matrix.map((row) => row.slice());
  const right = matrix.map((_, i) => Float64Array.from({ length: size }, (__, j) => (i === j ? 1 : 0)));
  for (let pivot = 0; pivot < size; pivot++) {
    const divisor = left[pivot]![pivot]!;
    if (!(divisor > SINGULAR * scale[pivot]!)) {
      if (pivot < droppable) continue;
      return null;
    }
    for (const side of [left, right]) side[pivot] = side[pivot]!.map((value) => value / divisor);
    for (let row = 0; row < size; row++) {
      const factor = left[row]![pivot]!;
      if (row === pivot || factor === 0) continue;
      for (const side of [left, right]) side[row] = side[row]!.map((value, j) => value - factor * side[pivot]![j]!);
    }
  }
  return right;
}
