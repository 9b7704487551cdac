import { type CellKey, type CellSeries, type HistogramColumn, REQUESTS } from '../../src/domain/cells.ts';
import { exponentialUpperBound } from '../../src/statistics/exponential-mapping.ts';
import { cellKey, START_BLOCK } from './simulated-cells.ts';

/** One kind of traffic that behaves the same in every block of a stretch. */
export interface Kind {
  readonly name: string;
  /** Requests and events of the whole stretch, spread evenly over its blocks. */
  readonly requests: number;
  readonly events: number;
  /** Latencies are exponentially distributed around this mean; left out, there are none. */
  readonly meanSeconds?: number;
}

/** Fine enough that interpolation inside a bucket is exact to five digits. */
const SCALE = 8;
const LOWEST_INDEX = -12 * 2 ** SCALE;
const HIGHEST_INDEX = 7 * 2 ** SCALE;

/** Exactly as many as expected in every block and bucket: what is found is the method's, not chance's. */
export function evenSeries(
  attribute: string,
  { name, requests, events, meanSeconds }: Kind,
  fromBlock: number,
  blocks: number,
  key: Partial<CellKey> = {},
): CellSeries {
  const column = (total: number): Float64Array => new Float64Array(blocks).fill(total / blocks);
  return {
    key: cellKey({ ...key, attributes: new Map([...(key.attributes ?? []), [attribute, name]]) }),
    measure: REQUESTS,
    block: Int32Array.from({ length: blocks }, (_, block) => START_BLOCK + fromBlock + block),
    count: column(requests),
    sum: meanSeconds === undefined ? null : column(requests * meanSeconds),
    errors: column(events),
    attempts: null,
    retries: null,
    histogram: meanSeconds === undefined ? null : evenHistogram(requests / blocks, meanSeconds, blocks),
  };
}

function evenHistogram(requests: number, meanSeconds: number, blocks: number): HistogramColumn {
  const below = (value: number): number => -Math.expm1(-value / meanSeconds);
  const positive = Array.from({ length: HIGHEST_INDEX - LOWEST_INDEX + 1 }, (_, i) => {
    const index = LOWEST_INDEX + i;
    return below(exponentialUpperBound(index, SCALE)) - below(exponentialUpperBound(index - 1, SCALE));
  });
  const row = [below(exponentialUpperBound(LOWEST_INDEX - 1, SCALE)), ...positive].map((share) => share * requests);
  return {
    layouts: [{ kind: 'exponential', scale: SCALE, zeroThreshold: 0 }],
    layoutOfRow: new Int32Array(blocks),
    firstCount: Int32Array.from({ length: blocks + 1 }, (_, block) => block * row.length),
    offsetOfRow: new Int32Array(blocks).fill(LOWEST_INDEX),
    counts: Float64Array.from({ length: blocks * row.length }, (_, i) => row[i % row.length]!),
  };
}
