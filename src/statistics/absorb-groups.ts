/** A grouping of rows (block, host) with its groups numbered from 0, and the weight in each. */
interface Grouping {
  readonly numberOf: Int32Array;
  readonly weightOf: Float64Array;
}

/**
 * Takes the weighted means of every grouping (block, host) out of a column, by turns until nothing moves: what is left is
 * what fixed effects of all groupings cannot explain (Frisch & Waugh 1933; Guimarães & Portugal 2010).
 */
export function absorbGroups(
  column: ArrayLike<number>,
  weights: ArrayLike<number>,
  groupings: readonly ArrayLike<number>[],
  tolerance = 1e-10,
): Float64Array {
  return absorber(weights, groupings, tolerance)(column);
}

/** The same for many columns of the same rows. */
export function absorber(
  weights: ArrayLike<number>,
  groupings: readonly ArrayLike<number>[],
  tolerance = 1e-10,
): (column: ArrayLike<number>) => Float64Array {
  const numbered = groupings.map((grouping) => numberGroups(grouping, weights));
  const rounds = groupings.length > 1 ? 10_000 : 1;
  return (column) => {
    const values = new Float64Array(column);
    let size = 0;
    for (let row = 0; row < values.length; row++) size = Math.max(size, Math.abs(values[row]!));
    for (let round = 0; round < rounds; round++) {
      let moved = 0;
      for (const grouping of numbered) moved = Math.max(moved, removeMeans(values, weights, grouping));
      if (moved <= tolerance * size) break;
    }
    return values;
  };
}

function numberGroups(grouping: ArrayLike<number>, weights: ArrayLike<number>): Grouping {
  const { numberOf, groups } = numbersOf(grouping);
  const weightOf = new Float64Array(groups);
  for (let row = 0; row < numberOf.length; row++) weightOf[numberOf[row]!]! += weights[row]!;
  return { numberOf, weightOf };
}

interface Numbers {
  readonly numberOf: Int32Array;
  readonly groups: number;
}

/** A jackknife fits the same groupings again and again. */
const known = new WeakMap<object, Numbers>();

function numbersOf(grouping: ArrayLike<number>): Numbers {
  const found = known.get(grouping);
  if (found !== undefined) return found;
  const numbers = new Map<number, number>();
  const numberOf = new Int32Array(grouping.length);
  for (let row = 0; row < numberOf.length; row++) {
    const group = grouping[row]!;
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    numberOf[row] = number;
  }
  const made = { numberOf, groups: numbers.size };
  known.set(grouping, made);
  return made;
}

/** Returns the largest mean that was taken out. */
function removeMeans(values: Float64Array, weights: ArrayLike<number>, { numberOf, weightOf }: Grouping): number {
  const means = new Float64Array(weightOf.length);
  for (let row = 0; row < values.length; row++) means[numberOf[row]!]! += weights[row]! * values[row]!;
  let moved = 0;
  for (let group = 0; group < means.length; group++) {
    means[group] = weightOf[group]! > 0 ? means[group]! / weightOf[group]! : 0;
    moved = Math.max(moved, Math.abs(means[group]!));
  }
  for (let row = 0; row < values.length; row++) values[row]! -= means[numberOf[row]!]!;
  return moved;
}
