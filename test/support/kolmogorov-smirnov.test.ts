import { describe, expect, it } from 'vitest';
import { twoSampleTest } from './kolmogorov-smirnov.ts';
import { seededRandom } from './seeded-random.ts';

describe('the test of two samples', () => {
  it('has the critical values of the tables', () => {
    // Samples of 2n, both on a grid, one moved by d grid places, are exactly d/n apart.
    const size = 20_000;
    const pOf = (x: number): number => {
      const moved = Math.round(x * Math.sqrt(2 / size) * size);
      const grid = Array.from({ length: size }, (_, index) => index);
      return twoSampleTest(
        grid,
        grid.map((value) => value + moved),
      ).p;
    };
    for (const [x, p] of [
      [1.22385, 0.1],
      [1.3581, 0.05],
      [1.62762, 0.01],
      [1.94947, 0.001],
    ] as const) {
      expect(Math.abs(pOf(x) / p - 1)).toBeLessThan(0.05);
    }
  });

  it('says 1 of the same values, and 0 of others altogether', () => {
    expect(twoSampleTest([1, 2, 3], [1, 2, 3])).toEqual({ distance: 0, p: 1 });
    const low = Array.from({ length: 100 }, (_, index) => index);
    expect(
      twoSampleTest(
        low,
        low.map((value) => value + 1_000),
      ).p,
    ).toBeLessThan(1e-30);
  });

  it('raises as many false alarms as it says, and sees a delay of a tenth of the spread', () => {
    const random = seededRandom(45);
    const sample = (delay: number) => Array.from({ length: 5_000 }, () => random.uniform() + delay);
    const p = Array.from({ length: 400 }, () => twoSampleTest(sample(0), sample(0)).p);
    const alarms = p.filter((one) => one < 0.05).length;
    // 20 are expected; 99.9 % of binomial counts lie between.
    expect(alarms).toBeGreaterThan(6);
    expect(alarms).toBeLessThan(38);
    expect(twoSampleTest(sample(0), sample(0.1)).p).toBeLessThan(0.01);
  });
});
