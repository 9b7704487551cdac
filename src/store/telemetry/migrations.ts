import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClickHouseClient } from '@clickhouse/client';
import { AppError } from '../../domain/error.ts';
import { type Cluster, onCluster } from './cluster-ddl.ts';

export interface Migration {
  /** `001-tables`: they are applied in the order of their names. */
  readonly name: string;
  readonly statements: readonly string[];
}

/** The same place seen from `src` and from `dist`. */
const FOLDER = new URL('../../../migrations/clickhouse/', import.meta.url);

const APPLIED = `CREATE TABLE IF NOT EXISTS migrations (
  name String,
  applied DateTime DEFAULT now()
) ENGINE = ReplacingMergeTree
ORDER BY name
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1`;

export function readMigrations(): Migration[] {
  const folder = fileURLToPath(FOLDER);
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'));
  return files.sort().map((file) => ({
    name: file.replace(/\.sql$/, ''),
    statements: statementsIn(readFileSync(new URL(file, FOLDER), 'utf8')),
  }));
}

/** Every statement can be repeated, so that a start that was cut short is simply done again. */
export async function migrate(client: ClickHouseClient, cluster: Cluster | null): Promise<void> {
  const run = async (statement: string): Promise<void> => {
    for (const query of cluster === null ? [statement] : onCluster(statement, cluster)) await client.command({ query });
  };
  await run(APPLIED);
  for (const { name, statements } of await missing(client)) {
    for (const statement of statements) await run(statement);
    await client.insert({ table: 'migrations', values: [{ name }], format: 'JSONEachRow', columns: ['name'] });
  }
}

/** The names of those that a start would apply; changes nothing. */
export async function pendingMigrations(client: ClickHouseClient): Promise<string[]> {
  const answer = await client.query({ query: 'EXISTS TABLE migrations', format: 'JSONEachRow' });
  const [exists] = await answer.json<{ result: number }>();
  return (exists?.result === 1 ? await missing(client) : readMigrations()).map(({ name }) => name);
}

async function missing(client: ClickHouseClient): Promise<Migration[]> {
  const answer = await client.query({ query: 'SELECT DISTINCT name FROM migrations', format: 'JSONEachRow' });
  const applied = new Set((await answer.json<{ name: string }>()).map(({ name }) => name));
  const known = readMigrations();
  const strangers = [...applied].filter((name) => !known.some((migration) => migration.name === name));
  if (strangers.length > 0) throw stranger(strangers);
  return known.filter(({ name }) => !applied.has(name));
}

function stranger(names: readonly string[]): AppError {
  return new AppError('configuration', 'the telemetry store was written by another version', {
    place: names.join(', '),
    remedy: 'run that version, or use another data folder or server',
  });
}

export function statementsIn(text: string): string[] {
  return text
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
