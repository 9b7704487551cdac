import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tailDegrees } from '../../src/statistics/tail-degrees.ts';

describe('degrees of freedom by the tails', () => {
  it.each([5, 6, 10, 30])('are those of a Student t whose moments they are given: %d', (degrees) => {
    const meanSquare = degrees / (degrees - 2);
    const excess = 6 / (degrees - 4);
    expect(tailDegrees(1000, meanSquare, (3 + excess) * meanSquare ** 2)).toBeCloseTo(degrees, 9);
  });

  it('are what the count leaves where tails are no heavier than normal ones', () => {
    expect(tailDegrees(20, 1, 3)).toBe(19);
    expect(tailDegrees(20, 1, 1.8)).toBe(19);
  });

  it('do not depend on the unit, and lie between 3 and what the count leaves', () => {
    const positive = fc.double({ min: 0.01, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 500 }), positive, positive, positive, (count, second, ratio, unit) => {
        const degrees = tailDegrees(count, second, (1 + ratio) * second ** 2);
        expect(tailDegrees(count, second * unit ** 2, (1 + ratio) * second ** 2 * unit ** 4)).toBeCloseTo(degrees, 6);
        expect(degrees).toBeGreaterThanOrEqual(3);
        expect(degrees).toBeLessThanOrEqual(Math.max(3, count - 1));
      }),
    );
  });
});
