import { describe, expect, it } from 'vitest';
import { neededFor } from '../../src/analysis/comparing/needed.ts';
import type { ArmRatio, Estimate } from '../../src/analysis/estimating/estimate.ts';
import type { Indicator } from '../../src/analysis/indicators/indicator.ts';
import type { Subject } from '../../src/analysis/subjects.ts';
import { REQUESTS } from '../../src/domain/cells.ts';
import type { Comparison } from '../../src/domain/report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { at, BASELINE_BLOCKS, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const DAY_BLOCKS = 1440;
const BASELINE_DAYS = 5;

/** Nothing changes; baseline and post of that many blocks. */
function medianOf(baselineBlocks: number, postBlocks: number, requests: number): Comparison {
  const end = baselineBlocks + postBlocks;
  const quiet = { ...ORDINARY, requests };
  const cells = cellsOf([simulateRequests(cellKey(), end, () => quiet, seededRandom(7))]);
  const upgrade = upgradeOf({
    window: null,
    baseline: [{ startMs: at(0), endMs: at(baselineBlocks) }],
    post: { startMs: at(baselineBlocks), endMs: at(end) },
  });
  const report = reportOf(cells, upgrade, { lastMs: at(end) });
  return report.comparisons.find(({ indicator }) => indicator === 'latency.p50')!;
}

/** Seconds of a sentence such as "3 h 10 min more to settle the margin of 5%". */
function secondsIn(needed: string): number {
  const match = /(?:(\d+) h ?)?(?:(\d+) min)? more to settle the margin/.exec(needed);
  if (match === null) throw new Error(`no wait for the margin in "${needed}"`);
  return 3600 * Number(match[1] ?? 0) + 60 * Number(match[2] ?? 0);
}

describe('a comparison that cannot be told', () => {
  const short = medianOf(BASELINE_DAYS * DAY_BLOCKS, 20, 4);

  it('says at which traffic how much longer to wait, and what that would settle', () => {
    expect(short.verdict).toBe('cannot-tell');
    expect(short.needed).toMatch(/^at 4 requests a minute: .* more to settle the margin of 5%$/);
  });

  it('is settled four times in five by waiting as long as it says', () => {
    const waited = 20 + Math.ceil(secondsIn(short.needed!) / 60);
    const draws = Array.from({ length: 20 }, (_, seed) => {
      const quiet = { ...ORDINARY, requests: 4 };
      const start = BASELINE_DAYS * DAY_BLOCKS;
      const end = start + waited;
      const cells = cellsOf([simulateRequests(cellKey(), end, () => quiet, seededRandom(100 + seed))]);
      const upgrade = upgradeOf({
        window: null,
        baseline: [{ startMs: at(0), endMs: at(start) }],
        post: { startMs: at(start), endMs: at(end) },
      });
      const { comparisons } = reportOf(cells, upgrade, { lastMs: at(end) });
      return comparisons.find(({ indicator }) => indicator === 'latency.p50')!.verdict;
    });
    const settled = draws.filter((verdict) => verdict === 'no-regression').length;
    expect(settled).toBeGreaterThanOrEqual(11);
  });

  it('asks for a longer baseline where waiting cannot help', () => {
    const { verdict, needed } = medianOf(BASELINE_BLOCKS, 60, 2);
    expect(verdict).toBe('cannot-tell');
    expect(needed).toMatch(/a baseline \d+ times as long and .* more to settle the margin of 5%$/);
  });
});

describe('an endpoint with hardly any traffic', () => {
  it('names the larger move that would show within a day, where the margin takes longer', () => {
    const arm = (low: number, high: number): ArmRatio => ({
      ratio: 1,
      intervalAt: () => ({ estimate: 1, low, high }),
      degreesOfFreedom: 50,
      clusters: 60,
      total: 60,
      designEffect: 1,
    });
    const estimate: Estimate = {
      baseline: 1,
      post: 1,
      kind: 'relative',
      effectAt: () => ({ estimate: 0, low: -0.4, high: 0.6 }),
      riseMargin: 0.05,
      fallMargin: 0.05,
      clusters: [60, 60],
      requests: [60, 60],
      notes: [],
      arms: [arm(0.999, 1.001), arm(0.6, 1.6)],
    };
    const indicator = { name: 'latency.p50', unit: 's', better: 'lower' } as Indicator;
    const subject = { measure: REQUESTS } as Subject;
    const phases = { resolutionMs: 60_000, baseline: [], window: null, post: { startMs: at(0), endMs: at(60) } };
    expect(neededFor({ estimate, indicator, subject, method: 'before-after' }, phases)).toMatch(
      /^at 1 request a minute: \d+ h( \d+ min)? more to see a move of 20%; \d+ days more to settle the margin of 5%$/,
    );
  });
});
