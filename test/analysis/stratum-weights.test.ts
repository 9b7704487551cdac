import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolHistograms } from '../../src/analysis/sampling/histogram-sample.ts';
import { placeRows } from '../../src/analysis/sampling/placing.ts';
import { type ArmCounts, armClusterRatio, countByCluster } from '../../src/analysis/sampling/sample.ts';
import { quantileMix, ratioMix } from '../../src/analysis/strata/mix.ts';
import { withinStrata } from '../../src/analysis/strata/stratum-weights.ts';
import { clusterRatio } from '../../src/statistics/cluster-ratio.ts';
import {
  armAt,
  BLOCKS,
  BOUNDS,
  ERRORS,
  each,
  type Row,
  sampleOf,
  seriesOf,
  sums,
  world,
} from '../support/stratified-rows.ts';

const ratioOf = ({ numerators, denominators }: ArmCounts): number => clusterRatio(numerators, denominators).ratio;

function expectSameCounts(found: readonly ArmCounts[], expected: readonly ArmCounts[]): void {
  found.forEach(({ numerators, denominators }, arm) => {
    for (const [j, one] of numerators.entries()) expect(one).toBeCloseTo(expected[arm]!.numerators[j]!, 6);
    for (const [j, one] of denominators.entries()) expect(one).toBeCloseTo(expected[arm]!.denominators[j]!, 6);
  });
}

describe('counts at the mix of the baseline', () => {
  it('have the ratio Σ w₀ₛ r₁ₛ in post and their own in the baseline', () => {
    fc.assert(
      fc.property(world, (strata) => {
        const sample = sampleOf(strata, each(strata));
        const [baseline, post] = countByCluster(sample, ERRORS);
        const before = sample.series.map((series) => sums(series, 0));
        const after = sample.series.map((series) => sums(series, 1));
        const total = before.reduce((sum, { requests }) => sum + requests, 0);
        const expected = before.reduce(
          (sum, { requests }, s) => sum + (requests / total) * (after[s]!.errors / after[s]!.requests),
          0,
        );
        expect(ratioOf(post)).toBeCloseTo(expected, 9);
        expect(ratioOf(baseline)).toBeCloseTo(before.reduce((sum, { errors }) => sum + errors, 0) / total, 9);
      }),
    );
  });

  it('are as many as came', () => {
    fc.assert(
      fc.property(world, (strata) => {
        const sample = sampleOf(strata, each(strata));
        countByCluster(sample, ERRORS).forEach(({ denominators }, arm) => {
          const came = sample.series.reduce((sum, series) => sum + sums(series, arm as 0 | 1).requests, 0);
          expect(denominators.reduce((sum, one) => sum + one, 0)).toBeCloseTo(came, 6);
        });
      }),
    );
  });

  it('do not depend on how strata are numbered', () => {
    fc.assert(
      fc.property(world, fc.infiniteStream(fc.nat(9)), (strata, spare) => {
        const offset = spare.next().value as number;
        const turned = each(strata).map((s) => ((s + offset) % strata.length) + 2);
        expectSameCounts(
          countByCluster(sampleOf(strata, turned), ERRORS),
          countByCluster(sampleOf(strata, each(strata)), ERRORS),
        );
        const [one, other] = [turned, each(strata)].map((numbers) => quantileMix(sampleOf(strata, numbers), 0.9)!);
        for (const part of ['total', 'within', 'mix', 'newOrVanished'] as const)
          expect(one![part]).toBeCloseTo(other![part], 9);
      }),
    );
  });

  it('are those of no strata at all where there is only one', () => {
    fc.assert(
      fc.property(world, (strata) => {
        const one = sampleOf(
          strata,
          strata.map(() => 0),
        );
        expect(countByCluster(one, ERRORS)).toEqual(countByCluster(sampleOf(strata, null), ERRORS));
        expect(poolHistograms(one)!.pooled).toEqual(poolHistograms(sampleOf(strata, null))!.pooled);
        expect(ratioMix(one, ERRORS, 1)).toBeNull();
      }),
    );
  });

  it('have the levels of no strata at all, and weights that cost nothing, where both mixes are equal', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 4 }), (strata, times) => {
        // Post serves each block's requests `times` over, with other errors: every stratum grows alike.
        const alike = strata.map((rows) =>
          rows.map((one, block) =>
            armAt(block) === 0
              ? one
              : { ...one, buckets: rows[block - BLOCKS / 2]!.buckets.map((count) => count * times) },
          ),
        );
        const strataApart = countByCluster(sampleOf(alike, each(alike)), ERRORS);
        const together = countByCluster(sampleOf(alike, null), ERRORS);
        for (const arm of [0, 1] as const) expect(ratioOf(strataApart[arm])).toBeCloseTo(ratioOf(together[arm]), 9);
        expect(strataApart[1].weightEffect).toBeCloseTo(1, 9);
      }),
    );
  });

  it('have the residuals of their strata: levels that differ between strata alone make no variance', () => {
    fc.assert(
      fc.property(world, fc.array(fc.constantFrom(0, 1), { minLength: 4, maxLength: 4 }), (strata, levels) => {
        const constant = strata.map((rows, s) => rows.map((one) => ({ ...one, errorShare: levels[s]! })));
        for (const { numerators, denominators } of countByCluster(sampleOf(constant, each(constant)), ERRORS)) {
          expect(clusterRatio(numerators, denominators).variance).toBeCloseTo(0, 12);
        }
      }),
    );
  });

  it('are worth no more than unequal weights leave of them', () => {
    const uneven = [0, 1].map((s) =>
      Array.from({ length: BLOCKS }, (_, block) => ({
        buckets: new Array<number>(BOUNDS.length + 1).fill(s === 0 || armAt(block) === 0 ? 100 : 1),
        errorShare: 0.1,
      })),
    );
    const [, post] = countByCluster(sampleOf(uneven, [0, 1]), ERRORS);
    // Weights ½ and ½ on shares 100/101 and 1/101 of post.
    const kish = (0.25 * 101) / 100 + 0.25 * 101;
    expect(post.weightEffect).toBeCloseTo(kish, 9);
    const { variance, ratio, total, designEffect } = armClusterRatio(post);
    expect(variance).toBeGreaterThanOrEqual((kish * ratio * (1 - ratio)) / total - 1e-15);
    expect(designEffect).toBeGreaterThanOrEqual(kish - 1e-9);
  });
});

