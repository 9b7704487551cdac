import { describe, expect, it } from 'vitest';
import { INDICATOR_KINDS } from '../../src/analysis/indicators/index.ts';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Comparison } from '../../src/domain/report.ts';
import type { NamedIndicator, Upgrade } from '../../src/domain/upgrade.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import {
  type Behaviour,
  cellKey,
  cellsOf,
  namedSeries,
  ORDINARY,
  simulateRequests,
} from '../support/simulated-cells.ts';
import { ALL_BLOCKS, FIRST_POST_BLOCK, reportOf, swapped, upgradeOf } from '../support/simulated-upgrade.ts';

/** For each kind of indicator a world in which its level can be moved by a factor in the post window. */
interface World {
  readonly indicator: string;
  readonly named?: NamedIndicator;
  series(factor: number, random: SeededRandom, unit?: number): CellSeries[];
}

const traffic =
  (move: (factor: number) => Partial<Behaviour>): World['series'] =>
  (factor, random) => [
    simulateRequests(
      cellKey(),
      ALL_BLOCKS,
      (block) => ({ ...ORDINARY, ...(block >= FIRST_POST_BLOCK ? move(factor) : {}) }),
      random,
    ),
  ];

const named = (name: string, kind: NamedIndicator['kind']): NamedIndicator => ({
  name,
  metric: name,
  kind,
  better: 'lower',
  unit: 's',
  denominator: kind === 'ratio' ? 'calls' : null,
  quantiles: [0.5, 0.99],
});

const slower = traffic((factor) => ({ medianSeconds: ORDINARY.medianSeconds * factor }));
const WORLDS: Readonly<Record<string, World>> = {
  'latency quantile': { indicator: 'latency.p99', series: slower },
  'error ratio': {
    indicator: 'error_ratio',
    series: traffic((factor) => ({ errorShare: ORDINARY.errorShare * factor })),
  },
  'retry ratio': {
    indicator: 'retry_ratio',
    series: traffic((factor) => ({ retryShare: ORDINARY.retryShare * factor })),
  },
  'attempts per request': {
    indicator: 'attempts_per_request',
    series: traffic((factor) => ({ retryShare: ORDINARY.retryShare + 0.5 * (factor - 1) })),
  },
  'named gauge': {
    indicator: 'queue_time',
    named: named('queue_time', 'gauge'),
    series: (factor, random, unit = 1) => [
      namedSeries(cellKey(), 'queue_time', ALL_BLOCKS, (block) => ({
        sum: unit * (block >= FIRST_POST_BLOCK ? factor : 1) * (4 + 0.3 * random.normal()),
        count: 1,
      })),
    ],
  },
  'named ratio': {
    indicator: 'cache_misses',
    named: named('cache_misses', 'ratio'),
    series: (factor, random) => [
      namedSeries(cellKey(), 'cache_misses', ALL_BLOCKS, (block) => ({
        sum: Math.round((block >= FIRST_POST_BLOCK ? factor : 1) * (20 + 3 * random.normal())),
        count: 400,
      })),
    ],
  },
  'named histogram': {
    indicator: 'checkout.p99',
    named: named('checkout', 'histogram'),
    series: (factor, random) => slower(factor, random).map((series) => ({ ...series, measure: 'checkout' })),
  },
};

function compare(
  world: World,
  factor: number,
  seed: number,
  document: (upgrade: Upgrade) => Upgrade = (one) => one,
): Comparison {
  const upgrade = document(upgradeOf({ indicators: world.named ? [world.named] : [] }));
  const report = reportOf(cellsOf(world.series(factor, seededRandom(seed))), upgrade);
  const found = report.comparisons.find(({ indicator }) => indicator === world.indicator);
  if (found === undefined) throw new Error(`no comparison of ${world.indicator}`);
  return found;
}

