import { join } from 'node:path';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import type { RecordStore } from '../../../src/domain/record-store.ts';
import { openPostgresRecords } from '../../../src/store/records/record-store.ts';
import { postgresPrograms, query, startPostgres } from '../../support/postgres-server.ts';
import { describePostgres } from './databases.ts';

describePostgres('faults of the record store', (server) => {
  let store: RecordStore | null = null;
  afterEach(() => store?.close());

  it('are gone with the connection they broke', async () => {
    const url = await server().emptyDatabase();
    store = await openPostgresRecords(url);
    const writes = Array.from({ length: 8 }, (_, index) => store!.putUpgrade('default', `u${index}`, 'd', 1));
    const ends = Promise.allSettled(writes);
    // Told to end and waited for: one that is yet to end would break a later write.
    const terminate = 'SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity';
    await query(url, `${terminate} WHERE application_name = 'postflight'`);
    for (const ended of await ends) {
      if (ended.status === 'rejected')
        expect(ended.reason).toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
    }
    for (let index = 0; index < 8; index += 1) await store.putUpgrade('default', `u${index}`, 'e', 2);
    expect(await store.upgrade('default', 'u7')).toMatchObject({ document: 'e' });
  });

  it('roll back what a broken transaction had written', async () => {
    const url = await server().emptyDatabase();
    store = await openPostgresRecords(url);
    await store.putUpgrade('default', 'u', 'd', 1);
    const [claim] = await store.claimDue('a', 1, 10, 1);
    await query(url, 'ALTER TABLE reports ADD CONSTRAINT no_reports CHECK (revision < 0) NOT VALID');
    const report = { madeMs: 1, verdict: 'improved', digest: 'd', isFinal: true, document: 'a secret' } as const;
    const refused = await store.settle(claim!, { report, nextDueMs: null }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'AppError', code: 'internal', place: '23514' });
    expect(String((refused as Error).stack)).not.toContain('secret');
    await query(url, 'ALTER TABLE reports DROP CONSTRAINT no_reports');
    expect(await store.settle(claim!, { report, nextDueMs: null })).toBe(true);
    expect(await store.latestReport('default', 'u')).toMatchObject({ revision: 1 });
  });

  it('say so where the URL names no database, no server, or is none, and never quote it', async () => {
    const url = await server().emptyDatabase();
    store = null;
    for (const [wrong, code] of [
      [url.replace('/records_', '/nothing_'), 'configuration'],
      [url.replace('?host=', '?host=%2Fnowhere'), 'unavailable'],
      ['postgresql://user:hunter2@[broken', 'configuration'],
    ] as const) {
      const refused = await openPostgresRecords(wrong).catch((error: unknown) => error);
      expect(refused).toMatchObject({ name: 'AppError', code });
      expect(JSON.stringify(refused) + String((refused as Error).stack)).not.toContain('hunter2');
    }
  });

  it('keep nobody from what is due beside a row that a process holds which is gone', async () => {
    const url = await server().emptyDatabase();
    store = await openPostgresRecords(url);
    await store.putUpgrade('default', 'held', 'd', 1);
    await store.putUpgrade('default', 'free', 'd', 2);
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query("SELECT * FROM upgrades WHERE name = 'held' FOR UPDATE");
      const [claim, ...others] = await store.claimDue('a', 10, 1000, 1);
      expect(claim?.upgrade.name).toBe('free');
      expect(others).toEqual([]);
      await holder.query('ROLLBACK');
      expect((await store.claimDue('a', 10, 1000, 1)).map(({ upgrade }) => upgrade.name)).toEqual(['held']);
    } finally {
      await holder.end();
    }
  });

  it('say what is to be granted where the user may not make tables', async () => {
    const url = await server().emptyDatabase();
    store = null;
    await query(url, 'CREATE ROLE reader LOGIN');
    await query(url, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    const asReader = new URL(url);
    asReader.username = 'reader';
    await expect(openPostgresRecords(asReader.href)).rejects.toMatchObject({
      code: 'configuration',
      place: 'database_url',
      remedy: expect.stringContaining('GRANT CREATE, USAGE ON SCHEMA public'),
    });
  });

  it('answer unavailable while the server is gone', async () => {
    const own = await startPostgres(postgresPrograms() ?? '');
    store = await openPostgresRecords(await own.emptyDatabase());
    await store.ping();
    await own.stop();
    await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.putUpgrade('default', 'u', 'd', 1)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('are mended by pg_dump and pg_restore: the restored store has everything', async () => {
    const [url, target] = [await server().emptyDatabase(), await server().emptyDatabase()];
    store = await openPostgresRecords(url);
    await store.putUpgrade('default', 'u', 'ünï𝒳', 1);
    const dump = join(server().folder, 'records.dump');
    expect(server().program('pg_dump', ['-Fc', '-f', dump, url])).toMatchObject({ status: 0, stderr: '' });
    expect(server().program('pg_restore', ['-d', target, dump])).toMatchObject({ status: 0, stderr: '' });
    await store.close();
    store = await openPostgresRecords(target);
    expect(await store.upgrade('default', 'u')).toMatchObject({ document: 'ünï𝒳' });
    expect(await store.claimDue('a', 1, 10, 1)).toHaveLength(1);
  });
});
