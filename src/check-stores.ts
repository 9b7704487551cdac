import { join, resolve } from 'node:path';
import type { Config } from './config.ts';
import { openSqliteRecords, pendingPostgresMigrations } from './store/records/record-store.ts';
import { openTelemetryStore, pendingServerMigrations } from './store/telemetry/clickhouse-telemetry-store.ts';
import { retentionOf } from './stores.ts';

/**
 * Tries what a start needs of both stores. Where they are shared it only looks, since another version may be running on them;
 * what is embedded belongs to this folder, and is opened as at a start. Answers what a start would change, a line each.
 */
export async function checkStores(config: Config): Promise<string[]> {
  const records = await checkRecords(config);
  const telemetry = await checkTelemetry(config);
  return [
    ...records.map((name) => `a start would apply ${name} to the records at database_url`),
    ...telemetry.map((name) => `a start would apply ${name} to the telemetry at clickhouse_url`),
  ];
}

async function checkRecords({ data, databaseUrl }: Config): Promise<string[]> {
  if (databaseUrl !== null) return await pendingPostgresMigrations(databaseUrl);
  const records = await openSqliteRecords(resolve(data));
  await records.close();
  return [];
}

async function checkTelemetry(config: Config): Promise<string[]> {
  if (config.clickhouseUrl !== null) return await pendingServerMigrations(config.clickhouseUrl);
  const folder = join(resolve(config.data), 'telemetry');
  const telemetry = await openTelemetryStore({ place: { folder }, retention: retentionOf(config) });
  await telemetry.close();
  return [];
}
