import { describe, expect, it } from 'vitest';
import { energyChangePoints, largestEnergySplit } from '../../src/statistics/energy-change-points.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { NILE } from './nile.ts';

/** Series of Apache Otava's tests of its change-point detection. */
const SEQUENCE = [0.3, 2.4, 1.5, -0.9, -0.5, 99.7, 98.3, 99.1, 149, 149.7, 149.5, 149.1, 148.8, 150];
const FIRST = [1.02, 0.95, 0.99, 1.0, 1.12, 0.9, 0.5, 0.51, 0.48, 0.48, 0.55];
const SECOND = [2.02, 2.03, 2.01, 2.04, 1.82, 1.85, 1.79, 1.81, 1.8, 1.76, 1.78];

describe('energy change points', () => {
  it('have the published first split and statistic', () => {
    const split = largestEnergySplit(SEQUENCE)!;
    expect(split).toMatchObject({ split: 5, end: 14 });
    expect(split.statistic).toBeCloseTo(761.28214, 5);
    const first = largestEnergySplit(FIRST)!;
    expect(first.split).toBe(6);
    expect(first.statistic).toBeCloseTo(2.354545, 6);
  });

  it('are the published ones of three series', () => {
    expect(energyChangePoints(SEQUENCE)).toEqual([5, 8]);
    expect(energyChangePoints(FIRST)).toEqual([6]);
    expect(energyChangePoints(SECOND)).toEqual([4]);
  });

  it('finds the dam on the Nile and nothing in noise', () => {
    expect(energyChangePoints(NILE)).toContain(28);
    const random = seededRandom(1);
    expect(energyChangePoints(Array.from({ length: 100 }, () => random.normal()))).toEqual([]);
    expect(energyChangePoints([1, 1, 1, 1])).toEqual([]);
    expect(energyChangePoints([1])).toEqual([]);
  });
});
