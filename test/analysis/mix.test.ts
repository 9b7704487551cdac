import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Comparison, Report } from '../../src/domain/report.ts';
import type { Upgrade } from '../../src/domain/upgrade.ts';
import { formatInstant } from '../../src/domain/window.ts';
import { evenSeries, type Kind } from '../support/mixed-cells.ts';
import { cellKey, cellsOf, namedSeries } from '../support/simulated-cells.ts';
import {
  ALL_BLOCKS,
  at,
  BASELINE_BLOCKS,
  change,
  FIRST_POST_BLOCK,
  POST_BLOCKS,
  reportOf,
  upgradeOf,
} from '../support/simulated-upgrade.ts';

const STRATUM = 'client.type';

function reportBetween(
  before: readonly Kind[],
  after: readonly Kind[],
  document: Partial<Upgrade> = { strata: [STRATUM] },
  attribute = STRATUM,
): Report {
  const series = [
    ...before.map((kind) => evenSeries(attribute, kind, 0, BASELINE_BLOCKS)),
    ...after.map((kind) => evenSeries(attribute, kind, FIRST_POST_BLOCK, POST_BLOCKS)),
  ];
  return reportOf(cellsOf(series), upgradeOf(document));
}

function comparisonOf({ comparisons }: Report, indicator: string): Comparison {
  const found = comparisons.find((one) => one.indicator === indicator);
  if (found === undefined) throw new Error(`no comparison of ${indicator}`);
  return found;
}

/** Two treatments of kidney stones, small and large (Charig et al. 1986); success is what is counted. */
const NEPHROLITHOTOMY: Kind[] = [
  { name: 'small', requests: 270, events: 234 },
  { name: 'large', requests: 80, events: 55 },
];
const OPEN_SURGERY: Kind[] = [
  { name: 'small', requests: 87, events: 81 },
  { name: 'large', requests: 263, events: 192 },
];

/** A fast and a slow kind of request, means in seconds. */
const kinds = (requests: number, slowShare: number, slowMean = 0.5): Kind[] => [
  { name: 'A', requests: requests * (1 - slowShare), events: 0, meanSeconds: 0.05 },
  { name: 'B', requests: requests * slowShare, events: 0, meanSeconds: slowMean },
];
const MANY = 600_000;

describe('a rate whose sign the mix turns', () => {
  const { effect, mix, notes, baseline, post } = comparisonOf(
    reportBetween(NEPHROLITHOTOMY, OPEN_SURGERY),
    'error_ratio',
  );

  it('is reported with the parts Kitagawa gives for the kidney stones', () => {
    expect(mix).toMatchObject({ by: [STRATUM], strata: 2, new_or_vanished: 0, new_share: 0, vanished_share: 0 });
    expect(100 * (mix?.total ?? Number.NaN)).toBeCloseTo(78 - 82.5714, 3);
    expect(100 * (mix?.within ?? Number.NaN)).toBeCloseTo(5.3671, 4);
    expect(100 * (mix?.mix ?? Number.NaN)).toBeCloseTo(-9.9386, 4);
  });

  it('has an effect at the mix before, of the sign it has within', () => {
    const atOldMix = (270 * (81 / 87) + 80 * (192 / 263)) / 350;
    expect(baseline).toBeCloseTo(289 / 350, 10);
    expect(post).toBeCloseTo(atOldMix, 10);
    expect(effect?.estimate).toBeCloseTo(atOldMix - 289 / 350, 10);
    expect(effect?.estimate).toBeGreaterThan(0);
  });

  it('says so', () => {
    expect(notes.join(' ')).toMatch(/the mix of traffic \(client\.type\) turns the sign/);
  });
});

