import type { CellKey, CellSeries, Cells, HistogramColumn } from '../domain/cells.ts';
import { REQUESTS } from '../domain/cells.ts';
import { compareTexts } from '../domain/text-order.ts';
import { formatInstant } from '../domain/window.ts';

/** A cell as the contract has it. */
export interface CellRow {
  readonly service: string;
  readonly endpoint: string | null;
  readonly peer: string | null;
  readonly instance: string | null;
  readonly version: string | null;
  readonly flags: Readonly<Record<string, string>>;
  readonly source: 'metrics' | 'spans';
  readonly start: string;
  readonly seconds: number;
  readonly requests: number | null;
  readonly errors: number | null;
  readonly attempts: number | null;
  readonly retries: number | null;
  readonly sum: number | null;
  readonly buckets: Buckets | null;
}

export type Buckets =
  | { readonly bounds: readonly number[]; readonly counts: readonly number[] }
  | {
      readonly scale: number;
      readonly zero_threshold: number;
      readonly zero_count: number;
      readonly offset: number;
      readonly counts: readonly number[];
    };

/** Where a row stands in the order all are listed in: by time, then by what tells its series apart. */
export interface RowPlace {
  readonly block: number;
  readonly series: string;
}

/** A series and how far it is listed. */
interface Listed {
  readonly name: string;
  readonly from: CellSeries;
  row: number;
}

export interface CellPage {
  readonly rows: readonly CellRow[];
  /** Where the last row stands, where there are more after it. */
  readonly last: RowPlace | null;
}

/**
 * One page of the cells of ordinary traffic, after a place; rows that come in between change nothing of the rest. Walks block
 * by block over all series, so that only what is shown is made into rows.
 */
export function pageOfCells(cells: Cells, after: RowPlace | null, limit: number): CellPage {
  const listed = cells.series
    .filter(({ measure }) => measure === REQUESTS)
    .map((from): Listed => ({ name: nameOf(from.key), from, row: 0 }))
    .sort((a, b) => compareTexts(a.name, b.name));
  for (const one of listed) one.row = firstRowAfter(one, after);
  const rows: CellRow[] = [];
  let last: RowPlace | null = null;
  for (let block = nextBlock(listed); block !== Number.POSITIVE_INFINITY; block = nextBlock(listed)) {
    for (const one of listed) {
      if (one.from.block[one.row] !== block) continue;
      if (rows.length === limit) return { rows, last };
      rows.push(rowOf(one.from, one.row, cells.resolutionMs));
      last = { block, series: one.name };
      one.row++;
    }
  }
  return { rows, last: null };
}

/** The earliest that is not listed yet; infinity where all are. */
function nextBlock(listed: readonly Listed[]): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { from, row } of listed) {
    const block = from.block[row];
    if (block !== undefined && block < next) next = block;
  }
  return next;
}

function firstRowAfter({ name, from }: Listed, after: RowPlace | null): number {
  if (after === null) return 0;
  const isListed = compareTexts(name, after.series) <= 0;
  let [low, high] = [0, from.block.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const block = from.block[middle]!;
    if (block < after.block || (block === after.block && isListed)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nameOf({ service, endpoint, peer, instance, version, attributes, source }: CellKey): string {
  return JSON.stringify([service, endpoint, peer, instance, version, source, [...attributes].sort()]);
}

function rowOf(from: CellSeries, row: number, resolutionMs: number): CellRow {
  const { service, endpoint, peer, instance, version, attributes, source } = from.key;
  return {
    service,
    endpoint,
    peer,
    instance,
    version,
    flags: Object.fromEntries([...attributes].sort()),
    source,
    start: formatInstant(from.block[row]! * resolutionMs),
    seconds: resolutionMs / 1_000,
    requests: known(from.count, row),
    errors: known(from.errors, row),
    attempts: known(from.attempts, row),
    retries: known(from.retries, row),
    sum: known(from.sum, row),
    buckets: from.histogram === null ? null : bucketsOf(from.histogram, row),
  };
}

/** Null: the source cannot know it. */
function known(column: Float64Array | null, row: number): number | null {
  const value = column?.[row] ?? Number.NaN;
  return Number.isFinite(value) ? value : null;
}

function bucketsOf(histogram: HistogramColumn, row: number): Buckets | null {
  const layout = histogram.layouts[histogram.layoutOfRow[row] ?? -1];
  if (layout === undefined) return null;
  const counts = [...histogram.counts.subarray(histogram.firstCount[row], histogram.firstCount[row + 1])];
  if (layout.kind === 'explicit') return { bounds: [...layout.bounds], counts };
  const [zeroCount = 0, ...positive] = counts;
  return {
    scale: layout.scale,
    zero_threshold: layout.zeroThreshold,
    zero_count: zeroCount,
    offset: histogram.offsetOfRow[row] ?? 0,
    counts: positive,
  };
}
