/** How many events a unit (instance) had in one second. */
export interface UnitCount {
  readonly second: number;
  readonly unit: number;
  readonly count: number;
}

/** Pairs of events that met in one second, and those expected of events spread evenly over the group, by group. */
export interface MetPairs {
  readonly met: Float64Array;
  readonly expected: Float64Array;
}

/**
 * The two sides of Morisita's index of dispersion, Σ n(n − 1) over N(N − 1)/S with S seconds a group (Morisita 1959); 1 where
 * events are spread at random. With several units only pairs of different units count: n² − Σ nᵤ² over (N² − Σ Nᵤ²)/S, so that
 * what one unit does at once by itself is no meeting. Their ratio over groups is a cluster ratio.
 */
export function morisitaPairs(
  counts: readonly UnitCount[],
  groupOf: (second: number) => number,
  secondsOfGroup: number,
): MetPairs {
  const among = new Set(counts.map(({ unit }) => unit)).size > 1;
  const bySecond = pairsBy(counts, ({ second }) => second, among);
  const byGroup = pairsBy(counts, ({ second }) => groupOf(second), among);
  const groups = [...byGroup.keys()].sort((a, b) => a - b);
  const placeOf = new Map(groups.map((group, place) => [group, place]));
  const met = new Float64Array(groups.length);
  const expected = Float64Array.from(groups, (group) => byGroup.get(group)! / secondsOfGroup);
  for (const [second, pairs] of bySecond) met[placeOf.get(groupOf(second))!]! += pairs;
  return { met, expected };
}

/** Ordered pairs by place: of different units, or of any two events. */
function pairsBy(
  counts: readonly UnitCount[],
  placeOf: (count: UnitCount) => number,
  among: boolean,
): Map<number, number> {
  const totals = new Map<number, Map<number, number>>();
  for (const one of counts) {
    const place = placeOf(one);
    const units = totals.get(place) ?? new Map<number, number>();
    totals.set(place, units);
    units.set(one.unit, (units.get(one.unit) ?? 0) + one.count);
  }
  return new Map([...totals].map(([place, units]) => [place, pairsOf([...units.values()], among)]));
}

function pairsOf(counts: readonly number[], among: boolean): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const own = among ? counts.reduce((sum, count) => sum + count * count, 0) : total;
  return total * total - own;
}
