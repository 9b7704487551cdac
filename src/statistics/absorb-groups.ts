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
    const values = Float64Array.from(column);
    const size = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    for (let round = 0; round < rounds; round++) {
      let moved = 0;
      for (const grouping of numbered) moved = Math.max(moved, removeMeans(values, weights, grouping));
      if (moved <= tolerance * size) break;
    }
    return values;
  };
}

function numberGroups(grouping: ArrayLike<number>, weights: ArrayLike<number>): Grouping {
  const numbers = new Map<number, number>();
  const numberOf = Int32Array.from(grouping, (group) => {
    const known = numbers.get(group) ?? numbers.size;
    numbers.set(group, known);
    return known;
  });
  const weightOf = new Float64Array(numbers.size);
  for (let row = 0; row < numberOf.length; row++) weightOf[numberOf[row]!]! += weights[row]!;
  return { numberOf, weightOf };
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
