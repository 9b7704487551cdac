import { type CellKey, type CellSeries, type Cells, type HistogramColumn, REQUESTS } from '../../src/domain/cells.ts';
import { exponentialIndex } from '../../src/statistics/exponential-mapping.ts';
import type { SeededRandom } from './seeded-random.ts';

export const BLOCK_MS = 60_000;
export const START_MS = Date.UTC(2026, 10, 20);
export const START_BLOCK = START_MS / BLOCK_MS;

/** How the traffic of one block behaves; a function of the block's number since the start. */
export interface Behaviour {
  readonly requests: number;
  readonly medianSeconds: number;
  /** Standard deviation of log latency. */
  readonly spread: number;
  readonly errorShare: number;
  readonly retryShare: number;
}

export const ORDINARY: Behaviour = {
  requests: 200,
  medianSeconds: 0.05,
  spread: 0.6,
  errorShare: 0.01,
  retryShare: 0.03,
};

const SCALE = 5;

export function cellKey(key: Partial<CellKey> = {}): CellKey {
  return {
    service: 'gateway',
    endpoint: 'POST /orders',
    peer: null,
    instance: 'gateway-1',
    version: '4.1.9',
    attributes: new Map(),
    source: 'spans',
    ...key,
  };
}

/** Draws the requests of each block one by one, as a service would serve them. */
export function simulateRequests(
  key: CellKey,
  blocks: number,
  behaviourAt: (block: number) => Behaviour | null,
  random: SeededRandom,
): CellSeries {
  const rows = Array.from({ length: blocks }, (_, block) => ({ block, behaviour: behaviourAt(block) })).filter(
    (row): row is { block: number; behaviour: Behaviour } => row.behaviour !== null,
  );
  const drawn = rows.map(({ behaviour }) => drawBlock(behaviour, random));
  const column = (of: (one: DrawnBlock) => number): Float64Array => Float64Array.from(drawn, of);
  return {
    key,
    measure: REQUESTS,
    block: Int32Array.from(rows, ({ block }) => START_BLOCK + block),
    count: column((one) => one.latencies.length),
    sum: column((one) => one.latencies.reduce((sum, latency) => sum + latency, 0)),
    errors: column((one) => one.errors),
    attempts: column((one) => one.latencies.length + one.retries),
    retries: column((one) => one.retries),
    histogram: exponentialColumn(drawn.map((one) => one.latencies)),
  };
}

interface DrawnBlock {
  readonly latencies: readonly number[];
  readonly errors: number;
  readonly retries: number;
}

function drawBlock(behaviour: Behaviour, random: SeededRandom): DrawnBlock {
  const latencies: number[] = [];
  let errors = 0;
  let retries = 0;
  for (let i = 0; i < behaviour.requests; i++) {
    latencies.push(behaviour.medianSeconds * Math.exp(behaviour.spread * random.normal()));
    if (random.uniform() < behaviour.errorShare) errors++;
    if (random.uniform() < behaviour.retryShare) retries++;
  }
  return { latencies, errors, retries };
}

function exponentialColumn(latenciesOfRow: readonly (readonly number[])[]): HistogramColumn {
  const firstCount = [0];
  const offsets: number[] = [];
  const counts: number[] = [];
  for (const latencies of latenciesOfRow) {
    const indexes = latencies.map((latency) => exponentialIndex(latency, SCALE));
    const low = indexes.length === 0 ? 0 : Math.min(...indexes);
    const high = indexes.length === 0 ? -1 : Math.max(...indexes);
    const row = new Array<number>(high - low + 2).fill(0);
    for (const index of indexes) row[index - low + 1]!++;
    counts.push(...row);
    offsets.push(low);
    firstCount.push(counts.length);
  }
  return {
    layouts: [{ kind: 'exponential', scale: SCALE, zeroThreshold: 0 }],
    layoutOfRow: new Int32Array(latenciesOfRow.length),
    firstCount: Int32Array.from(firstCount),
    offsetOfRow: Int32Array.from(offsets),
    counts: Float64Array.from(counts),
  };
}

/** A series of the user's own: one value a block. */
export function namedSeries(
  key: CellKey,
  measure: string,
  blocks: number,
  valueAt: (block: number) => { sum: number; count: number },
): CellSeries {
  const values = Array.from({ length: blocks }, (_, block) => valueAt(block));
  return {
    key,
    measure,
    block: Int32Array.from({ length: blocks }, (_, block) => START_BLOCK + block),
    count: Float64Array.from(values, ({ count }) => count),
    sum: Float64Array.from(values, ({ sum }) => sum),
    errors: null,
    attempts: null,
    retries: null,
    histogram: null,
  };
}

export function cellsOf(
  series: readonly CellSeries[],
  calls: Cells['calls'] = [],
  evaluations: Cells['evaluations'] = [],
): Cells {
  return { resolutionMs: BLOCK_MS, series, calls, evaluations };
}
