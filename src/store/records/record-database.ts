import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import type { RecordTables } from './tables.ts';

/** What queries are written against, in the types of one dialect; both understand them. */
export type Queries = BaseSQLiteDatabase<'async', unknown>;

/** One of the two databases, opened. Every method rejects with an `AppError` and nothing else. */
export interface RecordDatabase {
  readonly dialect: 'sqlite' | 'postgres';
  readonly tables: RecordTables;
  run<Result>(query: (queries: Queries) => PromiseLike<Result>): Promise<Result>;
  /** As `run`, but null where another transaction holds a row for longer than a moment: its process may be gone. */
  runUnlessHeld<Result>(query: (queries: Queries) => PromiseLike<Result>): Promise<Result | null>;
  /** All of it or nothing; `work` may run only queries of the argument it is given. */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /** One statement of a migration. */
  apply(queries: Queries, statement: string): Promise<void>;
  /** Keeps other processes from migrating until the transaction ends. */
  lockMigrations(queries: Queries): Promise<void>;
  /** Of the server that several processes share, or of this host. */
  clockMs(): Promise<number>;
  close(): Promise<void>;
}
