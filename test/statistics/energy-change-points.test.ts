import { describe, expect, it } from 'vitest';
import { energyChangePoints, largestEnergySplit } from '../../src/statistics/energy-change-points.ts';
import { NILE } from './nile.ts';

/** Series of Apache Otava's tests of its change-point detection. */
const SEQUENCE = [0.3, 2.4, 1.5, -0.9, -0.5, 99.7, 98.3, 99.1, 149, 149.7, 149.5, 149.1, 148.8, 150];
const FIRST = [1.02, 0.95, 0.99, 1.0, 1.12, 0.9, 0.5, 0.51, 0.48, 0.48, 0.55];
const SECOND = [2.02, 2.03, 2.01, 2.04, 1.82, 1.85, 1.79, 1.81, 1.8, 1.76, 1.78];
const TWENTY = [
  1.02, 0.95, 0.99, 1.0, 1.12, 1.0, 1.01, 0.98, 1.01, 0.96, 0.5, 0.51, 0.48, 0.48, 0.55, 0.5, 0.49, 0.51, 0.5, 0.49,
];

const indexesOf = (...settings: Parameters<typeof energyChangePoints>) =>
  energyChangePoints(...settings).map(({ index }) => index);

/** The energy distance of [0, split) and [split, n), from its definition. */
function energyDistance(values: readonly number[], split: number): number {
  const meanDistance = (left: readonly number[], right: readonly number[], pairs: number) =>
    pairs === 0 ? 0 : left.flatMap((a) => right.map((b) => Math.abs(a - b))).reduce((x, y) => x + y, 0) / pairs;
  const left = values.slice(0, split);
  const right = values.slice(split);
  const [m, n] = [left.length, right.length];
  const within = meanDistance(left, left, m * (m - 1)) + meanDistance(right, right, n * (n - 1));
  return ((m * n) / (m + n)) * (2 * meanDistance(left, right, m * n) - within);
}

describe('the largest energy split', () => {
  it('is the published one, with the published statistic', () => {
    const split = largestEnergySplit(SEQUENCE)!;
    expect(split).toMatchObject({ split: 5, end: 14 });
    expect(split.statistic).toBeCloseTo(761.28214, 5);
    const first = largestEnergySplit(FIRST)!;
    expect(first.split).toBe(6);
    expect(first.statistic).toBeCloseTo(2.354545, 6);
  });

  it('has the statistic of its definition and leaves each side its fewest points', () => {
    for (const series of [SEQUENCE, FIRST, SECOND, TWENTY]) {
      const { split, end, statistic } = largestEnergySplit(series)!;
      expect(statistic).toBeCloseTo(energyDistance(series.slice(0, end), split), 9);
      const best = Math.max(...series.slice(1).map((_, i) => energyDistance(series, i + 1)));
      expect(statistic).toBeGreaterThanOrEqual(best - 1e-9);
    }
    expect(largestEnergySplit([0, 9, 9, 9, 9, 9], 2)!.split).toBe(2);
    expect(largestEnergySplit([0, 9, 9], 2)).toBeNull();
    expect(largestEnergySplit([])).toBeNull();
  });
});

describe('energy change points', () => {
  it('are the published ones, with the levels on both sides', () => {
    expect(indexesOf(SEQUENCE, { maxP: 0.01 })).toEqual([5, 8]);
    expect(indexesOf(FIRST)).toEqual([6]);
    expect(indexesOf(SECOND)).toEqual([4]);
    expect(indexesOf(TWENTY, { window: 10, maxP: 0.0001 })).toEqual([10]);
    const [first] = energyChangePoints(SECOND);
    expect(first!.before).toBeCloseTo(2.025, 12);
    expect(first!.after).toBeCloseTo(1.80142857, 8);
  });

  it('are only those above the smallest change that counts', () => {
    expect(indexesOf(FIRST, { minMagnitude: 0.2 })).toEqual([6]);
    expect(indexesOf(SECOND, { minMagnitude: 0.2 })).toEqual([]);
  });

  it('are found wherever two constant levels meet, whatever the window', () => {
    for (let at = 4; at < 100; at += 5) {
      const series = [...new Array<number>(at).fill(0), ...new Array<number>(at).fill(1)];
      expect(indexesOf(series)).toEqual([at]);
      expect(indexesOf(series, { window: 10 })).toEqual([at]);
    }
  });

  it('are found across windows in a series that was merged from both sides', () => {
    const series = Array.from(
      { length: 400 },
      (_, t) => Math.sin(t * 12.9898) + (t >= 130 ? 4 : 0) + (t >= 333 ? 4 : 0),
    );
    expect(indexesOf(series)).toEqual([130, 333]);
  });

  it('are none in a constant, short or empty series, and the dam in the Nile', () => {
    expect(indexesOf(NILE)).toContain(28);
    expect(indexesOf([1, 1, 1, 1])).toEqual([]);
    expect(indexesOf([1, 2])).toEqual([]);
    expect(indexesOf([1])).toEqual([]);
    expect(indexesOf([])).toEqual([]);
  });
});
