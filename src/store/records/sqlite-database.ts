import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Client, createClient } from '@libsql/client/sqlite3';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/libsql/sqlite3';
import { AppError } from '../../domain/error.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { codeOf, databaseError } from './driver-error.ts';
import type { Queries, RecordDatabase } from './record-database.ts';
import { SQLITE_COLUMNS } from './sqlite-columns.ts';
import { recordTables } from './tables.ts';

/** How long a statement waits, and blocks this thread, for another program that has the file open. */
const BUSY_TIMEOUT_MS = 2_000;

/** What the file has to answer for an acknowledged row to survive a power cut. */
const SETTINGS = [
  { pragma: 'journal_mode', set: 'WAL', answers: 'wal' },
  { pragma: 'synchronous', set: 'FULL', answers: 2 },
  { pragma: 'busy_timeout', set: BUSY_TIMEOUT_MS, answers: BUSY_TIMEOUT_MS },
] as const;

/** Our own SQL, our own constraints: what no second attempt mends. */
const DEFECTS = new Set(['SQLITE_ERROR', 'SQLITE_CONSTRAINT', 'SQLITE_MISMATCH', 'SQLITE_MISUSE', 'SQLITE_RANGE']);
const DAMAGED = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

function recordsFile(folder: string): string {
  return join(folder, 'records.db');
}

function sqliteClient(file: string): Client {
  return createClient({ url: pathToFileURL(file).href, concurrency: 1, timeout: BUSY_TIMEOUT_MS });
}

function sqliteError(error: unknown): AppError {
  return databaseError(error, {
    isDefect: (code) => DEFECTS.has(code),
    remedy: 'check that the disk of the data folder has room and that this user may write to it',
  });
}

/** Opens `records.db` in a folder that is locked for as long as the database is open. */
export async function openSqliteDatabase(folder: string): Promise<RecordDatabase> {
  const lock = await lockDirectory(folder);
  const file = recordsFile(folder);
  let client: Client | null = null;
  try {
    client = sqliteClient(file);
    await configure(client, file);
  } catch (error) {
    client?.close();
    lock.release();
    throw openingError(error, file);
  }
  return new SqliteDatabase(client, lock);
}

async function configure(client: Client, file: string): Promise<void> {
  for (const { pragma, set, answers } of SETTINGS) {
    await client.execute(`PRAGMA ${pragma} = ${set}`);
    const answer = (await client.execute(`PRAGMA ${pragma}`)).rows[0]?.[0];
    if (answer !== answers) {
      throw new AppError('configuration', `SQLite answers ${pragma} = ${String(answer)}, not ${answers}`, {
        place: file,
        remedy: 'put the data folder on a local disk',
      });
    }
  }
}

function openingError(error: unknown, file: string): AppError {
  if (!DAMAGED.has(codeOf(error))) return sqliteError(error);
  return new AppError('configuration', 'the record store is damaged, or not one of ours', {
    place: file,
    remedy: 'move the file away and restore a backup in its place',
    cause: error,
  });
}

/** One connection: SQLite writes one transaction at a time anyway, and the driver works synchronously. */
class SqliteDatabase implements RecordDatabase {
  readonly dialect = 'sqlite';
  readonly tables = recordTables(SQLITE_COLUMNS);
  readonly #client: Client;
  readonly #queries: Queries;
  readonly #lock: DirectoryLock;
  /** Settles when the last statement asked for has ended; transactions and statements follow each other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: Client, lock: DirectoryLock) {
    this.#client = client;
    this.#queries = drizzle(client);
    this.#lock = lock;
  }

  run<Result>(query: (queries: Queries) => PromiseLike<Result>): Promise<Result> {
    return this.#inTurn(async () => await query(this.#queries));
  }

  /** Nobody else holds a row: the whole file is written by one. */
  runUnlessHeld<Result>(query: (queries: Queries) => PromiseLike<Result>): Promise<Result> {
    return this.run(query);
  }

  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#inTurn(() => this.#queries.transaction(work));
  }

  async apply(queries: Queries, statement: string): Promise<void> {
    await queries.run(sql.raw(statement));
  }

  /** The write transaction is the lock. */
  async lockMigrations(): Promise<void> {}

  async clockMs(): Promise<number> {
    return Date.now();
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      // So that records.db alone is whole. The driver closes it only when its statements are collected, and where one of
      // them is in the way, the log stays beside the file: nothing is lost.
      await this.#client.execute('PRAGMA wal_checkpoint(TRUNCATE)').catch(() => undefined);
      this.#client.close();
      this.#lock.release();
    });
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work).catch((error: unknown) => {
      throw sqliteError(error);
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