it('every registered kind of indicator has a world here, what has a threshold of the baseline in its own suite', () => {
  const covered = new Set(['latency exceedance', 'latency tail', ...Object.keys(WORLDS)]);
  expect([...INDICATOR_KINDS.keys()].filter((kind) => !covered.has(kind))).toEqual([]);
});

describe.each(Object.entries(WORLDS))('%s', (_name, world) => {
  it('is not called regressed or improved when nothing changed, in 40 of 40 draws but one', () => {
    const alarms = Array.from({ length: 40 }, (_, seed) => compare(world, 1, seed + 1)).filter(
      ({ verdict }) => verdict === 'regressed' || verdict === 'improved',
    );
    expect(alarms.length).toBeLessThanOrEqual(1);
  });

  it('is regressed when its level doubles, with an interval that holds the truth', () => {
    const { verdict, effect, baseline, post } = compare(world, 2, 7);
    expect(verdict).toBe('regressed');
    expect(post).toBeGreaterThan(baseline ?? Number.NaN);
    expect(effect?.low).toBeGreaterThan(effect?.margin ?? Number.NaN);
  });

  it('is improved when the windows of a regression change places, by the same evidence', () => {
    const forward = compare(world, 2, 7);
    const backward = compare(world, 2, 7, swapped);
    expect(backward.verdict).toBe('improved');
    expect(backward.baseline).toBeCloseTo(forward.post ?? Number.NaN, 10);
    expect(backward.p).toBeLessThan(0.01);
  });

  it('dates the move within two blocks of its beginning or at the gap before it', () => {
    const onset = compare(world, 2, 7).onset;
    expect(onset).not.toBeNull();
    const block = (Date.parse(onset?.at ?? '') - Date.UTC(2026, 10, 20)) / 60_000;
    expect(Math.abs(block - FIRST_POST_BLOCK)).toBeLessThanOrEqual(2);
  });

  it('cannot be told when a window is empty, and says what is needed', () => {
    const random = seededRandom(3);
    const series = world.series(2, random).map((one) => cut(one, FIRST_POST_BLOCK));
    const upgrade = upgradeOf({ indicators: world.named ? [world.named] : [] });
    const comparison = reportOf(cellsOf(series), upgrade).comparisons.find(
      ({ indicator }) => indicator === world.indicator,
    );
    expect(comparison?.verdict).toBe('cannot-tell');
    expect(comparison?.needed).toMatch(/post window/);
  });
});

/** Only the rows of the first blocks. */
function cut(series: CellSeries, blocks: number): CellSeries {
  return { ...series, block: series.block.slice(0, blocks) };
}

describe('a gauge', () => {
  const world = WORLDS['named gauge']!;
  it.each([1e-3, 60, 1e6])('gets the same verdict when its unit is %d times smaller', (unit) => {
    const verdictIn = (scale: number) =>
      reportOf(cellsOf(world.series(1.2, seededRandom(5), scale)), upgradeOf({ indicators: [world.named!] }))
        .comparisons[0];
    expect(verdictIn(unit)?.verdict).toBe(verdictIn(1)?.verdict);
    expect(verdictIn(unit)?.effect?.estimate).toBeCloseTo(verdictIn(1)?.effect?.estimate ?? Number.NaN, 9);
  });
});

describe('an availability near its bound', () => {
  it.each([
    ['%', 100],
    ['1', 1],
  ])('in the unit %s is regressed when failures grow fifteenfold, small as the move of the share is', (unit, bound) => {
    const indicator: NamedIndicator = { ...named('availability', 'gauge'), better: 'higher', unit };
    const random = seededRandom(2);
    const series = namedSeries(cellKey(), 'availability', ALL_BLOCKS, (block) => ({
      sum: bound * (1 - (block >= FIRST_POST_BLOCK ? 0.015 : 0.001) * (1 + 0.2 * random.normal())),
      count: 1,
    }));
    expect(reportOf(cellsOf([series]), upgradeOf({ indicators: [indicator] })).comparisons[0]?.verdict).toBe(
      'regressed',
    );
  });
});
