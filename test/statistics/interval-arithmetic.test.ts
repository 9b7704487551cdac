import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interval, moverDifference, moverRatio } from '../../src/statistics/mover.ts';
import { clopperPearsonInterval, wilsonInterval } from '../../src/statistics/wilson.ts';

const wilson = (successes: number, trials: number): Interval => ({
  estimate: successes / trials,
  ...wilsonInterval(successes, trials, 0.95),
});

const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
const interval = fc
  .tuple(positive, fc.double({ min: 1, max: 5, noNaN: true }), fc.double({ min: 1, max: 5, noNaN: true }))
  .map(([estimate, below, above]) => ({ estimate, low: estimate / below, high: estimate * above }));
const correlation = fc.double({ min: -0.99, max: 0.99, noNaN: true });

describe('moverDifference of Wilson intervals', () => {
  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [10, 10, 0, 20, 0.6791, 1],
    [5, 56, 0, 29, -0.0381, 0.1926],
  ])("is Newcombe's tenth method: %d/%d minus %d/%d", (a, m, b, n, low, high) => {
    const result = moverDifference(wilson(b, n), wilson(a, m));
    expect(result.low).toBeCloseTo(low, 4);
    expect(result.high).toBeCloseTo(high, 4);
  });
});

describe('moverDifference', () => {
  it('changes sign and nothing else when the two are swapped', () => {
    fc.assert(
      fc.property(interval, interval, correlation, (first, second, rho) => {
        const forward = moverDifference(first, second, rho);
        const backward = moverDifference(second, first, rho);
        expect(backward.estimate + forward.estimate).toBe(0);
        expect(backward.low).toBeCloseTo(-forward.high, 9);
        expect(backward.high).toBeCloseTo(-forward.low, 9);
      }),
    );
  });

  it('is narrower when the two estimates move together', () => {
    const first = { estimate: 1, low: 0.8, high: 1.2 };
    const second = { estimate: 1.1, low: 0.9, high: 1.3 };
    const apart = moverDifference(first, second);
    const together = moverDifference(first, second, 0.8);
    expect(together.high - together.low).toBeLessThan(apart.high - apart.low);
  });

  it('is unbounded where an end is, whatever the correlation', () => {
    const first = { estimate: 1, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    const second = { estimate: 2, low: 1, high: Number.POSITIVE_INFINITY };
    expect(moverDifference(first, second, 0.9)).toEqual({ estimate: 1, low: -Infinity, high: Infinity });
  });
});

describe('moverRatio', () => {
  it('is the reciprocal when the two are swapped', () => {
    fc.assert(
      fc.property(interval, interval, (first, second) => {
        const forward = moverRatio(first, second);
        const backward = moverRatio(second, first);
        expect(backward.low * forward.high).toBeCloseTo(1, 9);
        expect(backward.estimate * forward.estimate).toBeCloseTo(1, 9);
        expect(forward.low).toBeLessThanOrEqual(forward.estimate * (1 + 1e-12));
        expect(forward.high).toBeGreaterThanOrEqual(forward.estimate * (1 - 1e-12));
      }),
    );
  });

  it('does not depend on the unit', () => {
    fc.assert(
      fc.property(interval, interval, positive, (first, second, unit) => {
        const scaled = ({ estimate, low, high }: Interval) => ({
          estimate: estimate * unit,
          low: low * unit,
          high: high * unit,
        });
        const one = moverRatio(first, second);
        const other = moverRatio(scaled(first), scaled(second));
        expect(other.low / one.low).toBeCloseTo(1, 9);
        expect(other.high / one.high).toBeCloseTo(1, 9);
      }),
    );
  });

  it('leaves the side open that a zero or infinite end leaves open', () => {
    const known = { estimate: 2, low: 1, high: 4 };
    expect(moverRatio({ estimate: 1, low: 0, high: 2 }, known).high).toBe(Infinity);
    expect(moverRatio({ estimate: 1, low: 0, high: 2 }, known).low).toBeGreaterThan(0);
    expect(moverRatio(known, { estimate: 1, low: 0, high: 2 }).low).toBe(0);
    expect(moverRatio(known, { estimate: 1, low: 0.5, high: Infinity }).high).toBe(Infinity);
  });

  it('bounds a ratio with a zero estimate by its ends', () => {
    const none = { estimate: 0, low: 0, high: 0.5 };
    const some = { estimate: 2, low: 1, high: 4 };
    expect(moverRatio(some, none)).toEqual({ estimate: 0, low: 0, high: 0.5 });
    expect(moverRatio(none, some)).toEqual({ estimate: Infinity, low: 2, high: Infinity });
    expect(moverRatio(none, none)).toEqual({ estimate: Number.NaN, low: 0, high: Infinity });
  });
});

describe('intervals of a share', () => {
  const counts = fc
    .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 1, max: 1e5, noNaN: true }))
    .map(([share, trials]) => ({ successes: share * trials, trials }));

  it.each([
    ['Wilson', wilsonInterval],
    ['Clopper–Pearson', clopperPearsonInterval],
  ])('%s: holds the share, stays in [0, 1], mirrors failures, and nests in the level', (_, intervalOf) => {
    fc.assert(
      fc.property(counts, ({ successes, trials }) => {
        const narrow = intervalOf(successes, trials, 0.8);
        const wide = intervalOf(successes, trials, 0.99);
        const mirrored = intervalOf(trials - successes, trials, 0.8);
        expect(narrow.low).toBeLessThanOrEqual(successes / trials + 1e-12);
        expect(narrow.high).toBeGreaterThanOrEqual(successes / trials - 1e-12);
        expect(wide.low).toBeLessThanOrEqual(narrow.low + 1e-12);
        expect(wide.high).toBeGreaterThanOrEqual(narrow.high - 1e-12);
        expect(wide.low).toBeGreaterThanOrEqual(0);
        expect(wide.high).toBeLessThanOrEqual(1);
        expect(mirrored.low).toBeCloseTo(1 - narrow.high, 9);
      }),
      { numRuns: 60 },
    );
  });

  it('has the exact ends of Clopper and Pearson', () => {
    const { low, high } = clopperPearsonInterval(20, 30, 0.95);
    expect(low).toBeCloseTo(0.47188, 6);
    expect(high).toBeCloseTo(0.8271258, 6);
    expect(clopperPearsonInterval(0, 100, 0.95).high).toBeCloseTo(1 - 0.025 ** (1 / 100), 12);
  });
});
