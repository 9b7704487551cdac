/**
 * Counts whose sums from below never fall, from signed ones, by sorting those sums (the rearrangement of Chernozhukov,
 * Fernández-Val & Galichon 2010, which brings an estimated distribution nearer to the true one). Their total stays.
 */
export function rearrangedCounts(counts: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(counts.length);
  let [below, total, falls] = [0, 0, false];
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  for (let i = 0; i < counts.length; i++) {
    below += counts[i]!;
    sums[i] = Math.min(total, Math.max(0, below));
    if (i > 0 && sums[i]! < sums[i - 1]!) falls = true;
  }
  if (falls) sums.sort();
  for (let i = sums.length - 1; i > 0; i--) sums[i]! -= sums[i - 1]!;
  return sums;
}
