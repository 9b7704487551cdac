/** Bounds both have, in rising order. */
export function sharedBounds(a: Float64Array, b: Float64Array): Float64Array {
  const known = new Set(b);
  return a.filter((bound) => known.has(bound));
}

/** Counts regrouped on `target`, bounds that all occur in `bounds`: exact. */
export function coarsened(counts: ArrayLike<number>, bounds: Float64Array, target: Float64Array): Float64Array {
  const result = new Float64Array(target.length + 1);
  let bucket = 0;
  for (let i = 0; i < counts.length; i++) {
    result[bucket]! += counts[i]!;
    if (bucket < target.length && bounds[i] === target[bucket]) bucket++;
  }
  return result;
}
