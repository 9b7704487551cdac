import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Comparison } from '../../src/domain/report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type Behaviour, cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, FIRST_POST_BLOCK, reportOf } from '../support/simulated-upgrade.ts';

const EXCESS = 4;
const DECAY_BLOCKS = 2;

/** One instance on the old version until the maintenance window, on the new one since its start in or after it. */
function instance(number: number, startBlock: number, behaviour: (age: number) => Behaviour): CellSeries[] {
  const name = `gateway-${number}`;
  const random = seededRandom(number);
  return [
    simulateRequests(cellKey({ instance: name }), ALL_BLOCKS, (block) => (block < 60 ? ORDINARY : null), random),
    simulateRequests(
      cellKey({ instance: name, version: '4.2.0' }),
      ALL_BLOCKS,
      (block) => (block < startBlock ? null : behaviour(block - startBlock)),
      random,
    ),
  ];
}

function slowed(factor: number): Behaviour {
  return { ...ORDINARY, medianSeconds: ORDINARY.medianSeconds * factor };
}

const warming = (age: number): number => 1 + EXCESS * Math.exp(-age / DECAY_BLOCKS);

function p50Where(starts: readonly number[], behaviour: (age: number) => Behaviour): Comparison {
  const series = starts.flatMap((start, i) => instance(i + 1, start, behaviour));
  return reportOf(cellsOf(series)).comparisons.find(({ indicator }) => indicator === 'latency.p50')!;
}

function warmUpNotes({ notes }: Comparison): string[] {
  return notes.filter((note) => note.includes('warm-up'));
}

const TOGETHER = [FIRST_POST_BLOCK, FIRST_POST_BLOCK, FIRST_POST_BLOCK];
const ROLLING = [FIRST_POST_BLOCK, FIRST_POST_BLOCK + 8, FIRST_POST_BLOCK + 16];

describe('the warm-up of instances that have just started', () => {
  it.each([
    ['together', TOGETHER],
    ['one after the other', ROLLING],
  ])('is left out of post and said, where they start %s', (_, starts) => {
    const comparison = p50Where(starts, (age) => slowed(warming(age)));
    expect(['regressed', 'transient']).not.toContain(comparison.verdict);
    expect(warmUpNotes(comparison)).toEqual([
      expect.stringMatching(/^first .*min after the start left out as warm-up: with them post would be .*ms$/),
    ]);
  });

  it('hides no regression that stays when they are warm', () => {
    const comparison = p50Where(TOGETHER, (age) => slowed(1.3 * warming(age)));
    expect(comparison.verdict).toBe('regressed');
    expect(warmUpNotes(comparison)).toHaveLength(1);
    expect(comparison.effect!.low).toBeLessThanOrEqual(0.3);
    expect(comparison.effect!.high).toBeGreaterThanOrEqual(0.3);
  });

  it('is not seen in a regression from the first minute on, nor where nothing changed', () => {
    const lasting = p50Where(TOGETHER, () => slowed(1.5));
    expect(lasting.verdict).toBe('regressed');
    expect(warmUpNotes(lasting)).toEqual([]);
    expect(warmUpNotes(p50Where(TOGETHER, () => ORDINARY))).toEqual([]);
  });

  it('is not the old level before a late improvement', () => {
    const late = p50Where(TOGETHER, (age) => (age < 8 ? ORDINARY : slowed(0.5)));
    expect(late.verdict).toBe('improved');
    expect(warmUpNotes(late)).toEqual([]);
  });
});
