import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client/sqlite3';
import { type PgTable, getTableConfig as postgresTable } from 'drizzle-orm/pg-core';
import { getTableConfig as sqliteTable } from 'drizzle-orm/sqlite-core';
import { afterAll, describe, expect, it } from 'vitest';
import { migrate, migrationsOf } from '../../../src/store/records/migrations.ts';
import { POSTGRES_COLUMNS } from '../../../src/store/records/postgres-columns.ts';
import { openPostgresDatabase } from '../../../src/store/records/postgres-database.ts';
import type { RecordDatabase } from '../../../src/store/records/record-database.ts';
import { pendingPostgresMigrations } from '../../../src/store/records/record-store.ts';
import { SQLITE_COLUMNS } from '../../../src/store/records/sqlite-columns.ts';
import { openSqliteDatabase } from '../../../src/store/records/sqlite-database.ts';
import { recordTables } from '../../../src/store/records/tables.ts';
import { query } from '../../support/postgres-server.ts';
import { describePostgres } from './databases.ts';

/** One line a column, one a key, one an index: what a table is, in either database. */
type Shape = Record<string, string[]>;

function column(name: string, type: string, isRequired: boolean): string {
  return `${name} ${type}${isRequired ? ' not null' : ''}`;
}

function described(dialect: RecordDatabase['dialect']): Shape {
  const tables = Object.values(recordTables(dialect === 'sqlite' ? SQLITE_COLUMNS : POSTGRES_COLUMNS));
  return Object.fromEntries(
    tables.map((table) => {
      const config = dialect === 'sqlite' ? sqliteTable(table) : postgresTable(table as unknown as PgTable);
      const columns = config.columns.map((one) => column(one.name, one.getSQLType(), one.notNull));
      const keys = config.primaryKeys.map((key) => `key ${key.columns.map((one) => one.name).join(',')}`);
      const indexes = config.indexes.map(({ config: index }) => {
        const names = index.columns.map((one) => ('name' in one ? one.name : 'expression'));
        return `${index.unique ? 'unique ' : ''}index ${index.name} ${names.join(',')}`;
      });
      return [config.name, [...columns, ...keys, ...indexes].sort()];
    }),
  );
}

async function sqliteShape(file: string): Promise<Shape> {
  const client = createClient({ url: `file:${file}` });
  const rows = async (statement: string) => (await client.execute(statement)).rows;
  const shape: Shape = {};
  for (const { name } of await rows("SELECT name FROM sqlite_master WHERE type = 'table'")) {
    const columns = await rows(`SELECT * FROM pragma_table_info('${name}')`);
    const lines = columns.map((one) => column(String(one.name), String(one.type).toLowerCase(), one.notnull === 1));
    const key = columns.filter((one) => one.pk !== 0).sort((a, b) => Number(a.pk) - Number(b.pk));
    lines.push(`key ${key.map((one) => one.name).join(',')}`);
    for (const index of await rows(`SELECT * FROM pragma_index_list('${name}') WHERE origin = 'c'`)) {
      const names = (await rows(`SELECT name FROM pragma_index_info('${index.name}')`)).map((one) => one.name);
      lines.push(`${index.unique === 1 ? 'unique ' : ''}index ${index.name} ${names.join(',')}`);
    }
    shape[String(name)] = lines.sort();
  }
  client.close();
  return shape;
}

