import { describe, expect, it } from 'vitest';
import { kornGraubardInterval } from '../../src/statistics/korn-graubard.ts';
import { bucketOfLargest } from '../../src/statistics/largest-values.ts';
import { moverDifference } from '../../src/statistics/mover.ts';
import { combinations } from '../../src/statistics/randomisation.ts';
import { clopperPearsonInterval } from '../../src/statistics/wilson.ts';
import { seededRandom } from '../support/seeded-random.ts';

const known = { designEffect: 1, degreesOfFreedom: Number.POSITIVE_INFINITY };

describe('kornGraubardInterval', () => {
  it.each([
    [0, 20],
    [3, 20],
    [10, 500],
    [20, 20],
  ])('is that of Clopper and Pearson for %d of %d independent requests', (events, total) => {
    const one = kornGraubardInterval({ events, total, ...known }, 0.95);
    const exact = clopperPearsonInterval(events, total, 0.95);
    expect(one.low).toBeCloseTo(exact.low, 12);
    expect(one.high).toBeCloseTo(exact.high, 12);
  });

  it('is, with a design effect and many clusters, the one of a sample that much smaller', () => {
    const clustered = kornGraubardInterval({ events: 40, total: 1000, ...known, designEffect: 4 }, 0.95);
    const smaller = clopperPearsonInterval(10, 250, 0.95);
    expect(clustered.low).toBeCloseTo(smaller.low, 12);
    expect(clustered.high).toBeCloseTo(smaller.high, 12);
  });

  it('shrinks the size by (z/t)² where the design effect comes from few clusters: t is 2.262 with nine', () => {
    const few = kornGraubardInterval({ events: 40, total: 1000, designEffect: 1, degreesOfFreedom: 9 }, 0.95);
    const shrink = (1.959964 / 2.262157) ** 2;
    const direct = clopperPearsonInterval(40 * shrink, 1000 * shrink, 0.95);
    expect(few.low).toBeCloseTo(direct.low, 6);
    expect(few.high).toBeCloseTo(direct.high, 6);
  });

  it('never takes the sample for larger than it is, however small chance made the design effect', () => {
    const lucky = kornGraubardInterval({ events: 4, total: 500, designEffect: 0.2, degreesOfFreedom: 9 }, 0.95);
    const exact = clopperPearsonInterval(4, 500, 0.95);
    expect(lucky.low).toBeCloseTo(exact.low, 12);
    expect(lucky.high).toBeCloseTo(exact.high, 12);
  });

  it('grows with its level, from the estimate at level 0 to everything without degrees of freedom', () => {
    const count = { events: 4, total: 900, designEffect: 1.3, degreesOfFreedom: 12 };
    const widths = [0, 0.5, 0.9, 0.99, 0.9999].map((level) => {
      const { low, high } = kornGraubardInterval(count, level);
      expect(low).toBeLessThanOrEqual(4 / 900);
      expect(high).toBeGreaterThanOrEqual(4 / 900);
      return high - low;
    });
    expect([...widths].sort((a, b) => a - b)).toEqual(widths);
    expect(kornGraubardInterval({ ...count, degreesOfFreedom: 0 }, 0.95)).toEqual({ low: 0, high: 1 });
    expect(kornGraubardInterval({ ...count, total: 0, events: 0 }, 0.95)).toEqual({ low: 0, high: 1 });
  });
});

describe('bucketOfLargest', () => {
  it('finds the bucket with fewer values than the rank beyond it', () => {
    const counts = [5, 0, 7, 2, 1];
    expect([1, 2, 3, 4, 10, 11, 15].map((rank) => bucketOfLargest(counts, rank))).toEqual([4, 3, 3, 2, 2, 0, 0]);
  });

  it('finds none where there are fewer values than that', () => {
    expect(bucketOfLargest([1, 1], 3)).toBe(-1);
    expect(bucketOfLargest([], 1)).toBe(-1);
  });
});

/** P(at least k of the second sample beyond the r-th largest of the first): the precedence test's null distribution. */
function precedenceTail(k: number, r: number, first: number, second: number): number {
  let below = 0;
  for (let j = 0; j < k; j++) {
    below +=
      (combinations(j + r - 1, j) * combinations(first - r + second - j, second - j)) /
      combinations(first + second, second);
  }
  return 1 - below;
}

/** One-sided p of "the second sample has more beyond the threshold", by inverting MOVER's interval. */
function moverP(first: { events: number; total: number }, second: { events: number; total: number }): number {
  const clears = (tail: number): boolean => {
    const arm = ({ events, total }: { events: number; total: number }) => ({
      estimate: events / total,
      ...kornGraubardInterval({ events, total, ...known }, 1 - 2 * tail),
    });
    return moverDifference(arm(first), arm(second)).low > 0;
  };
  let [low, high] = [1e-9, 0.5];
  for (let step = 0; step < 50; step++) {
    const middle = Math.sqrt(low * high);
    if (clears(middle)) high = middle;
    else low = middle;
  }
  return high;
}

describe('a threshold at the r-th largest value of the first sample', () => {
  it('leaves a true share beyond it that exceeds the Clopper–Pearson end of r - 1 events as often as the level says', () => {
    const random = seededRandom(11);
    const [n, r, draws] = [60, 3, 6000];
    const { high } = kornGraubardInterval({ events: r - 1, total: n, ...known }, 0.9);
    let beyond = 0;
    for (let draw = 0; draw < draws; draw++) {
      const values = Float64Array.from({ length: n }, () => random.uniform()).sort();
      if (1 - values[n - r]! > high) beyond++;
    }
    expect(beyond / draws).toBeGreaterThan(0.043);
    expect(beyond / draws).toBeLessThan(0.057);
  });

  it.each([
    [3, 40, 20, 8],
    [3, 30, 30, 11],
    [1, 40, 20, 6],
    [5, 30, 20, 12],
  ])(
    'gives a p-value not far from the exact one of the precedence test: rank %d of %d, %d requests, %d beyond',
    (r, first, second, k) => {
      const exact = precedenceTail(k, r, first, second);
      const p = moverP({ events: r - 1, total: first }, { events: k, total: second });
      expect(exact).toBeLessThan(0.02);
      expect(p).toBeGreaterThan(exact / 2);
      expect(p).toBeLessThan(exact * 10);
    },
  );

  it('is right about its own oracle: with rank 1 all k largest of the pool must come from the second sample', () => {
    const [first, second, k] = [30, 20, 4];
    let all = 1;
    for (let j = 0; j < k; j++) all *= (second - j) / (first + second - j);
    expect(precedenceTail(k, 1, first, second)).toBeCloseTo(all, 10);
  });
});
