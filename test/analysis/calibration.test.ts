import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Comparison } from '../../src/domain/report.ts';
import type { NamedIndicator } from '../../src/domain/upgrade.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, namedSeries } from '../support/simulated-cells.ts';
import { at, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const HOUR = 60;
const DAY = 24 * HOUR;
const POST = 2 * HOUR;
const GAUGE: NamedIndicator = {
  name: 'queue',
  metric: 'queue',
  kind: 'gauge',
  better: 'lower',
  unit: '',
  denominator: null,
  quantiles: [],
};

/** A gauge over days and two hours more: level of a block, then noise on it. */
function gauge(
  days: number,
  levelAt: (block: number) => number,
  noise: (random: SeededRandom) => () => number,
  seed: number,
): CellSeries {
  const random = seededRandom(seed);
  const next = noise(random);
  return namedSeries(cellKey(), GAUGE.name, days * DAY + POST, (block) => ({
    sum: levelAt(block) * (1 + next()),
    count: 1,
  }));
}

function compare(series: CellSeries, days: number): Comparison {
  const upgrade = upgradeOf({
    window: null,
    baseline: [{ startMs: at(0), endMs: at(days * DAY) }],
    post: { startMs: at(days * DAY), endMs: at(days * DAY + POST) },
    indicators: [GAUGE],
  });
  return reportOf(cellsOf([series]), upgrade).comparisons[0]!;
}

const white = (random: SeededRandom) => () => 0.05 * random.normal();
/** AR(1) with ρ = 0.6 and the same marginal spread. */
const dependent = (random: SeededRandom) => {
  let state = 0.05 * random.normal();
  return () => {
    state = 0.6 * state + 0.05 * 0.8 * random.normal();
    return state;
  };
};
const daily = (block: number): number => 100 * (1 + 0.5 * Math.sin((2 * Math.PI * block) / DAY));

/** Moves called among seeds in which nothing changed. */
function alarms(runs: number, make: (seed: number) => Comparison): number {
  return Array.from({ length: runs }, (_, seed) => make(seed + 1)).filter(
    ({ verdict }) => verdict === 'regressed' || verdict === 'improved',
  ).length;
}

describe('calibration on the past', () => {
  it('alarms no more often than chance allows at 5 % (6 of 60) where neighbouring blocks depend on each other', () => {
    const called = alarms(60, (seed) =>
      compare(
        gauge(2, () => 100, dependent, seed),
        2,
      ),
    );
    expect(called).toBeLessThanOrEqual(6);
  });

  it('compares with the same hours of earlier days where the day has a season, and is not alarmed by it', () => {
    const one = compare(gauge(5, daily, white, 1), 5);
    expect(one.method).toBe('matched');
    expect(one.notes.join(' ')).toMatch(/same hours of every earlier day/);
    expect(alarms(40, (seed) => compare(gauge(5, daily, white, seed), 5))).toBeLessThanOrEqual(4);
  });

  it('still sees a move of a tenth inside a season that swings by half', () => {
    const moved = (block: number): number => daily(block) * (block >= 5 * DAY ? 1.1 : 1);
    const seen = Array.from({ length: 10 }, (_, seed) => compare(gauge(5, moved, white, seed + 1), 5));
    expect(seen.filter(({ verdict }) => verdict === 'regressed').length).toBeGreaterThanOrEqual(9);
    for (const { effect } of seen) expect(effect?.estimate).toBeCloseTo(0.1, 1);
  });

  it('compares with the recent past where the level drifts from day to day, and calls no step of every midnight news', () => {
    const drifting = (block: number): number => 100 * 1.15 ** Math.floor(block / DAY);
    const one = compare(gauge(5, drifting, white, 3), 5);
    expect(one.notes.join(' ')).toMatch(/compared with the last 2 h of the baseline/);
    expect(one.notes.join(' ')).toMatch(/quiet stretches of (the|its own) past/);
    expect(one.verdict).toBe('cannot-tell');
  });

  it('is not alarmed by the rush of every Monday once four weeks of it are known', () => {
    const weeks = (block: number): number => {
      const hours = block / HOUR;
      const isMonday = Math.floor(hours / 24) % 7 === 3;
      return 100 * (isMonday && hours % 24 >= 8 && hours % 24 < 13 ? 1.1 : 1);
    };
    // The days begin on a Friday; post is the first two hours of the rush on the fifth Monday.
    const days = 31 + 8 / 24;
    const compared = [1, 2, 3, 4, 5].map((seed) => compare(gauge(days, weeks, white, seed), days));
    for (const { method, notes, verdict, effect } of compared) {
      expect(method).toBe('matched');
      expect(notes.join(' ')).toMatch(/same hours of every earlier week/);
      expect(verdict).toBe('no-regression');
      expect(effect!.estimate).toBeCloseTo(0, 1);
    }
  });

  it('is compared with its level since the last old change, and says so', () => {
    const stepped = (block: number): number => daily(block) * (block < 2 * DAY ? 1 : 1.25);
    const seen = Array.from({ length: 10 }, (_, seed) => compare(gauge(6, stepped, dependent, seed + 1), 6));
    for (const { notes, effect, verdict } of seen) {
      expect(notes.join(' ')).toMatch(/before \S+ the baseline lay at another level/);
      expect(Math.abs(effect!.estimate)).toBeLessThan(0.03);
      expect(verdict).not.toBe('regressed');
    }
  });

  it('takes the noise of post’s own hours where they are noisier than the rest of the day', () => {
    // Every midnight brings a new level for two hours: a window in sixteen, and the one that post lies in.
    const restless = (random: SeededRandom) => {
      const nights = Array.from({ length: 7 }, () => 0.1 * random.normal());
      let block = -1;
      return () => {
        block++;
        return 0.02 * random.normal() + (block % DAY < POST ? nights[Math.floor(block / DAY)]! : 0);
      };
    };
    const called = alarms(60, (seed) =>
      compare(
        gauge(6, () => 100, restless, seed),
        6,
      ),
    );
    expect(called).toBeLessThanOrEqual(6);
  });
});
