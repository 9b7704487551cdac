import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readingOf } from '../../src/analysis/reading.ts';
import type { Comparison, Report } from '../../src/domain/report.ts';
import { normalQuantile } from '../../src/statistics/normal.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, FIRST_POST_BLOCK, reportOf } from '../support/simulated-upgrade.ts';

const HOUR_MS = 3_600_000;
const post = { startMs: 0, endMs: 10 * HOUR_MS };
const phases = { resolutionMs: 60_000, baseline: [], window: null, post };

/** What takes the place of 1.96 when that much of post has come in. */
function multiplierAfter(hours: number, isEndStated = true): number {
  const level = readingOf('live', phases, isEndStated, hours * HOUR_MS).levelFor(0.95);
  return normalQuantile((1 + level) / 2);
}

describe('a live reading', () => {
  it.each([
    [10, 3.035],
    [1, 3.86],
  ])('after %d of 10 planned hours takes the published multiplier %d in place of 1.96', (hours, multiplier) => {
    expect(multiplierAfter(hours)).toBeCloseTo(multiplier, 2);
  });

  it('is never as narrow as one look, whenever it comes', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.constantFrom(0, 0.5, 0.9, 0.95, 0.999),
        (h, level) => {
          const found = readingOf('live', phases, true, h * HOUR_MS).levelFor(level);
          expect(found).toBeGreaterThan(level);
          expect(found).toBeLessThan(1);
        },
      ),
    );
  });

  it('plans for six hours where the document does not say when post ends, so that the plan does not move with the data', () => {
    expect(multiplierAfter(6, false)).toBeCloseTo(3.035, 2);
  });
});

describe('a final reading', () => {
  it('leaves every level as it is', () => {
    const { levelFor } = readingOf('final', phases, true, HOUR_MS);
    expect([0, 0.5, 0.95, 1].map(levelFor)).toEqual([0, 0.5, 0.95, 1]);
  });
});

describe('a report read live', () => {
  const slow = { ...ORDINARY, medianSeconds: 1.08 * ORDINARY.medianSeconds };
  const cells = cellsOf([
    simulateRequests(cellKey(), ALL_BLOCKS, (b) => (b >= FIRST_POST_BLOCK ? slow : ORDINARY), seededRandom(5)),
  ]);
  const median = ({ comparisons }: Report): Comparison =>
    comparisons.find(({ indicator }) => indicator === 'latency.p50')!;
  const once = median(reportOf(cells));
  const report = reportOf(cells, undefined, { reading: 'live' });
  const again = median(report);

  it('says so', () => {
    expect(report.inputs.reading).toBe('live');
  });

  it('has wider intervals around the same estimate, and larger p and q', () => {
    expect(again.effect!.estimate).toBe(once.effect!.estimate);
    expect(again.effect!.low).toBeLessThan(once.effect!.low);
    expect(again.effect!.high).toBeGreaterThan(once.effect!.high);
    expect(again.p!).toBeGreaterThan(once.p!);
    expect(again.q!).toBeGreaterThan(once.q!);
  });

  it('shows arms whose intervals are those the effect was made of', () => {
    expect(again.working!.post.low).toBeLessThan(once.working!.post.low);
  });
});
