import { describe, expect, it } from 'vitest';
import { countedShares } from '../../src/analysis/exposure/counted-shares.ts';
import type { FlagEvaluationSeries } from '../../src/domain/cells.ts';
import { cellKey } from '../support/simulated-cells.ts';
import { change } from '../support/simulated-upgrade.ts';

const FLAG = change('f', { kind: 'flag', subject: 'backoff.v2', to: 'on' });

function counted(variant: string, counts: Readonly<Record<number, number>>): FlagEvaluationSeries {
  return {
    service: 'gateway',
    instance: 'gateway-1',
    flag: 'backoff.v2',
    variant,
    block: Int32Array.from(Object.keys(counts), Number),
    count: Float64Array.from(Object.values(counts)),
  };
}

describe('counted shares', () => {
  const everyBlock = countedShares([
    counted('off', { 10: 100, 11: 100, 12: 60, 13: 50, 15: 50 }),
    counted('on', { 12: 40, 13: 50, 15: 50 }),
  ]);

  it('are those of the process in the block, whatever endpoint it served', () => {
    const shares = [10, 12, 13].map((block) => everyBlock.shareOf(FLAG, cellKey({ endpoint: 'any' }), block));
    expect(shares).toEqual([0, 0.4, 0.5]);
  });

  it('are unknown in blocks, processes and services without evaluations, and for what is no flag', () => {
    expect(everyBlock.shareOf(FLAG, cellKey(), 14)).toBeNull();
    expect(everyBlock.shareOf(FLAG, cellKey(), 16)).toBeNull();
    expect(everyBlock.shareOf(FLAG, cellKey({ instance: 'gateway-2' }), 12)).toBeNull();
    expect(everyBlock.shareOf(FLAG, cellKey({ service: 'orders' }), 12)).toBeNull();
    expect(everyBlock.shareOf(change('b', { to: '4.2.0' }), cellKey(), 12)).toBeNull();
    expect(everyBlock.shareOf(change('p', { kind: 'dependency', peer: 'p' }), cellKey(), 12)).toBeNull();
  });

  it('of a counter exported every six blocks hold for the blocks around it', () => {
    const seldom = countedShares([counted('off', { 3: 9, 9: 9, 15: 3 }), counted('on', { 15: 6 })]);
    const shares = [-1, 0, 3, 6, 11, 12, 13, 18, 19].map((block) => seldom.shareOf(FLAG, cellKey(), block));
    expect(shares).toEqual([null, 0, 0, 0, 0, 0, 2 / 3, 2 / 3, null]);
  });

  it('follow the rule that a document states', () => {
    const stated = { ...FLAG, exposure: { attribute: 'feature_flag.backoff.v2', value: 'off' } };
    expect(everyBlock.shareOf(stated, cellKey(), 12)).toBe(0.6);
  });
});
