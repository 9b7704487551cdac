import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../../src/domain/cells.ts';
import type { Comparison, Report } from '../../../src/domain/report.ts';
import type { Change, Upgrade } from '../../../src/domain/upgrade.ts';
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
