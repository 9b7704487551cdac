import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, benjaminiYekutieli } from '../../src/statistics/benjamini-hochberg.ts';

/** The fifteen p-values of Benjamini & Hochberg (1995). */
const PUBLISHED = [
  0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
];

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });

describe('false-discovery adjustment', () => {
  it('has the adjusted values of the published example, and its four rejections', () => {
    const expected = [
      0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.063857, 0.063857, 0.0645, 0.0765, 0.486, 0.581182, 0.714875, 0.753231,
      0.813214, 1,
    ];
    const adjusted = benjaminiHochberg(PUBLISHED);
    expected.forEach((value, i) => {
      expect(adjusted[i]).toBeCloseTo(value, 6);
    });
    expect(adjusted.filter((q) => q <= 0.05)).toHaveLength(4);
    expect(PUBLISHED.filter((p) => p * 15 <= 0.05)).toHaveLength(3);
  });

  it('is stricter under any dependence', () => {
    const adjusted = benjaminiYekutieli(PUBLISHED);
    [0.004977, 0.009955, 0.031523, 0.118212].forEach((value, i) => {
      expect(adjusted[i]).toBeCloseTo(value, 6);
    });
  });

  it('never lowers a p-value, keeps their order, and does not depend on it', () => {
    fc.assert(
      fc.property(pValues, (ps) => {
        for (const adjust of [benjaminiHochberg, benjaminiYekutieli]) {
          const adjusted = adjust(ps);
          const backwards = adjust([...ps].reverse()).reverse();
          ps.forEach((p, i) => {
            expect(adjusted[i]).toBeGreaterThanOrEqual(p);
            expect(adjusted[i]).toBeLessThanOrEqual(1);
            expect(adjusted[i]).toBe(backwards[i]);
            ps.forEach((other, j) => {
              if (p < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
            });
          });
        }
      }),
    );
  });

  it('leaves tests that could not be made out of the count', () => {
    expect([...benjaminiHochberg([0.01, Number.NaN, 0.04])]).toEqual([0.02, Number.NaN, 0.04]);
    expect(benjaminiHochberg([])).toHaveLength(0);
  });
});
