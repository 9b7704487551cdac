import { describe, expect, it } from 'vitest';
import { type CellSeries, REQUESTS } from '../../src/domain/cells.ts';
import type { QualityFinding } from '../../src/domain/quality.ts';
import type { Slo } from '../../src/domain/slo.ts';
import { cellKey, cellsOf, namedSeries } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const FINE = [0.05, 0.1, 0.25, 0.5, 1];
const COARSE = [0.1, 0.5, 1];

/** Requests in explicit buckets, `row` of them by bucket in every block, on bounds that depend on the block. */
function requests(
  boundsAt: (block: number) => readonly number[],
  rowAt: (block: number) => readonly number[],
): CellSeries {
  const layouts = [FINE, COARSE];
  const rows = Array.from({ length: ALL_BLOCKS }, (_, block) => rowAt(block));
  const firstCount = [0];
  for (const row of rows) firstCount.push(firstCount.at(-1)! + row.length);
  const total = (row: readonly number[]): number => row.reduce((sum, count) => sum + count, 0);
  return {
    ...namedSeries(cellKey(), REQUESTS, ALL_BLOCKS, (block) => ({ sum: 10, count: total(rows[block]!) })),
    errors: new Float64Array(ALL_BLOCKS),
    histogram: {
      layouts: layouts.map((bounds) => ({ kind: 'explicit', bounds: Float64Array.from(bounds) })),
      layoutOfRow: Int32Array.from({ length: ALL_BLOCKS }, (_, block) => layouts.indexOf(boundsAt(block) as number[])),
      firstCount: Int32Array.from(firstCount),
      offsetOfRow: new Int32Array(ALL_BLOCKS),
      counts: Float64Array.from(rows.flat()),
    },
  };
}

const slo = (name: string, thresholdSeconds: number): Slo => ({
  name,
  service: 'gateway',
  endpoint: 'POST /orders',
  peer: null,
  objective: 0.99,
  periodMs: 28 * 86_400_000,
  indicator: { kind: 'latency', thresholdSeconds },
});

const qualityOf = (series: CellSeries, slos: readonly Slo[] = []): readonly QualityFinding[] =>
  reportOf(cellsOf([series]), upgradeOf(), { slos }).quality;

const ofCode = (findings: readonly QualityFinding[], code: string) => findings.filter((one) => one.code === code);

const fine = requests(
  () => FINE,
  () => [40, 40, 10, 6, 4, 0],
);

describe('the quality of buckets', () => {
  it('says nothing of bounds that stayed, quantiles inside them and thresholds on them', () => {
    const codes = qualityOf(fine, [slo('on a bound', 0.25)]).map(({ code }) => code);
    for (const code of ['bounds-changed', 'saturated-quantile', 'slo-threshold-between-bounds']) {
      expect(codes).not.toContain(code);
    }
  });

  it('names bounds that changed with the upgrade, once, with how many are left to compare on', () => {
    const changed = requests(
      (block) => (block < FIRST_POST_BLOCK ? FINE : COARSE),
      (block) => (block < FIRST_POST_BLOCK ? [40, 40, 10, 6, 4, 0] : [80, 16, 4, 0]),
    );
    const [finding, ...others] = ofCode(qualityOf(changed), 'bounds-changed');
    expect(others).toEqual([]);
    expect(finding?.where).toBe('gateway POST /orders');
    expect(finding?.message).toMatch(/5 bounds before, 3 after, 3 shared/);
  });

  it('names quantiles beyond the last bound, once, with what they are at least', () => {
    const slow = requests(
      () => FINE,
      () => [40, 30, 10, 6, 4, 10],
    );
    const [finding, ...others] = ofCode(qualityOf(slow), 'saturated-quantile');
    expect(others).toEqual([]);
    expect(finding?.where).toBe('gateway POST /orders latency.p99');
    expect(finding?.message).toMatch(/2 comparisons; first .*latency\.p99: at least 1 s/);
  });

  it('names SLO thresholds inside a bucket, once, with the bucket and what lies in it', () => {
    const findings = qualityOf(fine, [slo('checkout', 0.3), slo('search', 0.7), slo('exact', 0.5)]);
    const [finding, ...others] = ofCode(findings, 'slo-threshold-between-bounds');
    expect(others).toEqual([]);
    expect(finding?.where).toBe('checkout');
    expect(finding?.message).toMatch(
      /2 SLOs; first checkout: 300 ms lies between 250 ms and 500 ms, with 6% of the req/,
    );
  });
});
