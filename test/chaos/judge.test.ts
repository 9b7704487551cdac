import { describe, expect, it } from 'vitest';
import { isExact, judge, type StoredCell } from './ledger/judge.ts';
import type { LedgerClient } from './ledger/ledger-file.ts';
import { type LedgerPlan, sharesOf } from './ledger/plan.ts';

const PLAN: LedgerPlan = { seed: 3, startMs: Date.UTC(2026, 0, 5), clients: 1, deltaSlots: 2, cumulativeSlots: 1 };

function ledgerOf(acknowledged: readonly number[], inDoubt: readonly number[] = []): Map<number, LedgerClient> {
  return new Map([[0, { acknowledged: new Set(acknowledged), inDoubt: new Set(inDoubt) }]]);
}

function storedOf(requests: readonly number[]): Map<string, StoredCell> {
  const cells = new Map<string, StoredCell>();
  for (const { cell, count, sum } of requests.flatMap((request) => sharesOf(PLAN, 0, request))) {
    const known = cells.get(cell) ?? { count: 0, sum: 0 };
    cells.set(cell, { count: known.count + count, sum: known.sum + sum });
  }
  return cells;
}

const ALL = Array.from({ length: 130 }, (_, request) => request);

describe('the judge of the ledger', () => {
  it('finds nothing where what was acknowledged is what is stored', () => {
    const verdict = judge(PLAN, ledgerOf(ALL), storedOf(ALL));
    expect(isExact(verdict)).toBe(true);
    expect(verdict).toMatchObject({ requests: 130, points: 2 * 130 + 2, inDoubt: 0 });
  });

  it('names the request that was lost', () => {
    const verdict = judge(PLAN, ledgerOf(ALL), storedOf(ALL.filter((request) => request !== 17)));
    expect(verdict).toMatchObject({ lost: 2, doubled: 0, corrupted: 0 });
    expect(verdict.faults.map(({ request }) => request)).toEqual([17, 17]);
  });

  it('names the first of a run that was lost', () => {
    const verdict = judge(PLAN, ledgerOf(ALL), storedOf(ALL.filter((request) => request < 20 || request > 24)));
    expect(verdict).toMatchObject({ lost: 10, doubled: 0, corrupted: 0 });
    expect(verdict.faults[0]).toMatchObject({ kind: 'lost', request: 20, requests: 5 });
  });

  it('names the request that was doubled', () => {
    const verdict = judge(PLAN, ledgerOf(ALL), storedOf([...ALL, 61]));
    expect(verdict).toMatchObject({ lost: 0, doubled: 2, corrupted: 0 });
    expect(verdict.faults[0]).toMatchObject({ kind: 'doubled', request: 61 });
  });

  it('does not let a lost and a doubled request of one cell cancel', () => {
    const verdict = judge(PLAN, ledgerOf(ALL), storedOf([...ALL.filter((request) => request !== 17), 18]));
    expect(isExact(verdict)).toBe(false);
  });

  it('finds a changed weight though the count is right', () => {
    const stored = storedOf(ALL);
    const [key, cell] = [...stored][0]!;
    stored.set(key, { ...cell, sum: cell.sum + 1 / 1024 });
    expect(judge(PLAN, ledgerOf(ALL), stored)).toMatchObject({ lost: 0, doubled: 0, corrupted: 1 });
  });

  it('finds a cell that nobody sent', () => {
    const stored = storedOf(ALL).set('0/9/0', { count: 1, sum: 1 });
    expect(judge(PLAN, ledgerOf(ALL), stored).faults[0]).toMatchObject({ kind: 'foreign', cell: '0/9/0' });
  });

  it('allows a request in doubt to be stored, or not, but not half of it twice', () => {
    const ledger = ledgerOf(ALL.slice(0, 129), [129]);
    expect(isExact(judge(PLAN, ledger, storedOf(ALL)))).toBe(true);
    expect(isExact(judge(PLAN, ledger, storedOf(ALL.slice(0, 129))))).toBe(true);
    expect(isExact(judge(PLAN, ledger, storedOf([...ALL, 129])))).toBe(false);
  });
});