describe('a stratum served by few clusters', () => {
  it('has the variance of its own clusters: disjoint strata add up as stratified sampling has it', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 24, maxLength: 24 }), (shares) => {
        // Twelve clusters an arm, six of each stratum.
        const place = (s: number): Row[] =>
          Array.from({ length: 24 }, (_, block) => ({
            buckets: new Array<number>(6).fill(block % 2 === s ? 50 : 0),
            errorShare: shares[block]!,
          }));
        const placed = placeRows(
          [seriesOf(place(0)), seriesOf(place(1))],
          (index, block) => (block % 2 !== index ? -1 : block < 12 ? 0 : 1),
          (_, block) => block,
          true,
        );
        const sample = { ...placed, strata: { attributes: ['kind'], ofSeries: Int32Array.of(0, 1), count: 2 } };
        const [baseline] = countByCluster(sample, ERRORS);
        const variance = [0, 1].reduce((sum, s) => {
          const rates = Array.from({ length: 6 }, (_, i) => Math.round(300 * shares[2 * i + s]!) / 300);
          const mean = rates.reduce((total, rate) => total + rate, 0) / 6;
          return sum + (0.25 * rates.reduce((total, rate) => total + (rate - mean) ** 2, 0)) / 5 / 6;
        }, 0);
        expect(clusterRatio(baseline.numerators, baseline.denominators).variance).toBeCloseTo(variance, 12);
      }),
    );
  });
});

describe('a response within strata', () => {
  it('keeps the level of the baseline, and moves by nothing where only the mix moves', () => {
    fc.assert(
      fc.property(world, (strata) => {
        const levels = strata.map((_, s) => s / strata.length);
        // Whole requests, so that a stratum has the same share of errors in every block.
        const steady = strata.map((rows, s) =>
          rows.map(({ buckets }) => ({ buckets: buckets.map((one) => one * strata.length), errorShare: levels[s]! })),
        );
        const sample = sampleOf(steady, each(steady));
        const response = withinStrata(sample, ERRORS);
        const [baseline, post] = countByCluster({ ...sample, strata: null }, response);
        const plain = countByCluster({ ...sample, strata: null }, ERRORS)[0];
        expect(ratioOf(baseline)).toBeCloseTo(ratioOf(plain), 9);
        expect(ratioOf(post)).toBeCloseTo(ratioOf(plain), 9);
      }),
    );
  });
});
