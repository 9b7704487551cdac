import { describe, expect, it } from 'vitest';
import { meanOfOtherCycles } from '../../src/statistics/other-cycles.ts';
import { cumulate, dyadicLengths, farthestStretch, meanBetween } from '../../src/statistics/stretches.ts';
import { seededRandom } from '../support/seeded-random.ts';

const random = seededRandom(5);
const weights = Float64Array.from({ length: 60 }, () => (random.uniform() < 0.2 ? 0 : 1 + random.uniform()));
const numerators = weights.map((weight) => weight * random.normal());

function plainMean(from: number, to: number): number {
  let [numerator, weight] = [0, 0];
  for (let t = from; t < to; t++) {
    numerator += numerators[t]!;
    weight += weights[t]!;
  }
  return numerator / weight;
}

describe('means of stretches', () => {
  it('are what adding up each stretch gives', () => {
    const sums = cumulate(numerators, weights);
    for (const [from, to] of [
      [0, 60],
      [3, 9],
      [40, 60],
    ] as const)
      expect(meanBetween(sums, from, to)).toBeCloseTo(plainMean(from, to), 12);
  });

  it('are unknown where nothing is known', () => {
    expect(meanBetween(cumulate([1, 2], [0, 0]), 0, 2)).toBeNaN();
    expect(farthestStretch(cumulate([1, 2], [0, 0]), 0, 2, 1, 0)).toBeNull();
  });

  it('find the stretch that lies farthest from a level, on either side of it', () => {
    const sums = cumulate(numerators, weights);
    for (const length of [3, 10]) {
      const means = Array.from({ length: 41 - length }, (_, i) => plainMean(10 + i, 10 + i + length));
      const found = farthestStretch(sums, 10, 50, length, 0.1)!;
      expect(Math.abs(found.mean - 0.1)).toBeCloseTo(Math.max(...means.map((mean) => Math.abs(mean - 0.1))), 12);
      expect(found.mean).toBeCloseTo(plainMean(found.from, found.to), 12);
      expect(found.to - found.from).toBe(length);
    }
  });

  it('are scanned from the whole down to the smallest share of it', () => {
    expect(dyadicLengths(120, 1 / 32)).toEqual([120, 60, 30, 15, 7]);
    expect(dyadicLengths(5, 1 / 32)).toEqual([5, 2, 1]);
  });
});

describe('what other cycles show', () => {
  const SEASON = 12;
  const PHASES = Int32Array.from(weights, (_, t) => t % SEASON);

  it('is the mean at the same phase of every cycle but the own', () => {
    for (const reach of [0, 2]) {
      const expected = meanOfOtherCycles(numerators, weights, PHASES, reach);
      expected.forEach((value, t) => {
        let [numerator, weight] = [0, 0];
        for (let near = Math.max(0, t - reach); near <= Math.min(59, t + reach); near++) {
          for (let at = near % SEASON; at < 60; at += SEASON) {
            if (at === near) continue;
            numerator += numerators[at]!;
            weight += weights[at]!;
          }
        }
        if (weight > 0) expect(value).toBeCloseTo(numerator / weight, 10);
        else expect(value).toBeNaN();
      });
    }
  });

  it('does not know what happened in the own cycle', () => {
    const before = meanOfOtherCycles(numerators, weights, PHASES, 0);
    const changed = numerators.map((value, t) => (t >= 24 && t < 36 ? value + 100 : value));
    const after = meanOfOtherCycles(changed, weights, PHASES, 0);
    for (let t = 24; t < 36; t++) {
      if (Number.isFinite(before[t]!)) expect(after[t]).toBeCloseTo(before[t]!, 9);
      else expect(after[t]).toBeNaN();
    }
  });

  it('is unknown with one cycle', () => {
    const cycle = meanOfOtherCycles(numerators.slice(0, 12), weights.slice(0, 12), PHASES.slice(0, 12), 0);
    expect(cycle.every(Number.isNaN)).toBe(true);
  });
});
