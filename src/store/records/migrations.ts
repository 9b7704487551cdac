import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { asc } from 'drizzle-orm';
import { AppError } from '../../domain/error.ts';
import type { Queries, RecordDatabase } from './record-database.ts';

/** Beside `src` and `dist` alike. */
const MIGRATIONS = resolve(import.meta.dirname, '../../../migrations');
const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.sql$/;

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly digest: string;
  readonly statements: readonly string[];
}

/** In order; statements end with a semicolon at the end of a line. */
export function migrationsOf(dialect: RecordDatabase['dialect'], folder = join(MIGRATIONS, dialect)): Migration[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const number = Number(FILE_NAME.exec(name)?.[1] ?? Number.NaN);
      if (Number.isNaN(number)) throw new AppError('internal', `${name} is not named like a migration`);
      const text = readFileSync(join(folder, name), 'utf8');
      const digest = createHash('sha256').update(text).digest('hex');
      return { number, name, digest, statements: text.split(/;\s*$/m).filter((part) => part.trim() !== '') };
    });
}

/** Applies what is missing, all in one transaction that no other process can run at the same time. */
export async function migrate(database: RecordDatabase, known = migrationsOf(database.dialect)): Promise<void> {
  await database.transaction(async (queries) => {
    await database.lockMigrations(queries);
    const applied = await appliedMigrations(database, queries);
    for (const [index, had] of applied.entries()) checkApplied(had, known[index]);
    for (const migration of known.slice(applied.length)) await applyOne(database, queries, migration);
  });
}

const UNDEFINED_TABLE = '42P01';

/** The names of those that a start would apply; changes nothing. */
export async function pendingMigrations(
  database: RecordDatabase,
  known = migrationsOf(database.dialect),
): Promise<string[]> {
  const { migrations } = database.tables;
  const applied = await database
    .run((queries) => queries.select().from(migrations).orderBy(asc(migrations.number)))
    .catch((error: AppError) => {
      if (error.place === UNDEFINED_TABLE) return [];
      throw error;
    });
  for (const [index, had] of applied.entries()) checkApplied(had, known[index]);
  return known.slice(applied.length).map(({ name }) => name);
}

async function appliedMigrations(database: RecordDatabase, queries: Queries): Promise<Omit<Migration, 'statements'>[]> {
  const { migrations } = database.tables;
  const [integer, text] = [migrations.number.getSQLType(), migrations.name.getSQLType()];
  await database.apply(
    queries,
    `CREATE TABLE IF NOT EXISTS migrations (
      number ${integer} NOT NULL, name ${text} NOT NULL, digest ${text} NOT NULL, PRIMARY KEY (number))`,
  );
  return await queries.select().from(migrations).orderBy(asc(migrations.number));
}

function checkApplied(had: Omit<Migration, 'statements'>, known: Migration | undefined): void {
  if (known === undefined) {
    throw new AppError(
      'configuration',
      `the record store has migration ${had.name}, which this version does not know`,
      {
        place: had.name,
        remedy: 'run the version of Postflight that made it, or a newer one',
      },
    );
  }
  if (known.number !== had.number || known.digest !== had.digest) {
    throw new AppError('configuration', `migration ${had.name} is not the one the record store has had`, {
      place: known.name,
      remedy: 'a released migration is never edited: install the release again',
    });
  }
}

async function applyOne(database: RecordDatabase, queries: Queries, migration: Migration): Promise<void> {
  for (const statement of migration.statements) await database.apply(queries, statement);
  const { number, name, digest } = migration;
  await queries.insert(database.tables.migrations).values({ number, name, digest });
}
