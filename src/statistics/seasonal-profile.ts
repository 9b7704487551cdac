import { median } from './descriptive.ts';

/** Mean over one season around every point, known where all of it lies in the series. */
function seasonalMeans(values: ArrayLike<number>, season: number): Float64Array {
  const n = values.length;
  const sums = new Float64Array(n + 1);
  const counts = new Float64Array(n + 1);
  for (let t = 0; t < n; t++) {
    const isKnown = Number.isFinite(values[t]!);
    sums[t + 1] = sums[t]! + (isKnown ? values[t]! : 0);
    counts[t + 1] = counts[t]! + (isKnown ? 1 : 0);
  }
  const before = Math.floor(season / 2);
  const after = season - before;
  // Both windows of an even season, shifted by one against each other, so that the point stands in their middle.
  const shift = season % 2 === 0 ? 1 : 0;
  return Float64Array.from({ length: n }, (_, t) => {
    if (t < before || t + after + shift > n) return Number.NaN;
    const sum = sums[t + after]! - sums[t - before]! + sums[t + after + shift]! - sums[t - before + shift]!;
    return sum / (counts[t + after]! - counts[t - before]! + counts[t + after + shift]! - counts[t - before + shift]!);
  });
}

/**
 * What each phase of a season of `season` points adds to the level, summing to 0: medians over the cycles of the distance
 * to the mean of one season around (classical decomposition, Macaulay 1931, with medians, so that a change of level, which
 * touches one cycle, does not count). Null below three cycles, or where a phase is known in fewer than two.
 */
export function seasonalProfile(values: ArrayLike<number>, season: number): Float64Array | null {
  if (!(season >= 2) || values.length < 3 * season) return null;
  const means = seasonalMeans(values, season);
  const byPhase = Array.from({ length: season }, (): number[] => []);
  for (let t = 0; t < values.length; t++) {
    const distance = values[t]! - means[t]!;
    if (Number.isFinite(distance)) byPhase[t % season]!.push(distance);
  }
  if (byPhase.some((distances) => distances.length < 2)) return null;
  const profile = Float64Array.from(byPhase, median);
  const centre = profile.reduce((sum, value) => sum + value, 0) / season;
  return profile.map((value) => value - centre);
}

/** The series without its season; as it is where no season can be told. */
export function withoutSeason(values: ArrayLike<number>, season: number): Float64Array {
  const profile = seasonalProfile(values, season);
  return Float64Array.from(values, (value, t) => value - (profile?.[t % season] ?? 0));
}
