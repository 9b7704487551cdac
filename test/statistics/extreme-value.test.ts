import { describe, expect, it } from 'vitest';
import { maximumTail } from '../../src/statistics/extreme-value.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** How often a further maximum is given at most that chance, maxima being Fréchet with a tail of that power. */
function rejected(maxima: number, power: number, level: number): number {
  const random = seededRandom(11);
  const frechet = (): number => (-Math.log(random.uniform())) ** (-1 / power);
  const runs = 4000;
  let hits = 0;
  for (let run = 0; run < runs; run++) {
    const past = Float64Array.from({ length: maxima }, frechet);
    if (maximumTail(past, maxima, frechet()) <= level) hits++;
  }
  return hits / runs;
}

describe('the chance of a maximum', () => {
  it('is as often below 5 % as 5 %, whether few maxima are known or many, light tails or heavy', () => {
    for (const maxima of [8, 20, 100]) {
      for (const power of [2, 20]) {
        expect(rejected(maxima, power, 0.05)).toBeGreaterThan(0.035);
        expect(rejected(maxima, power, 0.05)).toBeLessThan(0.07);
      }
    }
  });

  it('does not change with the unit', () => {
    const maxima = [1, 1.2, 0.9, 1.4, 1.1, 1, 1.3, 0.8];
    const thousandfold = maxima.map((one) => 1000 * one);
    expect(maximumTail(thousandfold, 8, 2500)).toBeCloseTo(maximumTail(maxima, 8, 2.5), 12);
  });

  it('falls as the maximum grows, and where more of the maxima are independent', () => {
    const maxima = [1, 1.2, 0.9, 1.4, 1.1, 1, 1.3, 0.8];
    const chances = [1, 1.5, 2, 4, 16].map((observed) => maximumTail(maxima, 8, observed));
    expect([...chances].sort((a, b) => b - a)).toEqual(chances);
    expect(maximumTail(maxima, 4, 2)).toBeGreaterThan(maximumTail(maxima, 8, 2));
  });

  it('keeps maxima of nothing as the smallest there are', () => {
    const chance = maximumTail([0, 0, 0, 0, 0, 0, 0, 1], 8, 1000);
    expect(chance).toBeGreaterThan(0);
    expect(chance).toBeLessThan(maximumTail([0, 0, 0, 0, 0, 0, 0, 1], 8, 1));
  });

  it('is unknown where maxima have no spread', () => {
    expect(maximumTail([0, 0, 0, 0], 4, 1)).toBeNaN();
  });
});
