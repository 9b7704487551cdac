import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../../src/domain/cells.ts';
import type { Comparison, Report } from '../../../src/domain/report.ts';
import type { Change, Upgrade } from '../../../src/domain/upgrade.ts';
import { normalCdf } from '../../../src/statistics/normal.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../../support/simulated-cells.ts';
import { ALL_BLOCKS, change, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../../support/simulated-upgrade.ts';

const BINARY = change('v2', { to: '4.2.0' });
const FLAG = change('new-cart', { kind: 'flag', subject: 'new-cart', from: 'off', to: 'on' });
const HOSTS = 8;
const OLD_ERRORS = 0.02;

/** What is added to the share of errors: by each change where it is met, by both together, and by time alone. */
interface Harm {
  readonly binary: number;
  readonly flag: number;
  readonly both?: number;
  readonly time?: number;
}

/** Half of the hosts get the binary, half of all requests the flag. */
function fleet(harm: Harm, seed: number): CellSeries[] {
  const random = seededRandom(seed);
  return Array.from({ length: HOSTS }, (_, host) => host).flatMap((host) =>
    [false, true].flatMap((isPost) =>
      (isPost ? ['off', 'on'] : ['off']).map((variant) => {
        const isNew = isPost && host < HOSTS / 2;
        const isOn = variant === 'on';
        const errorShare = OLD_ERRORS + addedBy(harm, Number(isNew), Number(isOn), Number(isPost));
        const behaviour = { ...ORDINARY, requests: isPost ? 25 : 50, errorShare };
        return simulateRequests(
          cellKey({
            instance: `gateway-${host}`,
            version: isNew ? '4.2.0' : '4.1.9',
            attributes: new Map([['feature_flag.new-cart', variant]]),
          }),
          ALL_BLOCKS,
          (block) => (block >= FIRST_POST_BLOCK === isPost ? behaviour : null),
          random,
        );
      }),
    ),
  );
}

function addedBy({ binary, flag, both = 0, time = 0 }: Harm, isNew: number, isOn: number, isPost: number): number {
  return binary * isNew + flag * isOn + both * isNew * isOn + time * isPost;
}

function report(harm: Harm, seed: number, changes: readonly Change[] = [BINARY, FLAG], fields: Partial<Upgrade> = {}) {
  return reportOf(cellsOf(fleet(harm, seed)), upgradeOf({ changes, method: 'before-after', ...fields }));
}

function errors({ comparisons }: Report): Comparison {
  return comparisons.find(({ indicator }) => indicator === 'error_ratio')!;
}

function partOf(comparison: Comparison, id: string) {
  return comparison.shares!.parts.find((part) => part.change === id)!;
}

const covers = ({ low, high }: { low: number; high: number }, truth: number) => low <= truth && truth <= high;

describe('shares of a regression', () => {
  const harm = { binary: 0.04, flag: 0.06, both: 0.04, time: 0.02 };
  const truth = { v2: 2.5 / 8, 'new-cart': 3.5 / 8, unexplained: 2 / 8 };

  it('add up to the whole with what is unexplained', () => {
    const { shares } = errors(report(harm, 1));
    const sum = shares!.parts.reduce((all, part) => all + part.estimate, shares!.unexplained.estimate);
    expect(sum).toBeCloseTo(1, 9);
    expect(shares!.parts).toHaveLength(2);
  });

  it('are what each change did, with half of what they do only together, and hold the truth 95 times of 100', () => {
    const seeds = Array.from({ length: 30 }, (_, seed) => seed + 100);
    const told = seeds.map((seed) => errors(report(harm, seed)));
    const values = told.flatMap((one) => [
      { part: partOf(one, 'v2'), truth: truth.v2 },
      { part: partOf(one, 'new-cart'), truth: truth['new-cart'] },
      { part: one.shares!.unexplained, truth: truth.unexplained },
    ]);
    const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
    expect(mean(told.map((one) => partOf(one, 'v2').estimate))).toBeCloseTo(truth.v2, 1);
    expect(mean(told.map((one) => partOf(one, 'new-cart').estimate))).toBeCloseTo(truth['new-cart'], 1);
    expect(mean(told.map((one) => one.shares!.unexplained.estimate))).toBeCloseTo(truth.unexplained, 1);
    const covered = mean(values.map(({ part, truth: value }) => (covers(part, value) ? 1 : 0)));
    expect(covered).toBeGreaterThanOrEqual(0.92);
  });

  it('leave what time alone did unexplained, and are near the whole where it did nothing', () => {
    const withTime = errors(report({ binary: 0.05, flag: 0, time: 0.05 }, 3, [BINARY])).shares!;
    expect(withTime.unexplained.low).toBeGreaterThan(0.3);
    const without = errors(report({ binary: 0.1, flag: 0 }, 3, [BINARY])).shares!;
    expect(covers(without.unexplained, 0)).toBe(true);
    expect(covers(without.parts[0]!, 1)).toBe(true);
  });

  it('are not given to a change that was not shown to do harm', () => {
    const { shares } = errors(report({ binary: 0, flag: 0.08 }, 4));
    expect(shares!.parts.map(({ change: id }) => id)).toEqual(['new-cart']);
  });

  it('do not depend on the order of the document or on what else is listed', () => {
    const plain = errors(report(harm, 5));
    const other = errors(report(harm, 5, [change('elsewhere', { service: 'reports', to: '7' }), FLAG, BINARY]));
    for (const id of ['v2', 'new-cart']) {
      expect(partOf(other, id).estimate).toBeCloseTo(partOf(plain, id).estimate, 9);
    }
  });

  it('are null where nothing regressed, and where nobody was told apart by traffic', () => {
    expect(errors(report({ binary: 0, flag: 0 }, 6)).shares).toBeNull();
    const unseen = change('nightly', { kind: 'schedule', atMs: null });
    expect(errors(report({ binary: 0, flag: 0, time: 0.1 }, 6, [unseen])).shares).toBeNull();
  });

  it('of changes whose combinations did not all run are added up, and say so', () => {
    const onlyInNew = fleet(harm, 7).filter(
      ({ key }) => key.version === '4.2.0' || key.attributes.get('feature_flag.new-cart') === 'off',
    );
    const { shares } = errors(
      reportOf(cellsOf(onlyInNew), upgradeOf({ changes: [BINARY, FLAG], method: 'before-after' })),
    );
    expect(shares).toMatchObject({ additive: true, left_out: 0 });
    expect(errors(report(harm, 7)).shares).toMatchObject({ additive: false });
  });
});

describe('shares of a move of latency', () => {
  /** Factors on the median: of the binary on half of the hosts, of the flag for half of the requests, of the mix of heavy ones. */
  interface Slowness {
    readonly binary: number;
    readonly flag: number;
    readonly heavyBefore?: number;
    readonly heavyAfter?: number;
  }

  const HEAVY = 4;
  const SPREAD = 0.6;

  const behaviourOf = (slower: number, part: number, isPost: boolean) => ({
    ...ORDINARY,
    spread: SPREAD,
    medianSeconds: 0.05 * slower,
    requests: Math.round(part * (isPost ? 40 : 80)),
  });

  function latencyFleet(world: Slowness, seed: number): CellSeries[] {
    const { binary, flag, heavyBefore = 0, heavyAfter = 0 } = world;
    const random = seededRandom(seed);
    const kinds = heavyBefore + heavyAfter > 0 ? ['web', 'bulk'] : ['web'];
    const sides = [
      { isPost: false, variant: 'off', heavy: heavyBefore },
      { isPost: true, variant: 'off', heavy: heavyAfter },
      { isPost: true, variant: 'on', heavy: heavyAfter },
    ];
    const places = Array.from({ length: HOSTS }, (_, host) => host).flatMap((host) =>
      kinds.flatMap((kind) => sides.map((side) => ({ host, kind, ...side }))),
    );
    return places.map(({ host, kind, isPost, variant, heavy }) => {
      const [isNew, isBulk] = [isPost && host < HOSTS / 2, kind === 'bulk'];
      const slower = (isNew ? binary : 1) * (variant === 'on' ? flag : 1) * (isBulk ? HEAVY : 1);
      const behaviour = behaviourOf(slower, isBulk ? heavy : 1 - heavy, isPost);
      const attributes = new Map([
        ['feature_flag.new-cart', variant],
        ['client.type', kind],
      ]);
      return simulateRequests(
        cellKey({ instance: `gateway-${host}`, version: isNew ? '4.2.0' : '4.1.9', attributes }),
        ALL_BLOCKS,
        (block) => (block >= FIRST_POST_BLOCK === isPost ? behaviour : null),
        random,
      );
    });
  }

  /** The true quantile where requests met the binary, the flag, and as heavy a mix, in these shares; by bisection. */
  function trueQuantile(
    p: number,
    { binary, flag }: Slowness,
    met: readonly [boolean, boolean],
    heavy: number,
  ): number {
    const all = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => {
      const slower = (bits & 1 && met[0] ? binary : 1) * (bits & 2 && met[1] ? flag : 1) * (bits & 4 ? HEAVY : 1);
      return { median: 0.05 * slower, part: 0.25 * (bits & 4 ? heavy : 1 - heavy) };
    });
    const below = (seconds: number): number =>
      all.reduce((sum, { median, part }) => sum + part * normalCdf(Math.log(seconds / median) / SPREAD), 0);
    let [low, high] = [1e-3, 10];
    for (let step = 0; step < 60; step++) {
      const middle = Math.sqrt(low * high);
      if (below(middle) < p) low = middle;
      else high = middle;
    }
    return low;
  }

  const latency = (one: Report, indicator: string) => one.comparisons.find((each) => each.indicator === indicator)!;
  const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;

  it('are of seconds, as all orders in which the changes may come say, and hold the truth 95 times of 100', () => {
    const slowness = { binary: 1.25, flag: 2 };
    const value = (binary: boolean, flag: boolean) => trueQuantile(0.9, slowness, [binary, flag], 0);
    const total = value(true, true) - value(false, false);
    const truth = {
      v2: (value(true, false) - value(false, false) + value(true, true) - value(false, true)) / 2 / total,
      'new-cart': (value(false, true) - value(false, false) + value(true, true) - value(true, false)) / 2 / total,
    };
    const told = Array.from({ length: 8 }, (_, i) => i + 40)
      .map((seed) =>
        latency(
          reportOf(
            cellsOf(latencyFleet(slowness, seed)),
            upgradeOf({ changes: [BINARY, FLAG], method: 'before-after' }),
          ),
          'latency.p90',
        ),
      )
      .filter(({ shares }) => shares?.parts.length === 2);
    expect(told.length).toBeGreaterThanOrEqual(6);
    for (const id of ['v2', 'new-cart'] as const) {
      expect(mean(told.map((one) => partOf(one, id).estimate))).toBeCloseTo(truth[id], 1);
      expect(told.filter((one) => !covers(partOf(one, id), truth[id])).length).toBeLessThanOrEqual(1);
    }
    for (const { shares } of told) {
      const parts = shares!.parts.reduce((all, part) => all + part.estimate, shares!.unexplained.estimate);
      expect(parts).toBeCloseTo(1, 9);
      expect(shares!.mix).toBeNull();
    }
  });

  it('have the mix of traffic as a part of the move as it came, where it moved with the rest', () => {
    const slowness = { binary: 1, flag: 1.5, heavyBefore: 0.1, heavyAfter: 0.3 };
    const value = (flag: boolean, heavy: number) => trueQuantile(0.5, slowness, [false, flag], heavy);
    const total = value(true, 0.3) - value(false, 0.1);
    const truth = (value(false, 0.3) - value(false, 0.1) + value(true, 0.3) - value(true, 0.1)) / 2 / total;
    const shares = [1, 2, 3].map(
      (seed) =>
        latency(
          reportOf(
            cellsOf(latencyFleet(slowness, seed)),
            upgradeOf({ changes: [FLAG], method: 'before-after', strata: ['client.type'] }),
          ),
          'latency.p50',
        ).shares!,
    );
    expect(mean(shares.map(({ mix }) => mix!.estimate))).toBeCloseTo(truth, 1);
    for (const { parts, mix, unexplained } of shares) {
      expect(parts[0]!.estimate + mix!.estimate + unexplained.estimate).toBeCloseTo(1, 9);
      expect(covers(mix!, truth)).toBe(true);
      expect(covers(parts[0]!, 1 - truth)).toBe(true);
      expect(covers(unexplained, 0)).toBe(true);
    }
  });

  it('leave the mix aside where it went the other way, so that there is no whole to be a share of', () => {
    const slowness = { binary: 1, flag: 1.5, heavyBefore: 0.5, heavyAfter: 0.05 };
    const { shares } = latency(
      reportOf(
        cellsOf(latencyFleet(slowness, 5)),
        upgradeOf({ changes: [FLAG], method: 'before-after', strata: ['client.type'] }),
      ),
      'latency.p50',
    );
    expect(shares!.mix).toBeNull();
    expect(covers(shares!.parts[0]!, 1)).toBe(true);
  });
});

