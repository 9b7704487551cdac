import fc from 'fast-check';
import { mean as oracleMean, sampleVariance as oracleVariance } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { mean, sampleVariance } from '../../src/statistics/descriptive.ts';
import { dkwRadius, largestDistributionGap } from '../../src/statistics/distribution-band.ts';
import {
  detectableQuantileShift,
  neededSampleSize,
  requestsToDetect,
  requestsToExclude,
} from '../../src/statistics/minimum-detectable.ts';
import { orderStatisticRanks, smallestEstimableSample } from '../../src/statistics/order-statistic.ts';
import { exactRateRatio } from '../../src/statistics/poisson-rate-ratio.ts';
import { combinations, exactRandomisation, smallestRandomisationP } from '../../src/statistics/randomisation.ts';
import { twoOneSidedTests, welchDifference, welchInterval } from '../../src/statistics/welch.ts';

describe('order statistics', () => {
  it.each([
    [10, 0.5, 2, 9, 0.978516],
    [1000, 0.99, 983, 997, 0.976095],
    [10_000, 0.99, 9880, 9920, 0.955755],
    [10_000, 0.999, 9983, 9997, 0.975457],
  ])('enclose the quantile of %d values at %d by the published ranks', (n, p, low, high, coverage) => {
    const ranks = orderStatisticRanks(n, p, 0.95);
    expect(ranks).toMatchObject({ low, high });
    expect(ranks.coverage).toBeCloseTo(coverage, 6);
  });

  it.each([
    [0.95, 59, 72],
    [0.99, 299, 368],
    [0.999, 2995, 3688],
  ])('bound p%d from above with the published smallest samples', (p, oneSided, twoSided) => {
    expect(smallestEstimableSample(p, 0.95)).toBe(oneSided);
    expect(smallestEstimableSample(p, 0.975)).toBe(twoSided);
  });

  it('cover at least their level', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0.05, max: 0.999, noNaN: true }), (n, p) => {
        const { low, high, coverage } = orderStatisticRanks(n, p, 0.9);
        expect(coverage).toBeGreaterThanOrEqual(0.9 - 1e-9);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(n + 1);
      }),
    );
  });
});

describe('whole distributions', () => {
  it('lie in the published band', () => {
    expect(dkwRadius(1000, 0.95)).toBeCloseTo(0.0429469, 7);
  });

  it('are furthest apart at a bound', () => {
    expect(largestDistributionGap([10, 10, 10, 10], [5, 5, 20, 10])).toEqual({ index: 1, gap: -0.25 });
    expect(largestDistributionGap([1, 2, 3], [2, 4, 6])).toEqual({ index: -1, gap: 0 });
    expect(largestDistributionGap([1, 2, 3], [0, 0, 0])).toEqual({ index: -1, gap: 0 });
  });
});

describe("Welch's comparison", () => {
  const first = { mean: 5.22, variance: 0.83 ** 2, size: 89 };
  const second = { mean: 5.25, variance: 0.95 ** 2, size: 95 };

  it('has the published two one-sided tests', () => {
    const estimate = welchDifference(first, second);
    expect(estimate.standardError).toBeCloseTo(0.1313029, 7);
    expect(estimate.degreesOfFreedom).toBeCloseTo(181.134, 3);
    const { tLow, tHigh, pAbove, pBelow } = twoOneSidedTests(estimate, -0.384, 0.384);
    expect(tLow).toBeCloseTo(3.15302, 5);
    expect(tHigh).toBeCloseTo(-2.69606, 5);
    expect(pAbove).toBeCloseTo(0.000946, 6);
    expect(pBelow).toBeCloseTo(0.003839, 6);
    const interval = welchInterval(estimate, 0.9);
    expect(interval.low).toBeCloseTo(-0.18708, 5);
    expect(interval.high).toBeCloseTo(0.24708, 5);
  });

  it('finds equivalence exactly where the interval lies inside the margins', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (shift, margin) => {
          const estimate = welchDifference(first, { ...second, mean: 5.22 + shift });
          const { low, high } = welchInterval(estimate, 0.9);
          const inside = low > -margin && high < margin;
          expect(twoOneSidedTests(estimate, -margin, margin).p < 0.05).toBe(inside);
        },
      ),
    );
  });

  it('rests on a mean and variance that agree with an independent implementation', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2 }), (values) => {
        expect(mean(values)).toBeCloseTo(oracleMean(values), 9);
        expect(sampleVariance(values)).toBeCloseTo(oracleVariance(values), 5);
      }),
    );
    expect(sampleVariance([1])).toBeNaN();
  });
});

