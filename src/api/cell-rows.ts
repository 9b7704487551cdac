import type { CellKey, CellSeries, Cells, HistogramColumn } from '../domain/cells.ts';
import { REQUESTS } from '../domain/cells.ts';
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

interface PlacedRow extends RowPlace {
  readonly from: CellSeries;
  readonly row: number;
}

export interface CellPage {
  readonly rows: readonly CellRow[];
  /** Where the last row stands, where there are more after it. */
  readonly last: RowPlace | null;
}

/** One page of the cells of ordinary traffic, after a place; rows that come in between change nothing of the rest. */
export function pageOfCells(
  cells: Cells,
  accepts: (key: CellKey) => boolean,
  after: RowPlace | null,
  limit: number,
): CellPage {
  const places: PlacedRow[] = [];
  for (const from of cells.series) {
    if (from.measure !== REQUESTS || !accepts(from.key)) continue;
    const series = nameOf(from.key);
    from.block.forEach((block, row) => {
      const place = { block, series, from, row };
      if (after === null || order(place, after) > 0) places.push(place);
    });
  }
  places.sort(order);
  const shown = places.slice(0, limit);
  const last = places.length > limit ? (shown.at(-1) ?? null) : null;
  return {
    rows: shown.map((place) => rowOf(place, cells.resolutionMs)),
    last: last === null ? null : { block: last.block, series: last.series },
  };
}

function order(a: RowPlace, b: RowPlace): number {
  if (a.block !== b.block) return a.block - b.block;
  return a.series < b.series ? -1 : a.series > b.series ? 1 : 0;
}

function nameOf({ service, endpoint, peer, instance, version, attributes, source }: CellKey): string {
  return JSON.stringify([service, endpoint, peer, instance, version, source, [...attributes].sort()]);
}

function rowOf({ from, row, block }: PlacedRow, resolutionMs: number): CellRow {
  const { service, endpoint, peer, instance, version, attributes, source } = from.key;
  return {
    service,
    endpoint,
    peer,
    instance,
    version,
    flags: Object.fromEntries([...attributes].sort()),
    source,
    start: formatInstant(block * resolutionMs),
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
