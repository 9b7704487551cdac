import { setTimeout as sleep } from 'node:timers/promises';
import { SessionPool } from '../../src/store/telemetry/engine/session-pool.ts';

/** Merges every table of a stopped engine into one part per partition, and waits until the sources are removed. */
const [folder = '', backups = ''] = process.argv.slice(2);
const MEMORY_BYTES = 2 ** 31;
const REMOVAL_MS = 120_000;

const pool = await SessionPool.open(folder, MEMORY_BYTES, backups);
const ask = async (sql: string): Promise<string> =>
  new TextDecoder().decode((await pool.run(sql, 'default', false)).bytes).trim();

const tables = await ask(`SELECT database || '.' || name FROM system.tables WHERE engine LIKE '%MergeTree'
  AND database NOT IN ('system', 'INFORMATION_SCHEMA', 'information_schema')`);
for (const table of tables.split('\n')) await ask(`OPTIMIZE TABLE ${table} FINAL`);
const until = performance.now() + REMOVAL_MS;
while ((await ask('SELECT count() FROM system.parts WHERE NOT active')) !== '0') {
  if (performance.now() > until) throw new Error(`merged parts were not removed in ${REMOVAL_MS / 1000} s`);
  await sleep(500);
}
await pool.close();
