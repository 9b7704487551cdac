import { describe, expect, it } from 'vitest';
import { compareStrata } from '../../src/analysis/strata/strata.ts';
import { stratumWeights } from '../../src/analysis/strata/stratum-weights.ts';
import { armAt, BLOCKS, ERRORS, type Row, sampleOf } from '../support/stratified-rows.ts';

describe('strata that can be compared', () => {
  /** Requests of each stratum before and after, evenly over six blocks a side. */
  function compared(amounts: readonly (readonly [number, number])[]) {
    const rowsOf = ([before, after]: readonly [number, number]): Row[] =>
      Array.from({ length: BLOCKS }, (_, block) => ({
        buckets: [(armAt(block) === 0 ? before : after) / 6, 0, 0, 0, 0, 0],
        errorShare: 0,
      }));
    return compareStrata(sampleOf(amounts.map(rowsOf), null), {
      attributes: ['kind'],
      ofSeries: Int32Array.from(amounts.keys()),
      count: amounts.length,
    });
  }

  it('are those with twenty requests a side; what is rare on both sides is one stratum together', () => {
    const { ofSeries, count, outsideShares, ownShares } = compared([
      [1000, 500],
      [300, 900],
      [12, 15],
      [15, 12],
    ]);
    expect([...ofSeries]).toEqual([0, 1, 2, 2]);
    expect(count).toBe(3);
    for (const share of outsideShares) expect(share).toBeCloseTo(0, 12);
    expect(ownShares[0]).toBeCloseTo(1300 / 1327, 12);
  });

  it('are not those that a side all but lacks: they have vanished or are new', () => {
    const { ofSeries, count, outsideShares } = compared([
      [1000, 1000],
      [100, 5],
      [0, 300],
    ]);
    expect([...ofSeries]).toEqual([0, -1, -1]);
    expect(count).toBe(1);
    expect(outsideShares[0]).toBeCloseTo(100 / 1100, 12);
    expect(outsideShares[1]).toBeCloseTo(305 / 1305, 12);
  });

  it('are not taken to have vanished where a short window could miss them by chance', () => {
    expect([
      ...compared([
        [100_000, 500],
        [100_000, 500],
        [4000, 8],
        [4000, 16],
      ]).ofSeries,
    ]).toEqual([0, 1, 2, 2]);
  });

  it('weigh nothing where there is one of them', () => {
    expect(stratumWeights(sampleOf([[]], [0]), ERRORS)).toBeNull();
  });
});
