/**
 * Differences of exponential histograms in SQL. `counts` has the zero bucket first, then the buckets from `offset` on;
 * the columns of the point before begin with `p_`. Halving the resolution is exact: the index is shifted to the right.
 */
export function differenceOfBuckets(): [difference: string, scale: string, offset: string] {
  const scale = 'least(scale, p_scale)';
  const now = positive('counts', 'offset', `scale - ${scale}`);
  const then = positive('p_counts', 'p_offset', `p_scale - ${scale}`);
  const low = `if(${now.isEmpty}, ${then.offset}, if(${then.isEmpty}, ${now.offset}, least(${now.offset}, ${then.offset})))`;
  const high = `greatest(${now.offset} + length(${now.counts}), ${then.offset} + length(${then.counts}))`;
  const padded = ({ counts, offset, isEmpty }: Part): string =>
    `arrayResize(arrayConcat(arrayWithConstant(greatest(0, if(${isEmpty}, 0, ${offset} - (${low}))), 0.), ${counts}),
      greatest(0, if(${now.isEmpty}, ${then.offset} + length(${then.counts}), if(${then.isEmpty}, ${now.offset} + length(${now.counts}), ${high})) - (${low})), 0.)`;
  const difference = `arrayConcat([counts[1] - p_counts[1]], arrayMap((a, b) -> a - b, ${padded(now)}, ${padded(then)}))`;
  return [difference, scale, `toInt32(${low})`];
}

interface Part {
  readonly counts: string;
  readonly offset: string;
  readonly isEmpty: string;
}

/** The buckets above zero at a resolution that was halved `shift` times. */
function positive(counts: string, offset: string, shift: string): Part {
  const own = `arraySlice(${counts}, 2)`;
  const first = `bitShiftRight(toInt64(${offset}), ${shift})`;
  const last = `bitShiftRight(toInt64(${offset}) + length(${counts}) - 2, ${shift})`;
  const isEmpty = `length(${counts}) < 2`;
  const merged = `arrayMap(k -> arraySum(arrayFilter((x, i) -> bitShiftRight(toInt64(${offset}) + i - 1, ${shift}) = k,
    ${own}, arrayEnumerate(${own}))), range(${first}, ${last} + 1))`;
  return {
    counts: `if(${shift} = 0, ${own}, if(${isEmpty}, CAST([], 'Array(Float64)'), ${merged}))`,
    offset: `if(${shift} = 0, toInt64(${offset}), ${first})`,
    isEmpty,
  };
}
