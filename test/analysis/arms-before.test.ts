import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Report } from '../../src/domain/report.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, at, change, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const FLAG = change('new-cart', {
  kind: 'flag',
  subject: 'new-cart',
  from: 'off',
  to: 'on',
  atMs: at(FIRST_POST_BLOCK),
});
const VARIANT = 'feature_flag.new-cart';

/** How much slower the arm of the flag always was, what the flag adds to it, and what time adds to everybody. */
interface World {
  readonly always?: number;
  readonly flag?: number;
  readonly time?: number;
}

function medianOf({ always = 1, flag = 1, time = 1 }: World, isOn: boolean, isPost: boolean): number {
  return 0.05 * (isOn ? always : 1) * (isOn && isPost ? flag : 1) * (isPost ? time : 1);
}

const isPostBlock = (block: number): boolean => block >= FIRST_POST_BLOCK;

/** Twelve instances, of which six get the flag. */
function byInstance(world: World, seed: number): CellSeries[] {
  const random = seededRandom(seed);
  return Array.from({ length: 12 }, (_, host) => host).flatMap((host) => {
    const level = Math.exp(0.03 * random.normal());
    return [false, true].map((isPost) => {
      const isOn = host % 2 === 0;
      const attributes = new Map([[VARIANT, isOn && isPost ? 'on' : 'off']]);
      const medianSeconds = level * medianOf(world, isOn, isPost);
      return simulateRequests(
        cellKey({ instance: `gateway-${host}`, attributes }),
        ALL_BLOCKS,
        (block) => (isPostBlock(block) === isPost ? { ...ORDINARY, medianSeconds, requests: 20 } : null),
        random,
      );
    });
  });
}

/** Six instances; half of the users get the flag, and are `marked` before already, or only once it is there. */
function byUser(world: World, marked: boolean, seed: number): CellSeries[] {
  const random = seededRandom(seed);
  return Array.from({ length: 6 }, (_, host) => host).flatMap((host) =>
    [true, false].flatMap((isOn) =>
      [false, true].map((isPost) => {
        const variant = isOn && (marked || isPost) ? 'on' : 'off';
        return simulateRequests(
          cellKey({ instance: `gateway-${host}`, attributes: new Map([[VARIANT, variant]]), version: `${isOn}` }),
          ALL_BLOCKS,
          (block) =>
            isPostBlock(block) === isPost
              ? { ...ORDINARY, medianSeconds: medianOf(world, isOn, isPost), requests: 20 }
              : null,
          random,
        );
      }),
    ),
  );
}

const report = (series: readonly CellSeries[]): Report => reportOf(cellsOf(series), upgradeOf({ changes: [FLAG] }));
const codes = ({ quality }: Report): string[] => quality.map(({ code }) => code);
const verdict = ({ suspects }: Report): string | undefined => suspects[0]?.verdict;

describe('the arms of a change before it came', () => {
  it('made of instances that differed are named with both levels', () => {
    const { quality } = report(byInstance({ always: 1.4 }, 1));
    const [finding] = quality.filter(({ code }) => code === 'unlike-arms');
    expect(finding?.message).toMatch(
      /new-cart: latency\.p50 of gateway POST \/orders .* against .* on other instances/,
    );
  });

  it('that were alike raise at most 5 false alarms of 100', () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed + 500);
    const alarmed = seeds.filter((seed) => codes(report(byInstance({}, seed))).includes('unlike-arms'));
    expect(alarmed.length).toBeLessThanOrEqual(4);
  });

  it('made of users who were marked already are tested, and what differed before is not blamed on the change', () => {
    const told = report(byUser({ always: 1.4, time: 1.3 }, true, 2));
    expect(codes(told)).toContain('unlike-arms');
    expect(told.verdict).toBe('regressed');
    expect(['cleared', 'no-evidence']).toContain(verdict(told));
  });

  it('made of marked users do not hide what the change did', () => {
    const told = report(byUser({ always: 0.8, flag: 1.5 }, true, 3));
    expect(verdict(told)).toBe('blamed');
    expect(told.suspects[0]?.share?.estimate).toBeGreaterThan(0.8);
  });

  it('cannot be seen where requests are split and nothing marks them before, which is said', () => {
    const told = report(byUser({ flag: 1.5 }, false, 4));
    expect(codes(told)).toContain('arms-before-unseen');
    expect(codes(told)).not.toContain('unlike-arms');
    expect(verdict(told)).toBe('blamed');
  });
});
