export interface ScaledBuckets {
  readonly scale: number;
  readonly offset: number;
  readonly buckets: ArrayLike<number>;
}

/** The same observations in at most `most` exponential buckets: halving the resolution is exact (index >> 1). */
export function halved(scale: number, offset: number, buckets: ArrayLike<number>, most: number): ScaledBuckets {
  let kept: ScaledBuckets = { scale, offset, buckets };
  while (kept.buckets.length > most) {
    const first = Math.floor(kept.offset / 2);
    const last = Math.floor((kept.offset + kept.buckets.length - 1) / 2);
    const merged = new Float64Array(last - first + 1);
    for (let i = 0; i < kept.buckets.length; i++)
      merged[Math.floor((kept.offset + i) / 2) - first]! += kept.buckets[i]!;
    kept = { scale: kept.scale - 1, offset: first, buckets: merged };
  }
  return kept;
}
