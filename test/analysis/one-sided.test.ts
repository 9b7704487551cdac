import { describe, expect, it } from 'vitest';
import type { CellSeries } from '../../src/domain/cells.ts';
import type { QualityFinding } from '../../src/domain/quality.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, namedSeries, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { ALL_BLOCKS, FIRST_POST_BLOCK, reportOf } from '../support/simulated-upgrade.ts';

type Side = 'both' | 'before' | 'after';

const isOn = (side: Side, block: number): boolean =>
  side === 'both' || (side === 'before') === block < FIRST_POST_BLOCK;

function requestsOf(endpoint: string, requests: number, side: Side, peer: string | null = null): CellSeries {
  return simulateRequests(
    cellKey({ endpoint, peer }),
    ALL_BLOCKS,
    (block) => (isOn(side, block) ? { ...ORDINARY, requests } : null),
    seededRandom(3),
  );
}

function findings(series: readonly CellSeries[]): QualityFinding[] {
  return reportOf(cellsOf(series)).quality.filter(({ code }) => code === 'one-sided-endpoint');
}

const steady = requestsOf('GET /a', 60, 'both');

describe('an endpoint on one side of the upgrade only', () => {
  it('is said to be gone, with how much of its service it was, apart from what is new', () => {
    const [gone, added, ...others] = findings([
      steady,
      requestsOf('GET /rare', 1, 'before'),
      requestsOf('GET /old', 39, 'before'),
      requestsOf('GET /new', 20, 'after'),
    ]);
    expect(others).toEqual([]);
    expect(gone?.message).toContain(
      "(gone since the upgrade: gateway GET /old, 39 requests a minute before, 39% of its service's; gateway GET /rare, 1 request a minute before, 1% of its service's)",
    );
    expect(gone?.where).toBe('gateway GET /old');
    expect(added?.message).toContain(
      "(new since the upgrade: gateway GET /new, 20 requests a minute, 25% of its service's)",
    );
  });

  it('is named without the calls it made', () => {
    const [gone, ...others] = findings([
      steady,
      requestsOf('GET /old', 40, 'before'),
      requestsOf('GET /old', 40, 'before', 'payments'),
    ]);
    expect(others).toEqual([]);
    expect(gone?.message).not.toContain('payments');
  });

  it('is not said of one whose calls or named series alone are on one side: those are named', () => {
    const messages = findings([
      steady,
      requestsOf('GET /a', 60, 'after', 'payments'),
      namedSeries(cellKey({ endpoint: 'GET /a' }), 'queue', 30, () => ({ sum: 1, count: 1 })),
    ]).map(({ message }) => message);
    expect(messages).toEqual([
      expect.stringContaining('(gone since the upgrade: queue of gateway GET /a)'),
      expect.stringContaining('(new since the upgrade: gateway GET /a to payments)'),
    ]);
  });

  it('is said of all where every endpoint was replaced, for no window is empty', () => {
    const sides = findings([requestsOf('GET /old', 40, 'before'), requestsOf('GET /new', 40, 'after')]);
    expect(sides.map(({ where }) => where)).toEqual(['gateway GET /old', 'gateway GET /new']);
  });
});
