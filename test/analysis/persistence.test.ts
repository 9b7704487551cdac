import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/domain/report.ts';
import { formatInstant } from '../../src/domain/window.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, at, FIRST_POST_BLOCK, POST_BLOCKS, reportOf } from '../support/simulated-upgrade.ts';

const slow = { ...ORDINARY, medianSeconds: ORDINARY.medianSeconds * 2 };

/** Requests are slow from one block of post until another. */
function p50WhenSlow(from: number, until: number, seed: number): Comparison {
  const series = simulateRequests(
    cellKey(),
    ALL_BLOCKS,
    (one) => (one >= from && one < until ? slow : ORDINARY),
    seededRandom(seed),
  );
  return reportOf(cellsOf([series])).comparisons.find(({ indicator }) => indicator === 'latency.p50')!;
}

function verdictWhenSlowUntil(block: number, seed: number): string {
  return p50WhenSlow(FIRST_POST_BLOCK, block, seed).verdict;
}

describe('a move', () => {
  it('that is over before the last third of post is transient', () => {
    expect(verdictWhenSlowUntil(FIRST_POST_BLOCK + POST_BLOCKS / 2, 1)).toBe('transient');
  });

  it('that lasts to the end is regressed', () => {
    expect(verdictWhenSlowUntil(ALL_BLOCKS, 1)).toBe('regressed');
  });

  it('that still holds in half of the last third is not called over', () => {
    expect(verdictWhenSlowUntil(ALL_BLOCKS - POST_BLOCKS / 6, 1)).toBe('regressed');
  });

  it('that went away says when it began and when it was over', () => {
    const from = FIRST_POST_BLOCK + 2;
    const until = FIRST_POST_BLOCK + 38;
    const { verdict, onset, notes } = p50WhenSlow(from, until, 1);
    expect(verdict).toBe('transient');
    expect(onset?.at).toBe(formatInstant(at(from)));
    expect(notes).toContain(`it began at ${formatInstant(at(from))} and was over by ${formatInstant(at(until))}`);
  });

  it('that began late and still holds is regressed', () => {
    for (const late of [12, 15, 18]) expect(p50WhenSlow(ALL_BLOCKS - late, ALL_BLOCKS, late).verdict).toBe('regressed');
  });
});
