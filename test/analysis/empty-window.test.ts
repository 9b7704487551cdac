import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Report } from '../../src/domain/report.ts';
import type { Upgrade } from '../../src/domain/upgrade.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import {
  ALL_BLOCKS,
  at,
  BASELINE_BLOCKS,
  FIRST_POST_BLOCK,
  reportOf,
  upgradeOf,
} from '../support/simulated-upgrade.ts';

const lateDefault = upgradeOf({ baseline: [], post: null });

/** Two endpoints, one with next to no traffic, in the blocks from one to before another. */
function reportOn(from: number, to: number, upgrade: Upgrade, lastBlock = to): Report {
  const random = seededRandom(7);
  const series = [200, 1].map(
    (requests, i): CellSeries =>
      simulateRequests(
        cellKey({ endpoint: `GET /${i}` }),
        to,
        (block) => (block < from ? null : { ...ORDINARY, requests }),
        random,
      ),
  );
  return reportOf(cellsOf(series), upgrade, { firstMs: at(from), lastMs: at(lastBlock) });
}

const emptyOf = ({ quality }: Report) => quality.filter(({ code }) => code === 'empty-window');

describe('a report without data on one side of the upgrade', () => {
  it('opens with when the telemetry ends, where the upgrade has not begun by then', () => {
    const report = reportOn(0, 50, lateDefault);
    const because = 'the telemetry ends at 2026-11-20T00:50:00Z, the upgrade begins at 2026-11-20T01:00:00Z';
    expect(report.verdict).toBe('cannot-tell');
    expect(report.reason).toBe(`No data after the upgrade: ${because}.`);
    expect(emptyOf(report)).toEqual([
      {
        code: 'empty-window',
        severity: 'error',
        message: `a window holds no data (the post window: ${because})`,
        where: 'telemetry',
      },
    ]);
  });

  it('says that the post window has not begun, where the upgrade has', () => {
    const { reason } = reportOn(0, BASELINE_BLOCKS + 5, lateDefault);
    expect(reason).toBe(
      'No data after the upgrade: the telemetry ends at 2026-11-20T01:05:00Z, the post window begins at 2026-11-20T01:10:00Z.',
    );
  });

  it('names the key of a window that the document states', () => {
    const report = reportOn(0, BASELINE_BLOCKS, upgradeOf());
    expect(emptyOf(report).map(({ where }) => where)).toEqual(['spec.post']);
  });

  it('says so where the window is too short to hold a block, or has data after it only', () => {
    const gap = upgradeOf({ post: { startMs: at(FIRST_POST_BLOCK) + 1, endMs: at(FIRST_POST_BLOCK + 2) - 1 } });
    expect(reportOn(0, FIRST_POST_BLOCK + 2, gap).reason).toBe(
      'No data after the upgrade: the post window holds 0 whole blocks of 60 s; needed: spec.resolution of 10s, or a longer post window.',
    );
    expect(reportOn(0, BASELINE_BLOCKS, upgradeOf(), ALL_BLOCKS).reason).toBe(
      'No data after the upgrade: no block of 60 s inside the post window has any.',
    );
  });

  it('says when the telemetry begins, where it begins too late', () => {
    const report = reportOn(FIRST_POST_BLOCK, FIRST_POST_BLOCK + 30, upgradeOf());
    expect(report.reason).toBe(
      'No data before the upgrade: the telemetry begins at 2026-11-20T01:10:00Z, the baseline window ends at 2026-11-20T01:00:00Z.',
    );
    expect(emptyOf(report).map(({ where }) => where)).toEqual(['spec.baseline']);
  });
});

describe('a report that cannot tell', () => {
  it('counts what cannot be told among the comparisons that the verdict rests on, not among those of rare endpoints', () => {
    const sparse = upgradeOf({ post: { startMs: at(FIRST_POST_BLOCK), endMs: at(FIRST_POST_BLOCK + 1) } });
    const { reason, comparisons } = reportOn(0, FIRST_POST_BLOCK + 1, sparse);
    expect(comparisons.every(({ verdict }) => verdict === 'cannot-tell')).toBe(true);
    expect(reason).toMatch(/none of the \d+ comparisons that the verdict rests on can be told/);
  });
});
