import { describe, expect, it } from 'vitest';
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
    const { needed } = medianOf(20 * DAY_BLOCKS, 9, 1);
    expect(needed).toMatch(
      /^at 1 request a minute: .* more to see a move of \d+%; \d+ days more to settle the margin of 5%$/,
    );
  });
});
