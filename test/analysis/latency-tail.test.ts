import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Comparison } from '../../src/domain/report.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { at, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const BLOCKS = 20;
const upgrade = upgradeOf({
  window: null,
  baseline: [{ startMs: at(0), endMs: at(BLOCKS) }],
  post: { startMs: at(BLOCKS), endMs: at(2 * BLOCKS) },
});

interface World {
  readonly perBlock: readonly [number, number];
  /** Requests of a block that are slow beside the ordinary ones. */
  readonly slowIn: (block: number, random: SeededRandom) => number;
  readonly slowness: number;
}

/** 1,000 requests before and 500 after, in twenty blocks each. */
const SMALL: World = { perBlock: [50, 25], slowIn: () => 0, slowness: 13 };

function endpointOf(name: string, world: World, random: SeededRandom): CellSeries[] {
  const { requests: _, ...rest } = ORDINARY;
  const key = cellKey({ endpoint: name });
  const isPost = (block: number): boolean => block >= BLOCKS;
  return [
    simulateRequests(
      key,
      2 * BLOCKS,
      (block) => ({ ...rest, requests: world.perBlock[isPost(block) ? 1 : 0] }),
      random,
    ),
    simulateRequests(
      key,
      2 * BLOCKS,
      (block) => ({
        ...rest,
        requests: world.slowIn(block, random),
        medianSeconds: ORDINARY.medianSeconds * world.slowness,
      }),
      random,
    ),
  ];
}

function tails(world: World, endpoints: number, seed: number): Comparison[] {
  const random = seededRandom(seed);
  const series = Array.from({ length: endpoints }, (_, i) => endpointOf(`GET /${i}`, world, random)).flat();
  return reportOf(cellsOf(series), upgrade, { lastMs: at(2 * BLOCKS) }).comparisons.filter(
    ({ indicator }) => indicator === 'latency.tail_share',
  );
}

const shareBelow = (comparisons: readonly Comparison[], p: number): number =>
  comparisons.filter((one) => one.effect !== null && one.effect.estimate > 0 && (one.p ?? 1) <= p).length /
  comparisons.length;

describe('the share of requests slower than nearly all of the baseline', () => {
  it('regresses when one request in fifty takes thirteen times as long, though the sample holds no p99.9', () => {
    const [one] = tails({ ...SMALL, slowIn: (block) => (block >= BLOCKS ? block % 2 : 0) }, 1, 5);
    expect(one?.verdict).toBe('regressed');
    expect(one?.requests).toEqual([1000, 510]);
    expect(one?.post).toBeGreaterThan(0.015);
    expect(one?.baseline).toBeLessThan(0.003);
    expect(one?.notes.join()).toMatch(/about the 3 slowest of the baseline's 1,000/);
  });

  it.each([
    ['independent requests', SMALL],
    ['a stall of a tenth of the requests in one block of ten', stalls(0.1, 0.1)],
    ['a stall of a third of the requests in one block of twenty', stalls(0.05, 0.33)],
  ])('claims a rise no more often than its p says where nothing changed: %s', (_name, world) => {
    const all = [1, 2, 3].flatMap((seed) => tails(world, 60, seed));
    expect(all).toHaveLength(180);
    // Three standard errors of 180 draws above 5 %.
    expect(shareBelow(all, 0.05)).toBeLessThanOrEqual(0.1);
    expect(shareBelow(all, 0.001)).toBeLessThanOrEqual(0.006);
    expect(all.filter(({ verdict }) => verdict === 'regressed')).toEqual([]);
  });

  it('is not moved by one freak request on either side', () => {
    const freak = (inBlock: number): World => ({
      ...SMALL,
      slowness: 1000,
      slowIn: (block) => (block === inBlock ? 1 : 0),
    });
    expect(tails(freak(BLOCKS + 3), 1, 6)[0]?.verdict).not.toBe('regressed');
    const both: World = {
      ...SMALL,
      slowness: 100,
      slowIn: (block) => (block === 3 ? 1 : block >= BLOCKS ? block % 2 : 0),
    };
    expect(tails(both, 1, 6)[0]?.verdict).toBe('regressed');
  });

  it('does not take one stall for a regression: ten slow requests of one block are not ten witnesses', () => {
    const spread = tails({ ...SMALL, slowIn: (block) => (block >= BLOCKS ? block % 2 : 0) }, 1, 8)[0];
    const together = tails({ ...SMALL, slowIn: (block) => (block === BLOCKS + 4 ? 10 : 0) }, 1, 8)[0];
    expect(spread?.p).toBeLessThan(0.001);
    expect(together?.p).toBeGreaterThan(0.05);
  });
});

/** In a share of blocks, before and after alike, a share of the requests stalls together. */
function stalls(ofBlocks: number, ofRequests: number): World {
  return {
    ...SMALL,
    slowIn: (block, random) =>
      random.uniform() < ofBlocks ? Math.round(ofRequests * SMALL.perBlock[block >= BLOCKS ? 1 : 0]) : 0,
  };
}