describe('quantiles of a mix of Exp(50 ms) and Exp(500 ms) that goes from 90/10 to 70/30', () => {
  it('move by nothing within, however far the mix moves them', () => {
    const report = reportBetween(kinds(MANY, 0.1), kinds(MANY, 0.3));
    const p99 = comparisonOf(report, 'latency.p99');
    expect(p99.baseline).toBeCloseTo(1.15129, 4);
    expect(p99.post).toBeCloseTo(1.15129, 4);
    expect(p99.effect?.estimate).toBeCloseTo(0, 9);
    expect(p99.mix?.within).toBeCloseTo(0, 9);
    expect(1.15129 * (1 + (p99.mix?.total ?? Number.NaN))).toBeCloseTo(1.7006, 4);
    const p50 = comparisonOf(report, 'latency.p50');
    expect(p50.baseline).toBeCloseTo(0.0396, 4);
    expect(p50.effect?.estimate).toBeCloseTo(0, 9);
    expect((p50.baseline ?? Number.NaN) * (1 + (p50.mix?.mix ?? Number.NaN))).toBeCloseTo(0.05534, 4);
  });

  it('are no regression, and the report says what the mix did', () => {
    const report = reportBetween(kinds(MANY, 0.1), kinds(MANY, 0.3));
    for (const one of report.comparisons) expect(one.verdict).toBe('no-regression');
    expect(report.verdict).toBe('no-regression');
    expect(comparisonOf(report, 'latency.p99').notes.join(' ')).toMatch(/the mix of traffic \(client\.type\) shifted/);
  });

  it('regress by a fifth within where the slow kind takes 600 ms', () => {
    const p99 = comparisonOf(reportBetween(kinds(MANY, 0.1), kinds(MANY, 0.3, 0.6)), 'latency.p99');
    expect(p99.post).toBeCloseTo(1.38155, 4);
    expect(p99.effect?.estimate).toBeCloseTo(0.2, 4);
    expect(p99.verdict).toBe('regressed');
    expect(1.15129 * (1 + (p99.mix?.total ?? Number.NaN))).toBeCloseTo(2.04072, 4);
  });

  it('regress where the mix moves the other way and hides it', () => {
    const p99 = comparisonOf(reportBetween(kinds(MANY, 0.3), kinds(MANY, 0.1, 0.6)), 'latency.p99');
    expect(p99.mix?.total).toBeLessThan(0);
    expect(p99.effect?.estimate).toBeCloseTo(0.2, 4);
    expect(p99.verdict).toBe('regressed');
    expect(p99.notes.join(' ')).toMatch(/turns the sign/);
  });

  it('are held at the old mix of an unlisted config key without being asked', () => {
    const report = reportBetween(kinds(MANY, 0.1), kinds(MANY, 0.3), {}, 'config.plan');
    expect(comparisonOf(report, 'latency.p99')).toMatchObject({
      verdict: 'no-regression',
      mix: { by: ['config.plan'] },
    });
  });

  it('are compared as they came where a change is read off what tells the kinds apart', () => {
    const listed = change('plan', { kind: 'config', subject: 'plan', from: 'A', to: 'B' });
    const report = reportBetween(kinds(MANY, 0.1), kinds(MANY, 0.3), { changes: [listed] }, 'config.plan');
    expect(comparisonOf(report, 'latency.p50').mix).toBeNull();
  });
});

describe('a regression that begins later than the mix shifts', () => {
  /** The mix shifts with the upgrade; half an hour later every request takes twice as long. */
  const EFFECT_BLOCK = FIRST_POST_BLOCK + 30;
  const late = [
    ...kinds(MANY, 0.1).map((kind) => evenSeries(STRATUM, kind, 0, BASELINE_BLOCKS)),
    ...kinds(MANY / 2, 0.3).map((kind) => evenSeries(STRATUM, kind, FIRST_POST_BLOCK, 30)),
    ...kinds(MANY / 2, 0.3)
      .map((kind) => ({ ...kind, meanSeconds: 2 * (kind.meanSeconds ?? 0) }))
      .map((kind) => evenSeries(STRATUM, kind, EFFECT_BLOCK, 30)),
  ];
  const p99 = comparisonOf(reportOf(cellsOf(late), upgradeOf({ strata: [STRATUM] })), 'latency.p99');

  it('is dated by itself, not by the mix', () => {
    expect(p99.verdict).toBe('regressed');
    expect(p99.onset?.at).toBe(formatInstant(at(EFFECT_BLOCK)));
  });

  it('has a course over time that is flat until then', () => {
    const values = p99.series!.values.map((value) => value ?? Number.NaN);
    const step = p99.series!.stepSeconds / 60;
    const seen = (from: number, to: number): number[] =>
      values.slice(Math.ceil(from / step), Math.floor(to / step) - 1).filter(Number.isFinite);
    for (const value of [...seen(0, BASELINE_BLOCKS), ...seen(FIRST_POST_BLOCK, EFFECT_BLOCK)])
      expect(value).toBeCloseTo(1.15129, 4);
    for (const value of seen(EFFECT_BLOCK + step, ALL_BLOCKS)) expect(value).toBeCloseTo(2 * 1.15129, 3);
  });
});

