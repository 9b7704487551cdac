import { describe, expect, it } from 'vitest';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, FIRST_POST_BLOCK, POST_BLOCKS, reportOf } from '../support/simulated-upgrade.ts';

const slow = { ...ORDINARY, medianSeconds: ORDINARY.medianSeconds * 2 };

/** Requests are slow from the start of post until a block of it. */
function verdictWhenSlowUntil(block: number, seed: number): string {
  const series = simulateRequests(
    cellKey(),
    ALL_BLOCKS,
    (one) => (one >= FIRST_POST_BLOCK && one < block ? slow : ORDINARY),
    seededRandom(seed),
  );
  const report = reportOf(cellsOf([series]));
  return report.comparisons.find(({ indicator }) => indicator === 'latency.p50')?.verdict ?? 'none';
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
});