async function postgresShape(url: string): Promise<Shape> {
  const shape: Shape = {};
  const add = (table: unknown, line: string): void => {
    shape[String(table)] = [...(shape[String(table)] ?? []), line].sort();
  };
  const columns = await query(
    url,
    `SELECT table_name, column_name, data_type, collation_name, is_nullable
       FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  for (const one of columns) {
    const collation = one.collation_name === null ? '' : ` COLLATE "${one.collation_name}"`;
    add(one.table_name, column(String(one.column_name), `${one.data_type}${collation}`, one.is_nullable === 'NO'));
  }
  const indexes = await query(
    url,
    `SELECT t.relname AS table_name, i.relname AS index_name, x.indisunique, x.indisprimary,
            (SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(x.indkey) WITH ORDINALITY AS k(number, place)
               JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) AS names
       FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
      WHERE t.relnamespace = 'public'::regnamespace`,
  );
  for (const one of indexes) {
    const kind = one.indisunique === true ? 'unique index' : 'index';
    add(one.table_name, one.indisprimary === true ? `key ${one.names}` : `${kind} ${one.index_name} ${one.names}`);
  }
  return shape;
}

const NEXT = {
  number: 9999,
  name: '9999-next.sql',
  digest: 'd2',
  statements: ['CREATE TABLE extra (a integer)', 'INSERT INTO extra VALUES (1)'],
};
const BROKEN = { ...NEXT, statements: ['CREATE TABLE extra (a integer)', 'INSERT INTO missing VALUES (1)'] };

function itMigrates(dialect: RecordDatabase['dialect'], opened: () => Promise<RecordDatabase>): void {
  const tableCount = async (database: RecordDatabase): Promise<boolean> =>
    database
      .transaction((queries) => database.apply(queries, 'SELECT 1 FROM extra'))
      .then(
        () => true,
        () => false,
      );

  it('applies each migration once, and all of those that are missing or none', async () => {
    const database = await opened();
    const known = migrationsOf(dialect);
    await migrate(database);
    await migrate(database);
    await expect(migrate(database, [...known, BROKEN])).rejects.toMatchObject({ code: 'internal' });
    expect(await tableCount(database)).toBe(false);
    await migrate(database, [...known, NEXT]);
    expect(await tableCount(database)).toBe(true);
    await migrate(database, [...known, NEXT]);
    await database.close();
  });

  it('refuses a database of a newer version, and a migration that was edited', async () => {
    const database = await opened();
    const known = migrationsOf(dialect);
    await migrate(database, [...known, NEXT]);
    await expect(migrate(database)).rejects.toMatchObject({ code: 'configuration', place: NEXT.name });
    await expect(migrate(database, [...known, { ...NEXT, digest: 'other' }])).rejects.toMatchObject({
      code: 'configuration',
    });
    await database.close();
  });
}

describe('the migrations of SQLite', () => {
  const folders: string[] = [];
  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'postflight-migrations-'));
    folders.push(folder);
    return folder;
  };
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  it('make exactly the tables that are described', async () => {
    const folder = newFolder();
    const database = await openSqliteDatabase(folder);
    await migrate(database);
    await database.close();
    expect(await sqliteShape(join(folder, 'records.db'))).toEqual(described('sqlite'));
  });

  itMigrates('sqlite', () => openSqliteDatabase(newFolder()));
});

describePostgres('the migrations', (server) => {
  it('make exactly the tables that are described', async () => {
    const url = await server().emptyDatabase();
    const database = await openPostgresDatabase(url);
    await migrate(database);
    await database.close();
    expect(await postgresShape(url)).toEqual(described('postgres'));
  });

  it('are told by who only looks, who changes nothing and refuses what a start would refuse', async () => {
    const url = await server().emptyDatabase();
    const names = migrationsOf('postgres').map(({ name }) => name);
    expect(await pendingPostgresMigrations(url)).toEqual(names);
    expect(await postgresShape(url)).toEqual({});
    const database = await openPostgresDatabase(url);
    await migrate(database, migrationsOf('postgres').slice(0, -1));
    expect(await pendingPostgresMigrations(url)).toEqual(names.slice(-1));
    await migrate(database);
    expect(await pendingPostgresMigrations(url)).toEqual([]);
    await migrate(database, [...migrationsOf('postgres'), NEXT]);
    await expect(pendingPostgresMigrations(url)).rejects.toMatchObject({ code: 'configuration', place: NEXT.name });
    await database.close();
  });

  it('are applied once when several processes start at the same moment', async () => {
    const url = await server().emptyDatabase();
    const databases = await Promise.all(Array.from({ length: 5 }, () => openPostgresDatabase(url)));
    await Promise.all(databases.map((database) => migrate(database)));
    const numbers = migrationsOf('postgres').map(({ number }) => ({ number }));
    expect(await query(url, 'SELECT number::int FROM migrations ORDER BY number')).toEqual(numbers);
    await Promise.all(databases.map((database) => database.close()));
  });

  itMigrates('postgres', async () => openPostgresDatabase(await server().emptyDatabase()));
});
