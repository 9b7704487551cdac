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
  const values = Float64Array.from(column);
  const size = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const rounds = groupings.length > 1 ? 10_000 : 1;
  for (let round = 0; round < rounds; round++) {
    let moved = 0;
    for (const grouping of groupings) moved = Math.max(moved, removeMeans(values, weights, grouping));
    if (moved <= tolerance * size) break;
  }
  return values;
}

/** Returns the largest mean that was taken out. */
function removeMeans(values: Float64Array, weights: ArrayLike<number>, grouping: ArrayLike<number>): number {
  const sums = new Map<number, { sum: number; weight: number }>();
  for (let row = 0; row < values.length; row++) {
    const group = sums.get(grouping[row]!) ?? { sum: 0, weight: 0 };
    group.sum += weights[row]! * values[row]!;
    group.weight += weights[row]!;
    sums.set(grouping[row]!, group);
  }
  let moved = 0;
  for (let row = 0; row < values.length; row++) {
    const { sum, weight } = sums.get(grouping[row]!)!;
    const centre = weight > 0 ? sum / weight : 0;
    values[row]! -= centre;
    moved = Math.max(moved, Math.abs(centre));
  }
  return moved;
}
