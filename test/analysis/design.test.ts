import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { Comparison } from '../../src/domain/report.ts';
import type { Upgrade } from '../../src/domain/upgrade.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { type Behaviour, cellKey, cellsOf, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, at, change, FIRST_POST_BLOCK, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const BINARY = change('gateway-4.2.0', { from: '4.1.9', to: '4.2.0', atMs: at(FIRST_POST_BLOCK) });
const few = { ...ORDINARY, requests: 60 };
const slower = (factor: number): Behaviour => ({ ...few, medianSeconds: few.medianSeconds * factor });

/**
 * Hosts of which the first `upgraded` get the new binary at post; everyone is slowed by `shock` then, they by `effect` more.
 * Those hosts may have been slower by `unlike` all along.
 */
function fleet(hosts: number, upgraded: number, effect: number, shock: number, seed = 1, unlike = 1): CellSeries[] {
  const random = seededRandom(seed);
  return Array.from({ length: hosts }, (_, host) => {
    const instance = `gateway-${host}`;
    const isUpgraded = host < upgraded;
    const own = isUpgraded ? unlike : 1;
    const after = slower(own * shock * (isUpgraded ? effect : 1));
    return [
      simulateRequests(
        cellKey({ instance }),
        ALL_BLOCKS,
        (b) => (b < FIRST_POST_BLOCK ? slower(own) : isUpgraded ? null : after),
        random,
      ),
      simulateRequests(
        cellKey({ instance, version: '4.2.0' }),
        ALL_BLOCKS,
        (b) => (b < FIRST_POST_BLOCK || !isUpgraded ? null : after),
        random,
      ),
    ].filter(({ block }) => block.length > 0);
  }).flat();
}

function p50(series: readonly CellSeries[], fields: Partial<Upgrade> = {}): Comparison {
  const report = reportOf(cellsOf(series), upgradeOf({ changes: [BINARY], ...fields }));
  return report.comparisons.find(({ indicator }) => indicator === 'latency.p50')!;
}

describe('the comparison that the data allows', () => {
  it('is concurrent with five instances on each side, and a shock that hits all of them is no regression', () => {
    const shocked = p50(fleet(10, 5, 1, 1.4));
    expect(shocked.method).toBe('concurrent');
    expect(shocked.verdict).not.toBe('regressed');
    expect(p50(fleet(10, 5, 1.4, 1.4))).toMatchObject({ method: 'concurrent', verdict: 'regressed' });
  });

  it('claims no p below what relabelling the instances can give: 1 in 252 with five on each side', () => {
    expect(p50(fleet(10, 5, 3, 1)).p).toBeCloseTo(1 / 252, 12);
    expect(p50(fleet(14, 7, 3, 1)).p).toBeCloseTo(1 / 3432, 12);
  });

  it('is difference-in-differences where the arms differed beforehand, and takes off what the others did meanwhile', () => {
    const unlike = (effect: number) => fleet(10, 5, effect, 1.4, 2, 1.5);
    expect(p50(unlike(1))).toMatchObject({ method: 'difference-in-differences' });
    expect(p50(unlike(1)).verdict).not.toBe('regressed');
    const changed = p50(unlike(1.4));
    expect(changed).toMatchObject({ method: 'difference-in-differences', verdict: 'regressed' });
    expect(changed.effect?.estimate).toBeCloseTo(0.4, 1);
    const report = reportOf(cellsOf(unlike(1)), upgradeOf({ changes: [BINARY] }));
    const rare = report.comparisons.find(({ indicator }) => indicator === 'latency.p99.9');
    expect(rare?.method).toBe('difference-in-differences');
  });

  it('is before-after with fewer than five instances a side: no claim rests on so few', () => {
    expect(p50(fleet(6, 3, 1.4, 1)).method).toBe('before-after');
  });

  it('is before-after where the instances had begun to drift apart before the upgrade', () => {
    const random = seededRandom(9);
    const ramp = (block: number): Behaviour => slower(1 + (2 * block) / ALL_BLOCKS);
    const exposed = Array.from({ length: 5 }, (_, host) =>
      [false, true].map((isNew) =>
        simulateRequests(
          cellKey({ instance: `gateway-${host}`, version: isNew ? '4.2.0' : '4.1.9' }),
          ALL_BLOCKS,
          (block) => (block >= FIRST_POST_BLOCK === isNew ? ramp(block) : null),
          random,
        ),
      ),
    );
    const others = fleet(10, 5, 1, 1).filter(({ key }) => Number(key.instance?.at(-1)) >= 5);
    expect(p50([...exposed.flat(), ...others]).method).toBe('before-after');
  });

  it('is before-after where every instance was upgraded', () => {
    expect(p50(fleet(4, 4, 1.4, 1))).toMatchObject({ method: 'before-after', verdict: 'regressed' });
  });

  it('is before-after where a change that reaches the endpoint cannot be seen on its cells', () => {
    const unseen = change('nightly', { kind: 'schedule', atMs: at(FIRST_POST_BLOCK) });
    expect(p50(fleet(10, 5, 1.4, 1), { changes: [BINARY, unseen] }).method).toBe('before-after');
  });

  it('is what the document asks for, or says that the data does not allow it', () => {
    expect(p50(fleet(10, 5, 1.4, 1), { method: 'before-after' }).method).toBe('before-after');
    const refused = p50(fleet(4, 4, 1.4, 1), { method: 'concurrent' });
    expect(refused.method).toBe('before-after');
    expect(refused.notes.join(' ')).toMatch(/concurrent was asked for/);
  });
});

describe('instances that ran on one side only', () => {
  it('are not told from the change by their blocks: a tenth is within what instances differ by', () => {
    const random = seededRandom(4);
    const run = (instance: string, from: number, to: number, factor: number) =>
      simulateRequests(cellKey({ instance }), ALL_BLOCKS, (b) => (b >= from && b < to ? slower(factor) : null), random);
    const series = (factor: number) => [run('run-1', 0, 60, 1), run('run-2', FIRST_POST_BLOCK, ALL_BLOCKS, factor)];
    const tenth = p50(series(1.1), { changes: [] });
    expect(tenth.verdict).not.toBe('regressed');
    expect(tenth.notes.join(' ')).toMatch(/no instance ran on both sides/);
    expect(p50(series(2), { changes: [] }).verdict).toBe('regressed');
  });
});
