import fc from 'fast-check';
import { columnRatio } from '../../src/analysis/sampling/column-ratio.ts';
import { placeRows } from '../../src/analysis/sampling/placing.ts';
import type { Sample } from '../../src/analysis/sampling/sample.ts';
import { type CellSeries, REQUESTS } from '../../src/domain/cells.ts';
import { cellKey } from './simulated-cells.ts';

export const BOUNDS = Float64Array.of(0.1, 0.2, 0.5, 1, 2);
export const BLOCKS = 12;
export const ERRORS = columnRatio('errors', 'count');

/** One stratum's requests by block, the first half of the blocks before: enough of them to be compared. */
export interface Row {
  readonly buckets: readonly number[];
  readonly errorShare: number;
}

const row = fc.record({
  buckets: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: BOUNDS.length + 1, maxLength: BOUNDS.length + 1 }),
  errorShare: fc.double({ min: 0, max: 1, noNaN: true }),
});
export const stratum = fc.array(row, { minLength: BLOCKS, maxLength: BLOCKS });
export const world = fc.array(stratum, { minLength: 2, maxLength: 4 });

export function seriesOf(rows: readonly Row[]): CellSeries {
  const totals = rows.map(({ buckets }) => buckets.reduce((sum, count) => sum + count, 0));
  return {
    key: cellKey(),
    measure: REQUESTS,
    block: Int32Array.from(rows, (_, block) => block),
    count: Float64Array.from(totals),
    sum: null,
    errors: Float64Array.from(rows, ({ errorShare }, block) => Math.round(errorShare * totals[block]!)),
    attempts: null,
    retries: null,
    histogram: {
      layouts: [{ kind: 'explicit', bounds: BOUNDS }],
      layoutOfRow: new Int32Array(rows.length),
      firstCount: Int32Array.from({ length: rows.length + 1 }, (_, block) => block * (BOUNDS.length + 1)),
      offsetOfRow: new Int32Array(rows.length),
      counts: Float64Array.from(rows.flatMap(({ buckets }) => buckets)),
    },
  };
}

export const armAt = (block: number): 0 | 1 => (block < BLOCKS / 2 ? 0 : 1);

export function sampleOf(strata: readonly (readonly Row[])[], numbers: readonly number[] | null): Sample {
  const placed = placeRows(
    strata.map(seriesOf),
    (_, block) => armAt(block),
    (_, block) => block,
    true,
  );
  if (numbers === null) return placed;
  const count = Math.max(...numbers) + 1;
  return { ...placed, strata: { attributes: ['kind'], ofSeries: Int32Array.from(numbers), count } };
}

/** By stratum: requests and errors of an arm. */
export function sums({ count, errors }: CellSeries, arm: 0 | 1): { requests: number; errors: number } {
  let [requests, failed] = [0, 0];
  count.forEach((one, block) => {
    if (armAt(block) !== arm) return;
    requests += one;
    failed += errors![block]!;
  });
  return { requests, errors: failed };
}

export const each = (strata: readonly unknown[]): number[] => strata.map((_, index) => index);
