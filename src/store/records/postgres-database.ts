import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { AppError } from '../../domain/error.ts';
import { codeOf, databaseError, driverError } from './driver-error.ts';
import { POSTGRES_COLUMNS } from './postgres-columns.ts';
import type { Queries, RecordDatabase } from './record-database.ts';
import { recordTables } from './tables.ts';

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 2_000;
const LOCK_NOT_AVAILABLE = '55P03';

/** Any number that no other program locks in the same database: "postflig" in ASCII. */
const MIGRATION_LOCK = 0x706f7374666c6967n;

/** Classes of SQLSTATE that our own statements can cause: bad data, broken constraints, wrong SQL, limits of a row. */
const DEFECT_CLASSES = new Set(['21', '22', '23', '42', '54']);
/** Classes that at the start mean the URL is wrong: refused user, password or database. */
const REFUSAL_CLASSES = new Set(['28', '3D', '42']);

/** What whoever runs the server can mend, by SQLSTATE. */
const OF_THE_SERVER: ReadonlyMap<string, AppError> = new Map([
  [
    '42501',
    new AppError('configuration', 'this user may not create or change tables in the PostgreSQL database', {
      place: 'database_url',
      remedy: 'GRANT CREATE, USAGE ON SCHEMA public to it, or make it the owner of the database',
    }),
  ],
  [
    '25006',
    new AppError('unavailable', 'the PostgreSQL server takes no writes', {
      remedy: 'name the primary in database_url, not a replica',
      retryAfterSeconds: 5,
    }),
  ],
]);

export async function openPostgresDatabase(url: string): Promise<RecordDatabase> {
  const pool = poolOf(url);
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    await pool.end();
    throw openingError(error);
  }
  return new PostgresDatabase(pool);
}

function poolOf(url: string): pg.Pool {
  try {
    const pool = new pg.Pool({
      connectionString: url,
      application_name: 'postflight',
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
      keepAlive: true,
    });
    // A connection that breaks while nothing runs on it leaves the pool by itself; with no listener it ends the process.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  } catch (error) {
    throw openingError(error);
  }
}

function postgresError(error: unknown): AppError {
  return (
    OF_THE_SERVER.get(codeOf(driverError(error))) ??
    databaseError(error, {
      isDefect: (code) => code.length === 5 && DEFECT_CLASSES.has(code.slice(0, 2)),
      remedy: 'check that PostgreSQL runs where database_url says and takes this user',
    })
  );
}

/** Never quotes the URL, which may hold a password. */
function openingError(error: unknown): AppError {
  const code = codeOf(error);
  if (code !== 'ERR_INVALID_URL' && !REFUSAL_CLASSES.has(code.slice(0, 2))) return postgresError(error);
  return new AppError('configuration', 'PostgreSQL cannot be opened by the URL that is configured', {
    place: code,
    remedy: 'check user, password, host and database in POSTFLIGHT_DATABASE_URL',
  });
}

class PostgresDatabase implements RecordDatabase {
  readonly dialect = 'postgres';
  readonly tables = recordTables(POSTGRES_COLUMNS);
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  run<Result>(query: (queries: Queries) => PromiseLike<Result>): Promise<Result> {
    return this.#connected(query);
  }

  async runUnlessHeld<Result>(query: (queries: Queries) => PromiseLike<Result>): Promise<Result | null> {
    try {
      return await this.transaction(async (queries) => {
        await this.apply(queries, `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
        return await query(queries);
      });
    } catch (error) {
      if (error instanceof AppError && error.place === LOCK_NOT_AVAILABLE) return null;
      throw error;
    }
  }

  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    return this.#connected((queries) => queries.transaction(work));
  }

  async apply(queries: Queries, statement: string): Promise<void> {
    await (queries as unknown as ReturnType<typeof drizzle>).execute(sql.raw(statement));
  }

  async lockMigrations(queries: Queries): Promise<void> {
    await this.apply(queries, `SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
  }

  async clockMs(): Promise<number> {
    const query = 'SELECT floor(extract(epoch from clock_timestamp()) * 1000)::float8 AS ms';
    const { rows } = await this.#connected((queries) =>
      (queries as unknown as ReturnType<typeof drizzle>).execute<{ ms: number }>(sql.raw(query)),
    );
    return rows[0]!.ms;
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  /** A connection on which something failed is not used again: it may still be busy with what timed out. */
  async #connected<Result>(work: (queries: Queries) => PromiseLike<Result>): Promise<Result> {
    let client: pg.PoolClient | null = null;
    try {
      client = await this.#pool.connect();
      const result = await work(drizzle(client) as unknown as Queries);
      client.release();
      return result;
    } catch (error) {
      const cause = driverError(error);
      client?.release(!(cause instanceof AppError));
      throw postgresError(cause);
    }
  }
}
