/**
 * The bucket that holds the r-th largest of bucketed values; -1 where there are fewer. Fewer than r values lie beyond it.
 *
 * A threshold set from a sample by rank makes the sample's own share beyond it no estimate but a known distribution: the
 * true share beyond the r-th largest of n values is Beta(r, n - r + 1) whatever the values' own distribution (Wilks 1941),
 * whose upper ends are Clopper & Pearson's for r - 1 events. Counting another sample's values beyond is the precedence test
 * (Nelson 1963).
 */
export function bucketOfLargest(counts: ArrayLike<number>, rank: number): number {
  let above = 0;
  for (let bucket = counts.length - 1; bucket >= 0; bucket--) {
    above += counts[bucket]!;
    if (above >= rank) return bucket;
  }
  return -1;
}
