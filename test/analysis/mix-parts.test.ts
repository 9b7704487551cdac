import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileMix, ratioMix } from '../../src/analysis/strata/mix.ts';
import { quantileDecomposition, type StratifiedBuckets } from '../../src/statistics/reweighted-distribution.ts';
import { armAt, BOUNDS, ERRORS, each, sampleOf, stratum, sums, world } from '../support/stratified-rows.ts';

describe('the parts of a change', () => {
  const vanishing = fc
    .tuple(world, stratum, stratum)
    .map(([common, gone, come]) => [
      ...common,
      gone.map((one, block) => (armAt(block) === 0 ? one : { ...one, buckets: one.buckets.map(() => 0) })),
      come.map((one, block) => (armAt(block) === 1 ? one : { ...one, buckets: one.buckets.map(() => 0) })),
    ]);

  it('add up, of rates and of quantiles, what is new or vanished included', () => {
    fc.assert(
      fc.property(vanishing, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (strata, p) => {
        const sample = sampleOf(strata, each(strata));
        for (const parts of [ratioMix(sample, ERRORS, 1)!, quantileMix(sample, p)!]) {
          expect(parts.within + parts.mix + parts.newOrVanished).toBeCloseTo(parts.total, 9);
        }
        const rate = (arm: 0 | 1): number => {
          const all = sample.series.map((series) => sums(series, arm));
          return all.reduce((s, { errors }) => s + errors, 0) / all.reduce((s, { requests }) => s + requests, 0);
        };
        expect(ratioMix(sample, ERRORS, 1)!.total).toBeCloseTo(rate(1) - rate(0), 9);
      }),
    );
  });

  it('of a quantile are those of distributions reweighted stratum by stratum', () => {
    fc.assert(
      fc.property(world, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (strata, p) => {
        const bucketsOf = (arm: 0 | 1): StratifiedBuckets => ({
          counts: Float64Array.from(
            strata.flatMap((rows) =>
              Array.from(BOUNDS, (_, i) => i)
                .concat(BOUNDS.length)
                .map((i) => rows.reduce((sum, { buckets }, b) => sum + (armAt(b) === arm ? buckets[i]! : 0), 0)),
            ),
          ),
          strata: strata.length,
        });
        const [baseline, post] = [bucketsOf(0), bucketsOf(1)];
        const expected = quantileDecomposition({ bounds: BOUNDS, baseline, post, p, interpolation: 'linear' });
        const parts = quantileMix(sampleOf(strata, each(strata)), p)!;
        expect(parts.within).toBeCloseTo(expected.within, 9);
        expect(parts.mix).toBeCloseTo(expected.mix, 9);
        expect(parts.newOrVanished).toBeCloseTo(0, 9);
      }),
    );
  });
});
