/**
 * Adds to pairs of exponential histograms what the later one holds more: `difference`, `new_scale` and `new_offset`, all at
 * the coarser of both scales. `counts` has the zero bucket first, then the buckets from `offset` on; the columns of the point
 * before begin with `p_`. Halving the resolution is exact: the index is shifted to the right. One step a level: an
 * expression that repeats itself takes longer to plan than to run.
 */
export function withExponentialDifference(pairs: string): string {
  const scaled = `SELECT *, least(scale, p_scale) AS new_scale, toUInt8(scale - new_scale) AS shift,
    toUInt8(p_scale - new_scale) AS p_shift, arraySlice(counts, 2) AS tail, arraySlice(p_counts, 2) AS p_tail FROM (${pairs})`;
  const halved = `SELECT *, ${atScale('tail', 'offset', 'shift')} AS now, bitShiftRight(toInt64(offset), shift) AS now_first,
    ${atScale('p_tail', 'p_offset', 'p_shift')} AS then, bitShiftRight(toInt64(p_offset), p_shift) AS then_first FROM (${scaled})`;
  const placed = `SELECT *, multiIf(empty(now), then_first, empty(then), now_first, least(now_first, then_first)) AS low,
    multiIf(empty(now), then_first + length(then), empty(then), now_first + length(now),
      greatest(now_first + length(now), then_first + length(then))) AS high FROM (${halved})`;
  const aligned = `SELECT *, ${padded('now', 'now_first')} AS now_padded, ${padded('then', 'then_first')} AS then_padded FROM (${placed})`;
  return `SELECT *, toInt32(low) AS new_offset,
    arrayConcat([counts[1] - p_counts[1]], arrayMap((a, b) -> a - b, now_padded, then_padded)) AS difference FROM (${aligned})`;
}

/** The buckets above zero at a resolution that was halved `shift` times. */
function atScale(tail: string, offset: string, shift: string): string {
  const first = `bitShiftRight(toInt64(${offset}), ${shift})`;
  const last = `bitShiftRight(toInt64(${offset}) + length(${tail}) - 1, ${shift})`;
  return `if(${shift} = 0 OR empty(${tail}), ${tail},
    arrayMap(k -> arraySum(arrayFilter((x, i) -> bitShiftRight(toInt64(${offset}) + i - 1, ${shift}) = k,
      ${tail}, arrayEnumerate(${tail}))), range(${first}, ${last} + 1)))`;
}

function padded(buckets: string, first: string): string {
  return `arrayResize(if(empty(${buckets}), ${buckets},
    arrayConcat(arrayWithConstant(toUInt32(greatest(0, ${first} - low)), 0.), ${buckets})), toUInt32(high - low), 0.)`;
}
