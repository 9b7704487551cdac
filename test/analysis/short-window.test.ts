import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/domain/report.ts';
import type { Upgrade } from '../../src/domain/upgrade.ts';
import type { Window } from '../../src/domain/window.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { at, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

/** Two minutes whose ends lie between those of blocks: one whole block. */
const SHORT: Window = { startMs: at(9) + 10_000, endMs: at(11) + 10_000 };
const LONG: Window = { startMs: at(20), endMs: at(40) };

function reportOn(fields: Partial<Upgrade>, lastBlock = 40, requests = ORDINARY.requests): Report {
  const series = simulateRequests(cellKey(), lastBlock, () => ({ ...ORDINARY, requests }), seededRandom(5));
  return reportOf(cellsOf([series]), upgradeOf({ window: null, ...fields }), { lastMs: at(lastBlock) });
}

const reasonsOf = ({ comparisons }: Report) => [
  ...new Set(comparisons.map(({ notes, needed }) => `${notes.join()}; needed: ${needed}`)),
];

describe('a window too short for two blocks', () => {
  it('is the reason of every comparison, with the resolution that gives both windows enough blocks', () => {
    const report = reportOn({ baseline: [SHORT], post: LONG });
    const needed =
      'spec.resolution of 10s, or a longer baseline window, since the baseline window holds 1 whole block of 60 s';
    expect(reasonsOf(report)).toEqual([`the baseline window holds 1 whole block of 60 s; needed: ${needed}`]);
    expect(report.reason).toContain(`; needed: ${needed}.`);
  });

  it('is not to be divided where it is over before blocks of a second would do, nor while it grows with the data', () => {
    const tiny = { startMs: at(9) + 10_000, endMs: at(9) + 15_000 };
    expect(reportOn({ baseline: [tiny], post: LONG }).reason).toContain(
      'the baseline window holds 0 whole blocks of 60 s; needed: a longer baseline window.',
    );
    const growing = reportOn({ baseline: [LONG], post: null }, 41);
    expect(reasonsOf(growing).join()).toMatch(
      /; needed: a longer post window, since the post window holds 1 whole block of 60 s$/,
    );
  });

  it('is not blamed where the window is long and the traffic is not', () => {
    const needed = reasonsOf(reportOn({ baseline: [{ startMs: at(0), endMs: at(20) }], post: LONG }, 21));
    expect(needed.join()).toContain('needed: traffic in at least two blocks of the post window');
    expect(needed[0]).toMatch(/^one block of data in the post window has no variance;/);
    expect(needed.join()).not.toContain('whole block');
  });

  it('counts one block as one, where its few requests are the reason', () => {
    const { comparisons } = reportOn({ baseline: [{ startMs: at(0), endMs: at(20) }], post: LONG }, 21, 1);
    expect(comparisons.flatMap(({ notes }) => notes).join()).toContain(
      '1 request in 1 block of the post window cannot hold this quantile',
    );
  });
});
