import { describe, expect, it } from 'vitest';
import { cosineCount, cosineLongRunVariance } from '../../src/statistics/cosine-variance.ts';
import { satterthwaiteDegrees } from '../../src/statistics/satterthwaite.ts';
import { studentQuantile } from '../../src/statistics/student.ts';
import { welchDifference } from '../../src/statistics/welch.ts';
import { autoregressive } from './autoregressive.ts';

describe('cosineCount', () => {
  it.each([
    [200, 14],
    [100, 9],
    [60, 6],
    [1000, 41],
  ])('is 0.41·n^(2/3): of %d values %d', (n, cosines) => {
    expect(cosineCount(n)).toBe(cosines);
  });
});

describe('cosineLongRunVariance', () => {
  it('of three values is ((x₁ − x₃)² / 2 + (x₁ − 2x₂ + x₃)² / 6) / 2 with two cosines, by hand', () => {
    const [x1, x2, x3] = [1, 4, 9];
    const byHand = ((x1 - x3) ** 2 / 2 + (x1 - 2 * x2 + x3) ** 2 / 6) / 2;
    expect(cosineLongRunVariance([x1, x2, x3], 2)).toBeCloseTo(byHand, 12);
  });

  it('is the sample variance with as many cosines as values but one, whatever the level', () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    const mean = values.reduce((sum, one) => sum + one, 0) / 8;
    const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 7;
    expect(cosineLongRunVariance(values, 7)).toBeCloseTo(variance, 12);
    expect(
      cosineLongRunVariance(
        values.map((one) => one + 1000),
        7,
      ),
    ).toBeCloseTo(variance, 8);
    expect(cosineLongRunVariance([], 5)).toBeNaN();
  });

  it.each([0, 0.3, 0.6])(
    'gives Student intervals of a mean that hold it as often as they say, 60 values of an AR(1) with ρ = %d',
    (rho) => {
      const draws = 1500;
      const cosines = cosineCount(60);
      const critical = studentQuantile(0.975, cosines);
      let held = 0;
      let naive = 0;
      for (let draw = 0; draw < draws; draw++) {
        const values = autoregressive(60, rho, draw + 1);
        const mean = values.reduce((sum, one) => sum + one, 0) / 60;
        const squares = values.reduce((sum, one) => sum + (one - mean) ** 2, 0);
        if (Math.abs(mean) <= critical * Math.sqrt(cosineLongRunVariance(values, cosines) / 60)) held++;
        if (Math.abs(mean) <= 2 * Math.sqrt(squares / 59 / 60)) naive++;
      }
      expect(held / draws).toBeGreaterThan(0.915);
      expect(held / draws).toBeLessThan(0.97);
      if (rho === 0.6) expect(naive / draws).toBeLessThan(0.75);
    },
  );
});

describe('satterthwaiteDegrees', () => {
  it("are Welch's of two means, as in the published example: 181.134", () => {
    const [first, second] = [
      { mean: 5.25, variance: 0.95 ** 2, size: 95 },
      { mean: 5.22, variance: 0.83 ** 2, size: 89 },
    ];
    const degrees = satterthwaiteDegrees(
      [first, second].map(({ variance, size }) => ({ variance: variance / size, degreesOfFreedom: size - 1 })),
    );
    expect(degrees).toBeCloseTo(181.134, 3);
    expect(degrees).toBeCloseTo(welchDifference(first, second).degreesOfFreedom, 10);
  });

  it('lie between the fewest and the sum, and know a variance that is known', () => {
    const seven = { variance: 2, degreesOfFreedom: 7 };
    expect(satterthwaiteDegrees([seven, seven])).toBeCloseTo(14, 12);
    expect(satterthwaiteDegrees([seven, { variance: 0, degreesOfFreedom: 3 }])).toBeCloseTo(7, 12);
    expect(satterthwaiteDegrees([seven, { variance: 2, degreesOfFreedom: Number.POSITIVE_INFINITY }])).toBeCloseTo(
      28,
      12,
    );
    expect(satterthwaiteDegrees([{ variance: 1, degreesOfFreedom: Number.POSITIVE_INFINITY }])).toBe(
      Number.POSITIVE_INFINITY,
    );
    expect(satterthwaiteDegrees([])).toBeNaN();
  });
});