describe('more than five guilty changes', () => {
  const FLAGS = [0.055, 0.07, 0.075, 0.08, 0.085, 0.09];
  const BETTER_BY_TIME = 0.11;
  const BEFORE = 0.2;
  const flags = FLAGS.map((_, i) => change(`flag-${i}`, { kind: 'flag', subject: `flag-${i}`, from: 'off', to: 'on' }));

  /** Every request meets each flag or not, in 16 of the 64 combinations: a fraction in which all main effects are told apart. */
  function fractionalFleet(seed: number): CellSeries[] {
    const random = seededRandom(seed);
    const runs = Array.from({ length: 16 }, (_, run) => {
      const bits = [1, 2, 4, 8].map((bit) => (run & bit ? 1 : 0));
      return [...bits, bits[0]! ^ bits[1]! ^ bits[2]!, bits[1]! ^ bits[2]! ^ bits[3]!];
    });
    return Array.from({ length: HOSTS }, (_, host) => host).flatMap((host) =>
      [[0, 0, 0, 0, 0, 0, 0], ...runs.map((run) => [1, ...run])].map(([isPost, ...on]) =>
        simulateRequests(
          cellKey({
            instance: `gateway-${host}`,
            attributes: new Map(FLAGS.map((_, i) => [`feature_flag.flag-${i}`, on[i] === 1 ? 'on' : 'off'])),
          }),
          ALL_BLOCKS,
          (block) =>
            block >= FIRST_POST_BLOCK === (isPost === 1)
              ? {
                  ...ORDINARY,
                  requests: isPost === 1 ? 12 : 192,
                  errorShare:
                    BEFORE -
                    (isPost === 1 ? BETTER_BY_TIME : 0) +
                    FLAGS.reduce((sum, harm, i) => sum + harm * on[i]!, 0),
                }
              : null,
          random,
        ),
      ),
    );
  }

  it('leave the weakest out, whose part stays in what is unexplained', () => {
    const told = reportOf(cellsOf(fractionalFleet(3)), upgradeOf({ changes: flags, method: 'before-after' }));
    const { shares } = errors(told);
    expect(shares!.parts.map(({ change: id }) => id)).toEqual(['flag-1', 'flag-2', 'flag-3', 'flag-4', 'flag-5']);
    expect(shares!.left_out).toBe(1);
    const all = FLAGS.reduce((sum, harm) => sum + harm, 0) - 2 * BETTER_BY_TIME;
    shares!.parts.forEach((part, i) => {
      expect(covers(part, FLAGS[i + 1]! / all)).toBe(true);
    });
    expect(covers(shares!.unexplained, (FLAGS[0]! - 2 * BETTER_BY_TIME) / all)).toBe(true);
    expect(shares!.parts.reduce((sum, one) => sum + one.estimate, shares!.unexplained.estimate)).toBeCloseTo(1, 9);
  });
});