describe('kinds of traffic that only one side has', () => {
  const slower: Kind = { name: 'C', requests: 0.05 * MANY, events: 0, meanSeconds: 2 };

  it('are a term of their own and a sentence', () => {
    const p99 = comparisonOf(reportBetween(kinds(MANY, 0.1), [...kinds(MANY, 0.1), slower]), 'latency.p99');
    expect(p99.verdict).toBe('no-regression');
    expect(p99.mix?.new_share).toBeCloseTo(0.05 / 1.05, 6);
    expect(p99.mix?.new_or_vanished).toBeGreaterThan(0.5);
    expect(p99.mix?.within).toBeCloseTo(0, 9);
    expect(p99.notes.join(' ')).toMatch(/4\.76% of the post traffic is of kinds \(client\.type\) the baseline lacks/);
  });

  it('are compared with the rest where they carry too much: a config key that switched is no mix', () => {
    const before = [{ name: 'old', requests: MANY, events: 0, meanSeconds: 0.05 }];
    const after = [{ name: 'new', requests: MANY, events: 0, meanSeconds: 0.1 }];
    const listed = { changes: [change('elsewhere', { service: 'catalog', to: '2' })] };
    const p99 = comparisonOf(reportBetween(before, after, listed, 'config.pool'), 'latency.p99');
    expect(p99).toMatchObject({ verdict: 'regressed', mix: null });
    expect(p99.notes.join(' ')).toMatch(/config\.pool differs between the two sides: 100% of the traffic/);
  });
});

const fast = { attributes: new Map([[STRATUM, 'fast']]) };
const slow = { attributes: new Map([[STRATUM, 'slow']]) };

describe('a value of an unlisted config key that a few requests met and none before', () => {
  it('is no mix but a change nobody listed, and stays in the comparison', () => {
    const before = [{ name: 'old', requests: MANY, events: 0, meanSeconds: 0.05 }];
    const after = [
      { name: 'old', requests: 0.95 * MANY, events: 0, meanSeconds: 0.05 },
      { name: 'new', requests: 0.05 * MANY, events: 0, meanSeconds: 1 },
    ];
    expect(comparisonOf(reportBetween(before, after, {}, 'config.pool'), 'latency.p99')).toMatchObject({
      verdict: 'regressed',
      mix: null,
    });
  });
});

describe('strata too fine to be compared', () => {
  it('leave the comparison as it is, and a declared attribute says so', () => {
    const ids = (from: number): Kind[] =>
      Array.from({ length: 50 }, (_, i) => ({ name: `${from + i}`, requests: 10, events: 1 }));
    const one = comparisonOf(reportBetween(ids(0), ids(0)), 'error_ratio');
    expect(one.mix).toBeNull();
    expect(one.notes.join(' ')).toMatch(/client\.type has too many values of too few requests each/);
  });

  it('keep only what is named before them from being divided further', () => {
    const users = (slowShare: number, first: number): CellSeries[] =>
      Array.from({ length: 100 }, (_, id) => `${id}`).flatMap((name) => [
        evenSeries('user.id', { name, requests: 30 * (1 - slowShare), events: 1 - slowShare }, first, 60, fast),
        evenSeries('user.id', { name, requests: 30 * slowShare, events: 10 * slowShare }, first, 60, slow),
      ]);
    const cells = cellsOf([...users(0.1, 0), ...users(0.3, FIRST_POST_BLOCK)]);
    const one = comparisonOf(reportOf(cells, upgradeOf({ strata: ['user.id', STRATUM] })), 'error_ratio');
    expect(one.mix).toMatchObject({ by: ['user.id'], strata: 100 });
    const coarse = comparisonOf(reportOf(cells, upgradeOf({ strata: [STRATUM, 'user.id'] })), 'error_ratio');
    expect(coarse.mix).toMatchObject({ by: [STRATUM], strata: 2 });
    expect(coarse.effect?.estimate).toBeCloseTo(0, 9);
    expect(coarse.notes.join(' ')).toMatch(/user\.id has too many values/);
  });
});

describe('a gauge', () => {
  it('has no mix: its samples are no traffic', () => {
    const gauge = {
      name: 'queue',
      metric: 'queue',
      kind: 'gauge',
      better: 'lower',
      unit: '',
      denominator: null,
    } as const;
    const series = ['A', 'B'].map((kind) =>
      namedSeries(cellKey({ attributes: new Map([[STRATUM, kind]]) }), 'queue', ALL_BLOCKS, (block) => ({
        sum: (kind === 'A' ? 10 : 100) + (block % 3),
        count: kind === 'B' && block >= FIRST_POST_BLOCK ? 3 : 1,
      })),
    );
    const report = reportOf(
      cellsOf(series),
      upgradeOf({ indicators: [{ ...gauge, quantiles: [] }], strata: [STRATUM] }),
    );
    expect(comparisonOf(report, 'queue').mix).toBeNull();
  });
});
