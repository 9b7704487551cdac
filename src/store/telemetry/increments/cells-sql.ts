import { type IncrementPlan, incrementsSql, SEGMENT_NS } from './increments-sql.ts';

/** Larger counts do not fit the buckets of a cell. */
const LARGEST_COUNT = 4294967296;
const KEY = 'head, stream, block, segment, layout, scale, zero_threshold';
const FINDINGS = `toUInt32(sum(counted_rows)) AS increments, toUInt32(sum(reset_rows)) AS resets,
  toUInt32(sum(overlap_rows)) AS overlaps, toUInt32(sum(changed_rows)) AS bounds_changes`;
/** In the order of their size, so that the same points always give the same last digit. */
const TOTALS = `arraySum(arraySort(groupArray(added))) AS added_total,
  arraySum(arraySort(groupArrayIf(added_sum, counted_rows > 0))) AS sum_total`;

/**
 * Cells from points: what was added per block and bucket layout, by the hour of the points that added it (`segment`), so
 * that points of one hour change the cells of that hour only.
 */
export function cellsFromPoints(plan: IncrementPlan): string {
  const increments = (isExponential: boolean): string =>
    `SELECT head, stream, mid - positiveModulo(mid, toInt64(${plan.resolutionNs})) AS block,
    time_ns - positiveModulo(time_ns, toInt64(${SEGMENT_NS})) AS segment, layout, scale, zero_threshold, offset, added, added_sum,
    added_counts, counted AS counted_rows, reset AS reset_rows, overlap AS overlap_rows, bounds_changed AS changed_rows
    FROM (${incrementsSql(plan, isExponential)})`;
  const plain = plainCells(increments(false));
  return plan.hasExponential ? `${plain} UNION ALL ${exponentialCells(increments(true))}` : plain;
}

function plainCells(increments: string): string {
  return finished(`SELECT ${KEY}, toInt32(0) AS low, sumForEach(added_counts) AS merged, ${TOTALS}, ${FINDINGS}
    FROM (${increments}) GROUP BY ${KEY}`);
}

function exponentialCells(increments: string): string {
  const first = 'arrayMin(arrayMap((part, first) -> if(length(part) < 2, 2147483647, first), parts, firsts))';
  return finished(`SELECT *, toInt32(if(lowest = 2147483647, 0, lowest)) AS low,
    arrayReduce('sumForEach', arrayMap((part, first) -> ${shifted('part', 'first - low')}, parts, firsts)) AS merged
    FROM (SELECT *, ${first} AS lowest FROM (
      SELECT ${KEY}, groupArray(added_counts) AS parts, groupArray(offset) AS firsts, ${TOTALS}, ${FINDINGS}
      FROM (${increments}) GROUP BY ${KEY}))`);
}

function finished(groups: string): string {
  const total = 'arraySum(merged)';
  const isWhole = `arrayAll(x -> x = floor(x), merged) AND added_total = floor(added_total) AND ${total} < ${LARGEST_COUNT}`;
  return `SELECT head, stream, segment, block AS start_ns, if(is_whole, added_total - ${total}, added_total) AS value,
    sum_total AS sum, layout, scale, zero_threshold, low AS offset,
    if(is_whole, CAST(merged, 'Array(UInt32)'), []) AS buckets,
    if(is_whole, CAST([], 'Array(Float64)'), merged) AS fractions, increments, resets, overlaps, bounds_changes
    FROM (SELECT *, ${isWhole} AS is_whole FROM (${groups}))`;
}

/** Room for buckets below the first one, behind the zero bucket. */
function shifted(part: string, by: string): string {
  return `if(length(${part}) < 2, ${part},
    arrayConcat([${part}[1]], arrayWithConstant(toUInt32(greatest(0, ${by})), 0.), arraySlice(${part}, 2)))`;
}
