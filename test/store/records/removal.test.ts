import { expect, it } from 'vitest';
import { describeOnEach } from './databases.ts';

const NOW = Date.UTC(2026, 10, 20, 3);
const REPORT = { madeMs: NOW, verdict: 'regressed', digest: 'd', isFinal: false, document: '{}' } as const;
const PAGE = { after: null, limit: 10 };

describeOnEach('removal', (place) => {
  it('takes an upgrade with all its reports, leaves those of others, and uses no revision twice', async () => {
    const store = await (await place()).open();
    for (const [tenant, name] of [
      ['default', 'u'],
      ['default', 'v'],
      ['other', 'u'],
    ] as const) {
      await store.putUpgrade(tenant, name, 'd', NOW);
    }
    for (const claim of await store.claimDue('a', NOW, 1000, 3)) {
      await store.settle(claim, { report: REPORT, nextDueMs: null });
    }
    expect(await store.removeUpgrade('default', 'u')).toBe(true);
    expect(await store.removeUpgrade('default', 'u')).toBe(false);
    expect(await store.upgrade('default', 'u')).toBeNull();
    expect((await store.reports('default', 'u', PAGE)).rows).toEqual([]);
    expect(await store.latestReport('default', 'v')).toMatchObject({ revision: 1 });
    expect(await store.latestReport('other', 'u')).toMatchObject({ revision: 1 });
    await store.putUpgrade('default', 'u', 'd', NOW);
    const [again] = await store.claimDue('a', NOW, 1000, 1);
    expect(await store.settle(again!, { report: REPORT, nextDueMs: null })).toBe(true);
    expect(await store.latestReport('default', 'u')).toMatchObject({ revision: 2 });
    expect(await store.report('default', 'u', 1)).toBeNull();
    await store.removeUpgrade('default', 'u');
    await store.putUpgrade('default', 'u', 'd', NOW);
    const [third] = await store.claimDue('a', NOW, 1000, 1);
    expect(await store.settle(third!, { report: REPORT, nextDueMs: null })).toBe(true);
    expect(await store.latestReport('default', 'u')).toMatchObject({ revision: 3 });
    await store.close();
  });

  it('takes one SLO', async () => {
    const store = await (await place()).open();
    for (const name of ['a', 'b']) await store.putSlo({ tenant: 'default', name, document: 'd', changedMs: NOW });
    expect(await store.removeSlo('other', 'a')).toBe(false);
    expect(await store.removeSlo('default', 'a')).toBe(true);
    expect((await store.slos('default')).map(({ name }) => name)).toEqual(['b']);
    await store.close();
  });
});
