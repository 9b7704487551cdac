import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { morisitaPairs, type UnitCount } from '../../src/statistics/morisita-index.ts';
import { seededRandom } from '../support/seeded-random.ts';

const SECONDS = 10;
const groupOf = (second: number): number => Math.floor(second / SECONDS);

function indexOf(counts: readonly UnitCount[]): number {
  const { met, expected } = morisitaPairs(counts, groupOf, SECONDS);
  return met.reduce((a, b) => a + b, 0) / expected.reduce((a, b) => a + b, 0);
}

const ofOneUnit = (counts: readonly number[]): UnitCount[] =>
  counts.map((count, second) => ({ second, unit: 0, count }));

describe('Morisita index of dispersion', () => {
  it('is S(n − 1)/(Sn − 1) where each second has n events, S where one second has all (Morisita 1959)', () => {
    expect(indexOf(ofOneUnit(new Array<number>(SECONDS).fill(4)))).toBeCloseTo((SECONDS * 3) / (SECONDS * 4 - 1), 12);
    expect(indexOf(ofOneUnit([0, 0, 30, 0, 0, 0, 0, 0, 0, 0]))).toBeCloseTo(SECONDS, 12);
  });

  it('is that of the formula S·Σn(n − 1)/(N(N − 1)) for any counts', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: SECONDS, maxLength: SECONDS }), (counts) => {
        const total = counts.reduce((a, b) => a + b, 0);
        fc.pre(total > 1);
        const pairs = counts.reduce((sum, n) => sum + n * (n - 1), 0);
        expect(indexOf(ofOneUnit(counts))).toBeCloseTo((SECONDS * pairs) / (total * (total - 1)), 10);
      }),
    );
  });

  it('counts no meeting of a unit with itself where several units have events', () => {
    const alone: UnitCount[] = [
      { second: 1, unit: 0, count: 20 },
      { second: 7, unit: 1, count: 20 },
    ];
    expect(indexOf(alone)).toBe(0);
    expect(indexOf(alone.map((one) => ({ ...one, second: 3 })))).toBeCloseTo(SECONDS, 12);
  });

  it('averages 1 for events that come at random, whatever their number, over many groups', () => {
    const random = seededRandom(4);
    const counts = Array.from({ length: 40_000 }, (_, event) => ({
      second: Math.floor(random.uniform() * SECONDS) + SECONDS * (event % 1000),
      unit: event % 3,
      count: 1,
    }));
    expect(indexOf(counts)).toBeGreaterThan(0.98);
    expect(indexOf(counts)).toBeLessThan(1.02);
  });
});