describe('exactRateRatio', () => {
  it('has the published answer for 20 against 10 events', () => {
    const result = exactRateRatio({ events: 10, exposure: 1 }, { events: 20, exposure: 1 }, 0.95);
    expect(result.estimate).toBe(2);
    expect(result.p).toBeCloseTo(0.0987371, 7);
    expect(result.low).toBeCloseTo(0.89351, 5);
    expect(result.high).toBeCloseTo(4.78455, 5);
  });

  it('is significant exactly where its interval leaves out 1', () => {
    const count = fc.record({
      events: fc.integer({ min: 0, max: 60 }),
      exposure: fc.double({ min: 0.1, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(count, count, (first, second) => {
        const { p, low, high } = exactRateRatio(first, second, 0.95);
        if (Math.abs(p - 0.05) < 1e-6) return;
        expect(p < 0.05).toBe(low > 1 || high < 1);
      }),
    );
  });

  it('says nothing without events', () => {
    const none = exactRateRatio({ events: 0, exposure: 1 }, { events: 0, exposure: 1 }, 0.95);
    expect(none).toEqual({ estimate: Number.NaN, low: 0, high: Infinity, p: 1 });
  });
});

describe('sample sizes', () => {
  it.each([
    [0.02, 0.022, 63_551],
    [0.02, 0.025, 10_876],
    [0.02, 0.03, 3011],
    [0.001, 0.0015, 61_746],
    [0.001, 0.002, 18_517],
  ])('to detect a rise from %d to %d are the published ones', (before, after, requests) => {
    expect(Math.ceil(requestsToDetect(before, after))).toBe(requests);
    expect(requestsToDetect(before, after, undefined, 4)).toBeCloseTo(4 * requestsToDetect(before, after), 6);
  });

  it.each([
    [0.02, 0.002, 60_590],
    [0.02, 0.005, 9695],
    [0.01, 0.0025, 19_587],
  ])('to exclude a rise of %d by %d are the published ones', (rate, margin, requests) => {
    expect(Math.ceil(requestsToExclude(rate, margin))).toBe(requests);
  });

  it.each([
    [0.95, 10_000, 7.7, 16],
    [0.95, 100_000, 2.4, 4.8],
    [0.99, 10_000, 14, 30],
    [0.99, 100_000, 4.2, 8.7],
    [0.999, 100_000, 11, 23.2],
    [0.999, 1_000_000, 3.4, 6.8],
  ])('p%d of %d requests shows the published relative shifts', (p, n, alone, clustered) => {
    expect(Math.abs(100 * detectableQuantileShift(p, n) - alone)).toBeLessThanOrEqual(0.051);
    expect(Math.abs(100 * detectableQuantileShift(p, n, 1, undefined, 4) - clustered)).toBeLessThanOrEqual(0.051);
  });

  it('fall with the square of the distance to the margin', () => {
    expect(neededSampleSize(1000, 0.01, 0.05) / neededSampleSize(1000, 0.01, 0.1)).toBeCloseTo(4, 12);
    expect(neededSampleSize(1000, 0.01, 0)).toBe(Infinity);
  });
});

describe('exact re-randomisation', () => {
  const differenceOfMeans = (values: number[]) => (exposed: Uint8Array) => {
    const arm = (label: number) => mean(values.filter((_, i) => exposed[i] === label));
    return arm(1) - arm(0);
  };

  it.each([
    [3, 0.05],
    [4, 0.0143],
    [5, 0.00397],
    [6, 0.00108],
  ])('cannot go below 1/C(2m, m) with %d hosts an arm', (m, p) => {
    expect(smallestRandomisationP(m, m)).toBeCloseTo(p, 4);
    const values = Array.from({ length: 2 * m }, (_, i) => i);
    const exposed = values.map((_, i) => i >= m);
    const result = exactRandomisation(exposed, differenceOfMeans(values))!;
    expect(result.labelings).toBe(combinations(2 * m, m));
    expect(result.pAbove).toBe(1 / result.labelings);
    expect(result.pTwoSided).toBe(2 / result.labelings);
  });

  it('has uniform p-values: summed over all labelings, half and a little more', () => {
    const values = [3, 1, 4, 1.5, 9, 2.6];
    const exposed = [true, true, true, false, false, false];
    const above = exactRandomisation(exposed, differenceOfMeans(values))!.pAbove;
    const below = exactRandomisation(exposed, (labels) => -differenceOfMeans(values)(labels))!.pAbove;
    expect(above + below).toBeCloseTo(1 + 1 / 20, 12);
  });

  it('counts ties as at least as large', () => {
    expect(exactRandomisation([true, false, false], () => 0)!.pAbove).toBe(1);
  });

  it('declines more labelings than it was allowed', () => {
    expect(
      exactRandomisation(
        new Array(40).fill(false).map((_, i) => i < 20),
        () => 0,
      ),
    ).toBeNull();
  });
});
