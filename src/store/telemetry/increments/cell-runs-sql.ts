/** Columns of the table `cell_runs` between its key and its version. */
export const RUN_COLUMNS =
  'head, stream, segment, layout, scale, zero_threshold, blocks, counted, totals, sums, offsets, sizes, counts8, counts16, counts32, fractions, resets, overlaps, bounds_changes';

/** Those that are read, in the order of `RunPlace`. */
export const READ_RUN_COLUMNS = RUN_COLUMNS.replace('head, ', '').replace('segment, ', '');

const KEY = 'head, stream, segment, layout, scale, zero_threshold';
const CELL = [
  'start_ns',
  'value',
  'sum',
  'offset',
  'buckets',
  'fractions',
  'increments',
  'resets',
  'overlaps',
  'bounds_changes',
];

/** Cells of `cellsFromPoints`, in blocks of so many nanoseconds, as runs: arrays in order of time. */
export function packedRuns(cells: string, blockNs: bigint): string {
  const column = (name: string): string => `cells.${CELL.indexOf(name) + 1}`;
  const sparse = (name: string): string => `if(arrayAll(x -> x = 0, ${column(name)}), [], ${column(name)})`;
  const ordered = `SELECT ${KEY}, arraySort(cell -> cell.1, groupArray((${CELL.join(', ')}))) AS cells
    FROM (${cells}) GROUP BY ${KEY}`;
  const parted = `SELECT ${KEY}, cells, arrayAll(x -> empty(x), ${column('fractions')}) AS is_whole,
    arrayFlatten(${column('buckets')}) AS flat, arrayMax(flat) AS largest,
    arrayMap((b, f) -> toUInt32(length(b) + length(f)), ${column('buckets')}, ${column('fractions')}) AS lengths,
    arrayMap((b, f) -> if(notEmpty(f), f, CAST(b, 'Array(Float64)')), ${column('buckets')}, ${column('fractions')}) AS parts
    FROM (${ordered})`;
  const whole = (type: string, from: number, to: number): string =>
    `if(is_whole AND notEmpty(flat) AND largest >= ${from} AND largest < ${to}, CAST(flat, 'Array(${type})'), CAST([], 'Array(${type})'))`;
  return `SELECT ${KEY}, arrayMap(x -> toInt32(intDiv(x, toInt64(${blockNs}))), ${column('start_ns')}) AS blocks,
    if(arrayAll(x -> x > 0, ${column('increments')}), [], arrayMap(x -> toUInt8(x > 0), ${column('increments')})) AS counted,
    arrayMap((v, b) -> v + arraySum(b), ${column('value')}, ${column('buckets')}) AS totals, ${column('sum')} AS sums, ${sparse('offset')} AS offsets,
    if(arrayAll(x -> x = lengths[1], lengths), [lengths[1]], lengths) AS sizes,
    ${whole('UInt8', 0, 2 ** 8)} AS counts8, ${whole('UInt16', 2 ** 8, 2 ** 16)} AS counts16,
    ${whole('UInt32', 2 ** 16, 2 ** 32)} AS counts32, if(is_whole, [], arrayFlatten(parts)) AS fractions,
    ${sparse('resets')} AS resets, ${sparse('overlaps')} AS overlaps, ${sparse('bounds_changes')} AS bounds_changes
    FROM (${parted})`;
}

/** Half-open, in blocks since the epoch. */
export interface BlockWindow {
  readonly from: number;
  readonly to: number;
}

/** What kept runs have in each of the windows. Nearly all lie inside one: those are read as they are. */
export function keptRuns(condition: string, windows: readonly BlockWindow[]): string {
  const inside = windows.map(({ from, to }) => `(blocks[1] >= ${from} AND blocks[-1] < ${to})`).join(' OR ');
  const kept = (more: string): string => `SELECT ${RUN_COLUMNS} FROM cell_runs WHERE ${condition} AND ${more}`;
  return `${kept(`(${inside})`)} UNION ALL ${windowedRuns(kept(`NOT (${inside})`), windows)}`;
}

/** What runs have in each of the windows: those that a window cuts are cut. */
export function windowedRuns(runs: string, windows: readonly BlockWindow[]): string {
  const spans = windows.map(({ from, to }) => `(toInt32(${from}), toInt32(${to}))`);
  const cut = (name: string): string => `arraySlice(${name}, 1 + skipped, kept) AS ${name}`;
  const cutCounts = (name: string): string => `arraySlice(${name}, 1 + skipped_counts, kept_counts) AS ${name}`;
  const placed = `SELECT * EXCEPT (sizes), sizes AS all_sizes, arrayCount(x -> x < span.1, blocks) AS skipped,
    arrayCount(x -> x >= span.1 AND x < span.2, blocks) AS kept,
    if(length(all_sizes) = 1, all_sizes[1] * skipped, arraySum(arraySlice(all_sizes, 1, skipped))) AS skipped_counts,
    if(length(all_sizes) = 1, all_sizes[1] * kept, arraySum(arraySlice(all_sizes, 1 + skipped, kept))) AS kept_counts
    FROM (SELECT *, arrayJoin([${spans.join(', ')}]) AS span FROM (${runs}))`;
  return `SELECT ${RUN_COLUMNS} FROM (SELECT ${KEY}, ${['blocks', 'counted', 'totals', 'sums', 'offsets'].map(cut).join(', ')},
    if(length(all_sizes) = 1, all_sizes, arraySlice(all_sizes, 1 + skipped, kept)) AS sizes,
    ${['counts8', 'counts16', 'counts32', 'fractions'].map(cutCounts).join(', ')},
    ${['resets', 'overlaps', 'bounds_changes'].map(cut).join(', ')} FROM (${placed}) WHERE kept > 0)`;
}
