import { type CellKey, type CellSeries, type HistogramColumn, REQUESTS } from '../../../src/domain/cells.ts';
import type { Chance } from '../chance.ts';

/** How one instance's requests behave in one block. */
export interface BlockTraffic {
  readonly block: number;
  /** Expected number; the number drawn is Poisson. */
  readonly requests: number;
  readonly logMedianSeconds: number;
  readonly errorShare: number;
  readonly retryShare: number;
}

/** Standard deviation of log latency within a block, and the resolution of its histogram. */
export interface Shape {
  readonly spread: number;
  readonly scale: number;
}

/** Buckets of one row while it is filled, index 0 in the middle: at scale 5 enough for 2^±64 seconds. */
const SCRATCH = 4096;

/** Draws every request: Poisson many, lognormal latency, errors and retries beside it. */
export function drawSeries(
  key: CellKey,
  blocks: readonly BlockTraffic[],
  { spread, scale }: Shape,
  chance: Chance,
): CellSeries {
  const histogram = new HistogramWriter(blocks.length, scale);
  const count = new Float64Array(blocks.length);
  const sum = new Float64Array(blocks.length);
  const errors = new Float64Array(blocks.length);
  const retries = new Float64Array(blocks.length);
  blocks.forEach((traffic, row) => {
    const requests = chance.poisson(traffic.requests);
    count[row] = requests;
    for (let i = 0; i < requests; i++) histogram.add(traffic.logMedianSeconds + spread * chance.normal());
    sum[row] = requests * Math.exp(traffic.logMedianSeconds + spread ** 2 / 2);
    errors[row] = chance.binomial(requests, traffic.errorShare);
    retries[row] = chance.binomial(requests, traffic.retryShare);
    histogram.endRow(row);
  });
  return {
    key,
    measure: REQUESTS,
    block: Int32Array.from(blocks, ({ block }) => block),
    count,
    sum,
    errors,
    attempts: count.map((requests, row) => requests + retries[row]!),
    retries,
    histogram: histogram.column(),
  };
}

/** One exponential histogram a row: zero bucket, then the positive buckets from the lowest filled one. */
class HistogramWriter {
  private readonly scratch = new Uint32Array(SCRATCH);
  private readonly counts: number[] = [];
  private readonly firstCount: Int32Array;
  private readonly offsetOfRow: Int32Array;
  private readonly scale: number;
  private readonly bucketsPerE: number;
  private low = SCRATCH;
  private high = -1;

  constructor(rows: number, scale: number) {
    this.scale = scale;
    this.bucketsPerE = 2 ** scale / Math.LN2;
    this.firstCount = new Int32Array(rows + 1);
    this.offsetOfRow = new Int32Array(rows);
  }

  add(logSeconds: number): void {
    const slot = Math.ceil(logSeconds * this.bucketsPerE) - 1 + SCRATCH / 2;
    this.scratch[slot]!++;
    if (slot < this.low) this.low = slot;
    if (slot > this.high) this.high = slot;
  }

  endRow(row: number): void {
    this.counts.push(0);
    for (let slot = this.low; slot <= this.high; slot++) this.counts.push(this.scratch[slot]!);
    if (this.high >= 0) this.scratch.fill(0, this.low, this.high + 1);
    this.offsetOfRow[row] = this.high < 0 ? 0 : this.low - SCRATCH / 2;
    this.firstCount[row + 1] = this.counts.length;
    this.low = SCRATCH;
    this.high = -1;
  }

  column(): HistogramColumn {
    return {
      layouts: [{ kind: 'exponential', scale: this.scale, zeroThreshold: 0 }],
      layoutOfRow: new Int32Array(this.offsetOfRow.length),
      firstCount: this.firstCount,
      offsetOfRow: this.offsetOfRow,
      counts: Float64Array.from(this.counts),
    };
  }
}
