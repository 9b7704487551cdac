import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChangeRecord, Outcome, Page, PageRequest, RecordStore } from '../../../src/domain/record-store.ts';
import { describeOnEach } from './databases.ts';

const NOW = Date.UTC(2026, 10, 20, 3);
const LEASE_MS = 60_000;

function outcome(parts: Partial<Outcome['report']> = {}, nextDueMs: number | null = null): Outcome {
  const report = { madeMs: NOW, verdict: 'regressed', digest: 'd1', isFinal: false, document: '{}', ...parts } as const;
  return { report, nextDueMs };
}

function change(id: string, atMs: number, tenant = 'default'): ChangeRecord {
  return { tenant, id, atMs, receivedMs: NOW, source: 'postflight', change: `{"id":"${id}"}` };
}

/** Every row of a list, read in pages. */
async function allPages<Row>(list: (page: PageRequest) => Promise<Page<Row>>, limit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null; ; ) {
    const page: Page<Row> = await list({ after, limit });
    rows.push(...page.rows);
    if (page.next === null) return rows;
    after = page.next;
  }
}

describeOnEach('the record store', (place) => {
  let store: RecordStore;
  let reopen: () => Promise<RecordStore>;

  beforeEach(async () => {
    const { open } = await place();
    reopen = open;
    store = await open();
  });
  afterEach(() => store.close());

  it('answers null and nothing for what was never put', async () => {
    expect(await store.upgrade('default', 'u')).toBeNull();
    expect(await store.upgrades('default', { after: null, limit: 10 })).toEqual({ rows: [], next: null });
    expect(await store.latestReport('default', 'u')).toBeNull();
    expect(await store.report('default', 'u', 1)).toBeNull();
    expect(await store.claimDue('a', NOW, LEASE_MS, 10)).toEqual([]);
    expect(await store.tokenByHash('00')).toBeNull();
    expect(await store.revokeToken('t', NOW)).toBe(false);
    expect(await store.answeredRequest('default', 'k', NOW)).toBeNull();
    await store.ping();
  });

  it('creates an upgrade, changes it, and says when nothing changed', async () => {
    expect(await store.putUpgrade('default', 'u', 'one', NOW)).toBe('created');
    expect(await store.putUpgrade('default', 'u', 'one', NOW + 1)).toBe('same');
    expect(await store.putUpgrade('default', 'u', 'two', NOW + 2)).toBe('changed');
    expect(await store.upgrade('default', 'u')).toEqual({
      tenant: 'default',
      name: 'u',
      document: 'two',
      registeredMs: NOW,
      changedMs: NOW + 2,
      dueMs: NOW + 2,
      trouble: null,
    });
  });

  it('keeps everything over a restart', async () => {
    await store.putUpgrade('default', 'u', 'one', NOW);
    const [claim] = await store.claimDue('a', NOW, LEASE_MS, 1);
    await store.settle(claim!, outcome({ isFinal: true }, null));
    await store.close();
    store = await reopen();
    expect(await store.upgrade('default', 'u')).toMatchObject({ document: 'one', dueMs: null });
    expect(await store.latestReport('default', 'u')).toMatchObject({ revision: 1, isFinal: true, document: '{}' });
  });

  it('shows a tenant nothing of another', async () => {
    await store.putUpgrade('a', 'u', 'of a', NOW);
    await store.putUpgrade('b', 'u', 'of b', NOW);
    await store.addChanges([change('c', NOW, 'a')]);
    await store.putSlo({ tenant: 'a', name: 's', document: 'd', changedMs: NOW });
    await store.keepAnswer('a', 'k', { requestHash: 'h', status: 201, body: '' }, { nowMs: NOW, untilMs: NOW + 1 });
    const [claim] = await store.claimDue('h', NOW, LEASE_MS, 1);
    await store.settle(claim!, outcome());
    expect(claim?.upgrade.tenant).toBe('a');
    expect(await store.upgrade('b', 'u')).toMatchObject({ document: 'of b', dueMs: NOW });
    expect(await store.latestReport('b', 'u')).toBeNull();
    expect(await store.report('b', 'u', 1)).toBeNull();
    expect((await store.reports('b', 'u', { after: null, limit: 9 })).rows).toEqual([]);
    expect(await store.changes('b', 0, 2 * NOW)).toEqual([]);
    expect(await store.slos('b')).toEqual([]);
    expect(await store.answeredRequest('b', 'k', NOW)).toBeNull();
    expect((await store.upgrades('b', { after: null, limit: 9 })).rows.map((row) => row.document)).toEqual(['of b']);
  });

  it('lists upgrades by registration, latest first, in pages that stay put under inserts', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `u${index}`);
    for (const [index, name] of names.entries()) {
      await store.putUpgrade('default', name, 'd', NOW + Math.floor(index / 3));
    }
    const expected = (await store.upgrades('default', { after: null, limit: 100 })).rows.map((row) => row.name);
    expect([...expected].sort()).toEqual([...names].sort());
    expect(expected[0]).toBe('u22');

    let inserted = 0;
    const seen = await allPages(async (page) => {
      const rows = await store.upgrades('default', page);
      inserted += 1;
      await store.putUpgrade('default', `later${inserted}`, 'd', NOW + 1_000);
      return rows;
    }, 4);
    expect(seen.map((row) => row.name)).toEqual(expected);
  });

  it('refuses a cursor that no list gave out', async () => {
    for (const after of ['', 'x', 'bnVsbA', Buffer.from('["a","b"]').toString('base64url')]) {
      await expect(store.upgrades('default', { after, limit: 1 })).rejects.toMatchObject({ code: 'malformed' });
      await expect(store.reports('default', 'u', { after, limit: 1 })).rejects.toMatchObject({ code: 'malformed' });
    }
  });

  it('numbers the reports of an upgrade from one without gaps, latest first', async () => {
    await store.putUpgrade('default', 'u', 'd', NOW);
    for (let made = 0; made < 5; made += 1) {
      const [claim] = await store.claimDue('a', NOW + made, LEASE_MS, 1);
      expect(await store.settle(claim!, outcome({ digest: `d${made}`, madeMs: NOW + made }, NOW + made + 1))).toBe(
        true,
      );
    }
    const rows = await allPages((page) => store.reports('default', 'u', page), 2);
    expect(rows.map((row) => [row.revision, row.digest])).toEqual([
      [5, 'd4'],
      [4, 'd3'],
      [3, 'd2'],
      [2, 'd1'],
      [1, 'd0'],
    ]);
    expect(rows[0]).not.toHaveProperty('document');
    expect(await store.report('default', 'u', 2)).toMatchObject({ revision: 2, digest: 'd1', document: '{}' });
    expect(await store.latestReport('default', 'u')).toMatchObject({ revision: 5, isFinal: false });
  });

  it('forgets the documents of reports long superseded, never their verdicts nor a final one', async () => {
    await store.putUpgrade('default', 'u', 'd', NOW);
    for (let made = 0; made < 53; made += 1) {
      const [claim] = await store.claimDue('a', NOW, LEASE_MS, 1);
      await store.settle(claim!, outcome({ isFinal: made === 0 }, NOW));
    }
    const rows = await allPages((page) => store.reports('default', 'u', page), 100);
    expect(rows).toHaveLength(53);
    expect(await store.report('default', 'u', 1)).toMatchObject({ isFinal: true, document: '{}' });
    expect(await store.report('default', 'u', 3)).toBeNull();
    expect(await store.report('default', 'u', 4)).toMatchObject({ document: '{}' });
  });

  it('gives out an upgrade that is due once, until its lease runs out', async () => {
    await store.putUpgrade('default', 'u', 'd', NOW);
    expect(await store.claimDue('a', NOW - 1, LEASE_MS, 10)).toEqual([]);
    const [claim] = await store.claimDue('a', NOW, LEASE_MS, 10);
    expect(claim).toMatchObject({ holder: 'a', untilMs: NOW + LEASE_MS, upgrade: { name: 'u', document: 'd' } });
    // Whoever read the clock a little earlier does not take this for the lease of a clock that ran ahead.
    expect(await store.claimDue('b', NOW - 1000, LEASE_MS, 10, 0)).toEqual([]);
    expect(await store.claimDue('b', NOW + LEASE_MS - 1, LEASE_MS, 10)).toEqual([]);
    const [taken] = await store.claimDue('b', NOW + LEASE_MS, LEASE_MS, 10);
    expect(taken).toMatchObject({ holder: 'b' });
    expect(await store.settle(claim!, outcome())).toBe(false);
    expect(await store.latestReport('default', 'u')).toBeNull();
    expect(await store.settle(taken!, outcome())).toBe(true);
    expect(await store.settle(taken!, outcome())).toBe(false);
    expect(await store.claimDue('a', 2 * NOW, LEASE_MS, 10)).toEqual([]);
  });

  it('tells an old claim of a holder from its new one', async () => {
    await store.putUpgrade('default', 'u', 'd', NOW);
    const [old] = await store.claimDue('a', NOW, LEASE_MS, 1);
    const [renewed] = await store.claimDue('a', NOW + LEASE_MS, LEASE_MS, 1);
    expect(await store.settle(old!, outcome())).toBe(false);
    expect(await store.settle(renewed!, outcome())).toBe(true);
  });

  it('takes what is due longest first, and no more than asked for', async () => {
    for (const [name, dueMs] of [
      ['late', 3],
      ['first', 1],
      ['second', 2],
    ] as const) {
      await store.putUpgrade('default', name, 'd', NOW + dueMs);
    }
    const claims = await store.claimDue('a', NOW + 10, LEASE_MS, 2);
    expect(claims.map((claim) => claim.upgrade.name)).toEqual(['first', 'second']);
  });

  it('makes an upgrade due again when it is released, and settles nothing of the released claim', async () => {
    await store.putUpgrade('default', 'u', 'd', NOW);
    const [claim] = await store.claimDue('a', NOW, LEASE_MS, 1);
    await store.release(claim!, NOW + 5, 'the store \0 was \ud800 away');
    expect((await store.upgrade('default', 'u'))?.trouble).toBe('the store \ufffd was \ufffd away');
    expect(await store.claimDue('b', NOW + 4, LEASE_MS, 1)).toEqual([]);
    expect(await store.settle(claim!, outcome())).toBe(false);
    const [again] = await store.claimDue('b', NOW + 5, LEASE_MS, 1);
    expect(await store.settle(again!, outcome())).toBe(true);
    expect(await store.upgrade('default', 'u')).toMatchObject({ trouble: null });
  });

  it('analyses a document that changed during its analysis again', async () => {
    await store.putUpgrade('default', 'u', 'one', NOW);
    const [claim] = await store.claimDue('a', NOW, LEASE_MS, 1);
    await store.putUpgrade('default', 'u', 'two', NOW + 1);
    expect(await store.settle(claim!, outcome({}, null))).toBe(false);
    const [again] = await store.claimDue('b', NOW + 1, LEASE_MS, 1);
    expect(again?.upgrade.document).toBe('two');
  });

  it('counts a change that was sent twice once', async () => {
    expect(await store.addChanges([])).toBe(0);
    expect(await store.addChanges([change('a', NOW), change('b', NOW + 1), change('a', NOW)])).toBe(2);
    expect(await store.addChanges([change('b', NOW + 9), change('c', NOW + 2)])).toBe(1);
    const ids = (await store.changes('default', NOW, NOW + 2)).map((row) => [row.id, row.atMs]);
    expect(ids).toEqual([
      ['a', NOW],
      ['b', NOW + 1],
    ]);
  });

  it('takes more changes in one call than fit into one statement', async () => {
    const many = Array.from({ length: 2_345 }, (_, index) => change(`c${index}`, NOW + index));
    expect(await store.addChanges(many)).toBe(2_345);
    expect(await store.changes('default', NOW, NOW + 10_000)).toEqual(many);
  });

  it('replaces an SLO of the same name', async () => {
    await store.putSlo({ tenant: 'default', name: 'b', document: 'one', changedMs: NOW });
    await store.putSlo({ tenant: 'default', name: 'a', document: 'x', changedMs: NOW });
    await store.putSlo({ tenant: 'default', name: 'b', document: 'two', changedMs: NOW + 1 });
    expect(await store.slos('default')).toEqual([
      { tenant: 'default', name: 'a', document: 'x', changedMs: NOW },
      { tenant: 'default', name: 'b', document: 'two', changedMs: NOW + 1 },
    ]);
  });

  it('finds a token by its hash, revoked or not, and revokes it once', async () => {
    const token = {
      id: 't1',
      tenant: 'default',
      name: 'ci',
      scopes: ['ingest', 'read'],
      hash: 'ab',
      createdMs: NOW,
    } as const;
    await store.addToken({ ...token, revokedMs: null });
    expect(await store.tokenByHash('ab')).toEqual({ ...token, revokedMs: null });
    expect(await store.revokeToken('t1', NOW + 1)).toBe(true);
    expect(await store.revokeToken('t1', NOW + 2)).toBe(false);
    expect(await store.tokenByHash('ab')).toEqual({ ...token, revokedMs: NOW + 1 });
    expect(await store.tokens()).toEqual([{ ...token, revokedMs: NOW + 1 }]);
    await expect(store.addToken({ ...token, id: 't2', revokedMs: null })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('keeps the first answer to a key until its time is up', async () => {
    const first = { requestHash: 'h1', status: 201, body: 'one' };
    await store.keepAnswer('default', 'k', first, { nowMs: NOW, untilMs: NOW + 10 });
    await store.keepAnswer('default', 'k', { ...first, body: 'two' }, { nowMs: NOW + 1, untilMs: NOW + 20 });
    expect(await store.answeredRequest('default', 'k', NOW + 9)).toEqual(first);
    expect(await store.answeredRequest('default', 'k', NOW + 10)).toBeNull();
    await store.keepAnswer('default', 'k', { ...first, body: 'three' }, { nowMs: NOW + 10, untilMs: NOW + 20 });
    expect(await store.answeredRequest('default', 'k', NOW + 11)).toMatchObject({ body: 'three' });
  });

  it('stores any text verbatim, hostile or not', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 }).map((drawn) => drawn.replaceAll('\0', ''));
    let round = 0;
    await fc.assert(
      fc.asyncProperty(text, text, async (name, document) => {
        round += 1;
        const tenant = `t${round}${name}`;
        await store.putUpgrade(tenant, name, document, NOW);
        expect(await store.upgrade(tenant, name)).toMatchObject({ tenant, name, document });
        expect((await store.upgrades(tenant, { after: null, limit: 1 })).rows[0]).toMatchObject({ name, document });
      }),
      {
        numRuns: 60,
        examples: [
          ["'; DROP TABLE upgrades; --", '\u202e<script>\r\n\x1b[2J𝒳😀é́'],
          ['__proto__', ''],
        ],
      },
    );
  });

  it('refuses text that cannot come back the same: NUL, and half a surrogate pair', async () => {
    for (const text of ['a\0b', 'a\ud800b', '\udc00']) {
      await expect(store.putUpgrade('default', 'u', text, NOW)).rejects.toMatchObject({ code: 'malformed' });
      await expect(store.putUpgrade('default', text, 'd', NOW)).rejects.toMatchObject({ code: 'malformed' });
      await expect(store.upgrade(text, 'u')).rejects.toMatchObject({ code: 'malformed' });
    }
    await expect(store.addChanges([change('fine', NOW), change('a\0', NOW)])).rejects.toMatchObject({
      code: 'malformed',
    });
    expect(await store.changes('default', 0, 2 * NOW)).toEqual([]);
  });

  it('takes names of 1,000 bytes and refuses longer ones', async () => {
    const incompressible = Array.from({ length: 500 }, (_, index) =>
      String.fromCharCode(0x100 + ((index * 7919) % 1_500)),
    );
    const name = incompressible.join('').slice(0, 500);
    expect(Buffer.byteLength(name)).toBe(1_000);
    expect(await store.putUpgrade(name, name, 'd', NOW)).toBe('created');
    expect(await store.upgrade(name, name)).toMatchObject({ name });
    await expect(store.upgrade('default', `${name}a`)).rejects.toMatchObject({ code: 'malformed' });
  });

  it('stores documents of several megabytes', async () => {
    const document = 'é𝒳 "quoted"\n'.repeat(400_000);
    await store.putUpgrade('default', 'u', document, NOW);
    const [claim] = await store.claimDue('a', NOW, LEASE_MS, 1);
    expect(claim?.upgrade.document === document).toBe(true);
    await store.settle(claim!, outcome({ document }));
    expect((await store.latestReport('default', 'u'))?.document === document).toBe(true);
  });
});
