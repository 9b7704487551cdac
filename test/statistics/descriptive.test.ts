import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanSquare, median, relativeRootMeanSquare } from '../../src/statistics/descriptive.ts';

const errors = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 30 });

describe('one set of errors held against another', () => {
  it('is the ratio of their root mean squares', () => {
    fc.assert(
      fc.property(errors, fc.double({ min: 0.01, max: 100, noNaN: true }), (values, factor) => {
        const others = values.map((value) => -value * factor);
        expect(relativeRootMeanSquare(values, others)).toBeCloseTo(1 / factor, 6);
      }),
    );
    expect(relativeRootMeanSquare([3, 4], [1, 7])).toBeCloseTo(Math.sqrt(25 / 50), 12);
  });

  it('counts only what both know, and is nothing where they know nothing together', () => {
    expect(relativeRootMeanSquare([2, 100, Number.NaN], [1, Number.NaN, 100])).toBe(2);
    expect(relativeRootMeanSquare([1, Number.NaN], [Number.NaN, 1])).toBeNaN();
  });
});

describe('a mean square', () => {
  it('does not depend on signs or order', () => {
    fc.assert(
      fc.property(errors, (values) => {
        expect(meanSquare(values.map((value) => -value).reverse())).toBeCloseTo(meanSquare(values), 6);
      }),
    );
  });
});

describe('a median', () => {
  it('has as many values above as below, is the mean of the middle two where they are even, and NaN of nothing', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
    fc.assert(
      fc.property(errors, (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
        expect(median([...values].reverse())).toBe(middle);
      }),
    );
  });
});
