/** Number of ways to choose; exact below 2^53. */
export function combinations(n: number, chosen: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(chosen, n - chosen); i++) ways = Math.round((ways * (n - i + 1)) / i);
  return chosen < 0 || chosen > n ? 0 : ways;
}

/** The smallest one-sided p-value that re-randomising two arms of clusters can give: 1/C(m₁ + m₀, m₁). */
export function smallestRandomisationP(exposed: number, control: number): number {
  return 1 / combinations(exposed + control, exposed);
}

/** Next choice in lexicographic order, in place; false after the last one. */
function advance(chosen: number[], n: number): boolean {
  let i = chosen.length - 1;
  while (i >= 0 && chosen[i] === n - chosen.length + i) i--;
  if (i < 0) return false;
  chosen[i]! += 1;
  for (let j = i + 1; j < chosen.length; j++) chosen[j] = chosen[j - 1]! + 1;
  return true;
}

export interface Randomisation {
  readonly observed: number;
  /** Share of labelings, the observed one included, whose statistic is at least as large. */
  readonly pAbove: number;
  /** The same for its absolute value. */
  readonly pTwoSided: number;
  readonly labelings: number;
}

/**
 * Exact re-randomisation of which clusters (hosts) were exposed (Fisher 1935): the statistic under every labeling with as
 * many exposed clusters. Null where there are more labelings than `limit`: use the asymptotic interval then.
 */
export function exactRandomisation(
  exposed: ArrayLike<boolean>,
  statistic: (exposed: Uint8Array) => number,
  limit = 20_000,
): Randomisation | null {
  const n = exposed.length;
  const chosen = Array.from(exposed, (is, cluster) => (is ? cluster : -1)).filter((cluster) => cluster >= 0);
  const labelings = combinations(n, chosen.length);
  if (labelings > limit) return null;
  const labels = new Uint8Array(n);
  const measure = (clusters: number[]) => {
    labels.fill(0);
    for (const cluster of clusters) labels[cluster] = 1;
    return statistic(labels);
  };
  const observed = measure(chosen);
  // Sums in another order differ in the last place: ties must still count as ties.
  const slack = 1e-12 * Math.max(1e-300, Math.abs(observed));
  const candidate = chosen.map((_, i) => i);
  let above = 0;
  let beyond = 0;
  do {
    const value = measure(candidate);
    if (value >= observed - slack) above++;
    if (Math.abs(value) >= Math.abs(observed) - slack) beyond++;
  } while (advance(candidate, n));
  return { observed, pAbove: above / labelings, pTwoSided: beyond / labelings, labelings };
}
