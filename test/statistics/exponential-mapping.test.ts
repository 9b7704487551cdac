import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sketchGamma, sketchIndex, sketchUpperBound, sketchValue } from '../../src/statistics/dd-sketch-mapping.ts';
import {
  exponentialIndex,
  exponentialLowerBound,
  exponentialUpperBound,
  relativeError,
} from '../../src/statistics/exponential-mapping.ts';
import { seededRandom } from '../support/seeded-random.ts';

const VALUES = [0.001, 1, 2, 3, 1000, 1024];
const scale = fc.integer({ min: -10, max: 20 });
const positive = fc.double({ min: 2 ** -1000, max: Number.MAX_VALUE, noNaN: true });
const latency = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

describe('exponential histogram mapping', () => {
  it.each([
    [3, [-80, -1, 7, 12, 79, 79]],
    [5, [-319, -1, 31, 50, 318, 319]],
    [0, [-10, -1, 0, 1, 9, 9]],
    [-1, [-5, -1, 0, 0, 4, 4]],
    [20, [-10_449_883, -1, 1_048_575, 1_661_953, 10_449_882, 10_485_759]],
  ])('has the published indexes at scale %d', (at, expected) => {
    expect(VALUES.map((value) => exponentialIndex(value, at))).toEqual(expected);
  });

  it('has the bounds the specification prints for scale 3', () => {
    const printed = [1, 1.09051, 1.18921, 1.29684, Math.SQRT2, 1.54221, 1.68179, 1.83401, 2];
    printed.forEach((bound, index) => {
      expect(exponentialLowerBound(index, 3)).toBeCloseTo(bound, 5);
    });
    expect(exponentialUpperBound(0, 0)).toBe(2);
    expect(exponentialLowerBound(1, -1)).toBe(4);
  });

  it.each([
    [6, 0.542],
    [5, 1.083],
    [4, 2.166],
    [3, 4.329],
    [2, 8.643],
  ])('has the relative error the specification prints for scale %d', (at, percent) => {
    expect(100 * relativeError(at)).toBeCloseTo(percent, 2);
  });

  it('puts every value into the bucket whose bounds enclose it, the upper one included', () => {
    fc.assert(
      fc.property(positive, scale, (value, at) => {
        const index = exponentialIndex(value, at);
        expect(value).toBeLessThanOrEqual(exponentialUpperBound(index, at));
        expect(value).toBeGreaterThan(exponentialLowerBound(index, at));
      }),
      { numRuns: 500 },
    );
  });

  it('puts a bound into the bucket it ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: 4, max: 20 }), (index, at) => {
        expect(exponentialIndex(exponentialUpperBound(index, at), at)).toBe(index);
      }),
    );
  });

  it('gives powers of two the bucket below them, at every scale', () => {
    for (let exponent = -1074; exponent <= 1023; exponent++) {
      expect(exponentialIndex(2 ** exponent, 0)).toBe(exponent - 1);
      expect(exponentialIndex(2 ** exponent, 20)).toBe(exponent * 2 ** 20 - 1);
      expect(exponentialIndex(2 ** exponent, -2)).toBe(Math.ceil(exponent / 4) - 1);
    }
  });

  it('gives the coarser bucket by halving indexes, so that downscaling and merging commute', () => {
    fc.assert(
      fc.property(latency, fc.integer({ min: -3, max: 20 }), fc.integer({ min: 0, max: 6 }), (value, fine, steps) => {
        expect(exponentialIndex(value, fine - steps)).toBe(Math.floor(exponentialIndex(value, fine) / 2 ** steps));
      }),
      { numRuns: 500 },
    );
  });

  it('has no bucket for what is not a positive number', () => {
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) expect(exponentialIndex(value, 3)).toBeNaN();
  });
});

describe('DDSketch mapping', () => {
  it.each([
    [100, 231, 100.49457],
    [0.001, -345, 0.00099748],
    [12345.678, 472, 12459.82],
  ])('has the published bucket of %d', (value, index, midpoint) => {
    expect(sketchGamma(0.01)).toBeCloseTo(1.020202, 6);
    expect(sketchIndex(value, 0.01)).toBe(index);
    expect(sketchValue(index, 0.01) / midpoint).toBeCloseTo(1, 5);
  });

  it('answers every value, and every quantile of a sample, within the relative accuracy', () => {
    const random = seededRandom(7);
    const sample = Array.from({ length: 2000 }, () => Math.exp(2 * random.normal())).sort((a, b) => a - b);
    const indexes = sample.map((value) => sketchIndex(value, 0.01));
    for (const q of [0, 0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
      const rank = Math.floor(q * (sample.length - 1));
      expect(Math.abs(sketchValue(indexes[rank]!, 0.01) / sample[rank]! - 1)).toBeLessThanOrEqual(0.01 + 1e-12);
    }
    fc.assert(
      fc.property(latency, (value) => {
        const index = sketchIndex(value, 0.02);
        expect(Math.abs(sketchValue(index, 0.02) / value - 1)).toBeLessThanOrEqual(0.02 + 1e-12);
        expect(sketchUpperBound(index, 0.02)).toBeGreaterThanOrEqual(value * (1 - 1e-12));
      }),
    );
  });
});
