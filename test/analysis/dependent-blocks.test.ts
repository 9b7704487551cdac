import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/domain/report.ts';
import type { NamedIndicator } from '../../src/domain/upgrade.ts';
import { autoregressive } from '../statistics/autoregressive.ts';
import { cellKey, cellsOf, namedSeries } from '../support/simulated-cells.ts';
import { at, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const GAUGE: NamedIndicator = {
  name: 'queue_time',
  metric: 'queue_time',
  kind: 'gauge',
  better: 'lower',
  unit: 's',
  denominator: null,
  quantiles: [],
};

/** A gauge of level 10 with AR(1) noise of standard deviation 1, in two windows of so many blocks; too short to calibrate on. */
function compare(blocks: number, rho: number, seed: number, levelAt: (block: number) => number = () => 10): Comparison {
  const noise = autoregressive(2 * blocks, rho, seed);
  const deviation = Math.sqrt(1 - rho ** 2);
  const series = namedSeries(cellKey(), GAUGE.name, 2 * blocks, (block) => ({
    sum: levelAt(block) + deviation * noise[block]!,
    count: 1,
  }));
  const upgrade = upgradeOf({
    window: null,
    baseline: [{ startMs: at(0), endMs: at(blocks) }],
    post: { startMs: at(blocks), endMs: at(2 * blocks) },
    indicators: [GAUGE],
  });
  return reportOf(cellsOf([series]), upgrade, { lastMs: at(2 * blocks) }).comparisons[0]!;
}

const covered = (blocks: number, rho: number, draws: number): number =>
  Array.from({ length: draws }, (_, seed) => compare(blocks, rho, seed + 1).effect).filter(
    (effect) => effect !== null && effect.low <= 0 && effect.high >= 0,
  ).length / draws;

describe('windows too short to calibrate on', () => {
  it.each([
    [60, 0],
    [60, 0.3],
    [60, 0.6],
    [120, 0.6],
  ])(
    'have intervals of level 0.95 that hold the truth in 91 to 98 of 100 draws: %d blocks, autocorrelation %d',
    (blocks, rho) => {
      const share = covered(blocks, rho, 400);
      expect(share).toBeGreaterThanOrEqual(0.91);
      expect(share).toBeLessThanOrEqual(0.985);
    },
  );

  it('say that neighbouring blocks depend on each other where that is seen', () => {
    expect(compare(60, 0.8, 3).notes.join()).toMatch(/neighbouring blocks depend on each other/);
    expect(compare(60, 0, 3).notes.join()).not.toMatch(/neighbouring/);
  });

  it('do not take a step inside post for dependence', () => {
    const stepped = compare(60, 0, 4, (block) => (block >= 90 ? 20 : 10));
    expect(stepped.notes.join()).not.toMatch(/neighbouring/);
    expect(stepped.verdict).toBe('regressed');
  });

  it('have their blocks joined where they are shorter still', () => {
    const joined = compare(24, 0.8, 5);
    expect(joined.clusters[0]).toBeLessThan(24);
  });
});
