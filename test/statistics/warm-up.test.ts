import { describe, expect, it } from 'vitest';
import { type WarmUp, warmUpOf } from '../../src/statistics/warm-up.ts';
import { autoregressive } from './autoregressive.ts';

const SERIES = 400;
const POINTS = 60;
const SEARCH = { mostShare: 0.25, direction: 1, before: () => 0 } as const;

function noise(rho: number, seed: number): number[] {
  return autoregressive(POINTS, rho, seed).map((value) => value * Math.sqrt(1 - rho * rho));
}

function cuts(
  rho: number,
  excess: (t: number) => number,
  search: Partial<Parameters<typeof warmUpOf>[2]> = {},
): WarmUp[] {
  return Array.from({ length: SERIES }, (_, seed) => {
    const values = noise(rho, seed).map((value, t) => value + excess(t));
    return warmUpOf(values, new Array(POINTS).fill(1), { ...SEARCH, ...search });
  }).filter((cut) => cut !== null);
}

describe('a warm-up', () => {
  it.each([0, 0.3, 0.6])('is cut from steady series at autocorrelation %d in at most 2 of 100', (rho) => {
    expect(cuts(rho, () => 0).length / SERIES).toBeLessThanOrEqual(0.02);
  });

  it('that decays is cut, until little of it is left', () => {
    const excess = (t: number) => 6 * Math.exp(-t / 3);
    const found = cuts(0.3, excess);
    expect(found.length / SERIES).toBeGreaterThanOrEqual(0.85);
    const left = found.map(({ end }) => {
      let sum = 0;
      for (let t = end; t < POINTS; t++) sum += excess(t) / (POINTS - end);
      return sum;
    });
    expect(left.reduce((sum, one) => sum + one, 0) / left.length).toBeLessThanOrEqual(0.1);
    for (const { end, head, tail } of found) {
      expect(end).toBeLessThanOrEqual(POINTS / 4);
      expect(head).toBeGreaterThan(tail);
    }
  });

  it('is no more than the share that may be cut: what lasts longer is a level', () => {
    expect(cuts(0, (t) => (t < 30 ? 6 : 0))).toEqual([]);
    expect(cuts(0, () => 6).length / SERIES).toBeLessThanOrEqual(0.02);
  });

  it('is not a head on the old level, which has not changed yet', () => {
    const late = (t: number) => (t < 6 ? 0 : -6);
    expect(cuts(0, late)).toEqual([]);
    expect(cuts(0, late, { before: () => -6 }).length / SERIES).toBeGreaterThanOrEqual(0.9);
  });

  it('is looked for on the worse side only', () => {
    const dip = (t: number) => -6 * Math.exp(-t / 3);
    expect(cuts(0, dip)).toEqual([]);
    expect(cuts(0, dip, { direction: -1 }).length / SERIES).toBeGreaterThanOrEqual(0.9);
  });

  it('is neither one wild point nor two, in a series that is else constant', () => {
    const wild = new Array(POINTS).fill(0);
    [wild[0], wild[2]] = [5, 3];
    expect(warmUpOf(wild, new Array(POINTS).fill(1), SEARCH)).toBeNull();
  });

  it('cannot be told in a handful of points', () => {
    expect(warmUpOf([9, 9, 1, 1, 1, 1], new Array(6).fill(1), SEARCH)).toBeNull();
  });
});
