import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Outcome, RecordStore } from '../../../src/domain/record-store.ts';
import { describeOnEach } from './databases.ts';

const NOW = Date.UTC(2026, 10, 20, 3);
const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;

function finalAt(madeMs: number): Outcome {
  const report = { madeMs, verdict: 'regressed', digest: 'd1', isFinal: true, document: '{}' } as const;
  return { report, nextDueMs: null };
}

describeOnEach('a clock that was put back', (place) => {
  let store: RecordStore;

  beforeEach(async () => {
    store = await (await place()).open();
  });
  afterEach(() => store.close());

  it('keeps nobody from what it made due, or leased, far from now', async () => {
    await store.putUpgrade('default', 'u', 'd', NOW + HOUR_MS);
    expect(await store.claimDue('a', NOW, LEASE_MS, 1, 2 * HOUR_MS)).toEqual([]);
    const [claim] = await store.claimDue('a', NOW, LEASE_MS, 1, HOUR_MS / 2);
    await store.release(claim!, NOW + HOUR_MS, null);
    expect(await store.claimDue('a', NOW + HOUR_MS, LEASE_MS, 1, HOUR_MS / 2)).toHaveLength(1);
    expect(await store.claimDue('b', NOW + HOUR_MS + 1, LEASE_MS, 1, HOUR_MS / 2)).toEqual([]);
    expect(await store.claimDue('b', NOW, LEASE_MS, 1, HOUR_MS / 2)).toHaveLength(1);
  });

  it('takes back what was done later than now', async () => {
    for (const [name, madeMs] of [
      ['right', NOW - HOUR_MS],
      ['ahead', NOW + HOUR_MS],
    ] as const) {
      await store.putUpgrade('default', name, 'd', madeMs);
      const [claim] = await store.claimDue('a', madeMs, LEASE_MS, 1);
      await store.settle(claim!, finalAt(madeMs));
    }
    expect(await store.putBack(NOW)).toBe(1);
    expect(await store.upgrade('default', 'right')).toMatchObject({ dueMs: null, changedMs: NOW - HOUR_MS });
    expect(await store.upgrade('default', 'ahead')).toMatchObject({ dueMs: NOW, changedMs: NOW });
    expect(await store.latestReport('default', 'ahead')).toMatchObject({ madeMs: NOW });
    expect(await store.putBack(NOW)).toBe(0);
  });

  it.each([HOUR_MS, 30_000])('of %i ms does not make a report on the document before one on this', async (aheadMs) => {
    for (const name of ['changed', 'same']) {
      await store.putUpgrade('default', name, 'd', NOW + aheadMs);
      const [claim] = await store.claimDue('a', NOW + aheadMs, LEASE_MS, 1);
      await store.settle(claim!, finalAt(NOW + aheadMs));
    }
    await store.putUpgrade('default', 'changed', 'another', NOW + HOUR_MS + 1);
    await store.putBack(NOW);
    for (const name of ['changed', 'same']) {
      const { changedMs } = (await store.upgrade('default', name))!;
      const { madeMs } = (await store.latestReport('default', name))!;
      expect([name, madeMs < changedMs]).toEqual([name, name === 'changed']);
    }
  });

  it('is that of the records, which can be asked', async () => {
    const clockMs = await store.clockMs();
    expect(Number.isInteger(clockMs)).toBe(true);
    // The server of this test is on this host.
    expect(Math.abs(clockMs - Date.now())).toBeLessThan(HOUR_MS);
  });
});
