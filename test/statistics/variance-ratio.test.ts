import { describe, expect, it } from 'vitest';
import { varianceRatioTail } from '../../src/statistics/variance-ratio.ts';

describe("the tail of Fisher's F", () => {
  it.each([
    [161.4476, 1, 1, 0.05],
    [4.9646, 1, 10, 0.05],
    [3.3258, 5, 10, 0.05],
    [2.1242, 20, 20, 0.05],
    [10.0, 3, 3, 0.0452],
    [5.6363, 5, 10, 0.01],
  ])('is that of the tables: %d with %d and %d degrees of freedom', (ratio, above, below, p) => {
    expect(varianceRatioTail(ratio, above, below)).toBeCloseTo(p, 4);
  });

  it('turns round with its degrees of freedom', () => {
    expect(varianceRatioTail(1.7, 4, 9)).toBeCloseTo(1 - varianceRatioTail(1 / 1.7, 9, 4), 12);
  });

  it('is certain of no ratio at all', () => {
    expect(varianceRatioTail(0, 4, 9)).toBe(1);
  });
});
