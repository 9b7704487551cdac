import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RecordStore } from '../../../src/domain/record-store.ts';
import { describeOnEach } from './databases.ts';

const NOW = Date.UTC(2026, 10, 20, 3);
const BEFORE = NOW - 1_000_000;

describeOnEach('what is old', (place) => {
  let store: RecordStore;
  beforeEach(async () => {
    store = await (await place()).open();
  });
  afterEach(() => store.close());

  const announce = (id: string, atMs: number, receivedMs: number, tenant = 'default') =>
    store.addChanges([{ tenant, id, atMs, receivedMs, source: 'postflight', change: '{}' }]);
  const report = async (upgrade: string, madeMs: number, isFinal = false) => {
    await store.putUpgrade('default', upgrade, `document at ${madeMs}`, madeMs);
    const [claim] = await store.claimDue('a', madeMs, 60_000, 1);
    const made = { madeMs, verdict: 'regressed', digest: 'd', isFinal, document: '{}' } as const;
    expect(await store.settle(claim!, { report: made, nextDueMs: null })).toBe(true);
  };
  const revisions = async (upgrade: string) =>
    (await store.reports('default', upgrade, { after: null, limit: 100 })).rows.map(({ revision }) => revision);

  it('goes of the changes that happened and came before, of every tenant', async () => {
    await announce('old', BEFORE - 1, BEFORE - 1);
    await announce('old', BEFORE - 1, BEFORE - 1, 'other');
    await announce('told late', BEFORE - 1, BEFORE);
    await announce('planned', BEFORE, BEFORE - 1);
    await announce('new', NOW, NOW);
    expect(await store.forget(BEFORE, NOW)).toEqual({ changes: 2, reports: 0, answers: 0 });
    const left = await store.changes('default', 0, NOW + 1);
    expect(left.map(({ id }) => id).sort()).toEqual(['new', 'planned', 'told late']);
    expect(await store.changes('other', 0, NOW + 1)).toEqual([]);
  });

  it('goes of the reports that have a successor; the latest of an upgrade stays, however old', async () => {
    for (const madeMs of [BEFORE - 30, BEFORE - 20, BEFORE - 10]) await report('closed', madeMs, true);
    for (const madeMs of [BEFORE - 5, BEFORE + 5, BEFORE + 6]) await report('open', madeMs);
    expect(await store.forget(BEFORE, NOW)).toEqual({ changes: 0, reports: 3, answers: 0 });
    expect(await revisions('closed')).toEqual([3]);
    expect(await revisions('open')).toEqual([3, 2]);
    expect(await store.latestReport('default', 'closed')).toMatchObject({ revision: 3, document: '{}' });
    await report('closed', NOW);
    expect(await revisions('closed')).toEqual([4, 3]);
  });

  it('goes of the answers that have run out', async () => {
    const answer = { requestHash: 'h', status: 200, body: '{}' };
    await store.keepAnswer('default', 'out', answer, { nowMs: NOW - 10, untilMs: NOW });
    await store.keepAnswer('default', 'in', answer, { nowMs: NOW - 10, untilMs: NOW + 1 });
    expect(await store.forget(BEFORE, NOW)).toEqual({ changes: 0, reports: 0, answers: 1 });
    expect(await store.answeredRequest('default', 'in', NOW)).toEqual(answer);
  });

  it('goes all of it, however much it is, and a second time there is nothing', async () => {
    const rows = Array.from({ length: 2_500 }, (_, index) => {
      return { tenant: 'default', id: `c${index}`, atMs: index, receivedMs: index, source: 's', change: '{}' };
    });
    await store.addChanges(rows);
    expect(await store.forget(BEFORE, NOW)).toMatchObject({ changes: 2_500 });
    expect(await store.forget(BEFORE, NOW)).toEqual({ changes: 0, reports: 0, answers: 0 });
  });
});
