import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { RecordStore } from '../../../src/domain/record-store.ts';
import { openPostgresRecords, openSqliteRecords } from '../../../src/store/records/record-store.ts';
import { type PostgresServer, postgresPrograms, startPostgres } from '../../support/postgres-server.ts';

/** One empty place to keep records in: what a process opens, closes and opens again. */
export interface Place {
  open(): Promise<RecordStore>;
  /** Whether two processes may have it open at once. */
  readonly isShared: boolean;
}

const PROGRAMS = postgresPrograms();

/** Runs the same tests on both databases. */
export function describeOnEach(title: string, tests: (place: () => Promise<Place>) => void): void {
  describe(`${title}, on SQLite`, () => {
    const folders: string[] = [];
    afterAll(() => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
    tests(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'postflight-records-'));
      folders.push(folder);
      return { open: () => openSqliteRecords(folder), isShared: false };
    });
  });

  describePostgres(title, (server) => {
    tests(async () => {
      const url = await server().emptyDatabase();
      return { open: () => openPostgresRecords(url), isShared: true };
    });
  });
}

export function describePostgres(title: string, tests: (server: () => PostgresServer) => void): void {
  if (PROGRAMS === null) {
    console.warn(`SKIPPED: ${title}, on PostgreSQL: no server found (Debian: apt-get install postgresql)`);
  }
  describe.skipIf(PROGRAMS === null)(`${title}, on PostgreSQL`, () => {
    let server: PostgresServer | null = null;
    beforeAll(async () => {
      server = await startPostgres(PROGRAMS ?? '');
    });
    afterAll(() => server?.stop());
    tests(() => {
      if (server === null) throw new Error('the server did not start');
      return server;
    });
  });
}
