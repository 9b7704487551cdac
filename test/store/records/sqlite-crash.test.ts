import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@libsql/client/sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordStore } from '../../../src/domain/record-store.ts';
import { openSqliteRecords } from '../../../src/store/records/record-store.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { vacuumInto } from '../../support/vacuum-into.ts';

const WRITER = join(import.meta.dirname, 'writer.ts');

interface Writer {
  readonly child: ChildProcess;
  /** What it has been told is stored, as it said. */
  acknowledged(): string[];
  ready: Promise<void>;
  kill(): Promise<void>;
}

function startWriter(folder: string, run: string): Writer {
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, folder, run], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  let sayReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    sayReady = resolve;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes('ready\n')) sayReady();
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    child,
    ready,
    acknowledged: () => said.split('\n').slice(1, -1),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** From the start of a process to its first write; most of it is loading the program. */
async function timeToReady(folder: string): Promise<number> {
  const startedMs = performance.now();
  const writer = startWriter(join(folder, 'timed'), 'timed');
  await writer.ready;
  await writer.kill();
  return performance.now() - startedMs;
}

async function missing(store: RecordStore, acknowledged: readonly string[]): Promise<string[]> {
  const lost: string[] = [];
  for (const line of acknowledged) {
    const [kind, name = ''] = line.split(' ');
    const isThere =
      kind === 'upgrade'
        ? (await store.upgrade('default', name))?.document === `document of ${name}`
        : (await store.latestReport('default', name))?.document.length === 20_000;
    if (!isThere) lost.push(line);
  }
  return lost;
}

describe('the record store on SQLite', () => {
  let folder = '';
  let writers: Writer[] = [];
  const write = async (run: string): Promise<Writer> => {
    const writer = startWriter(folder, run);
    writers.push(writer);
    await writer.ready;
    return writer;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'postflight-records-'));
    writers = [];
  });
  afterEach(async () => {
    await Promise.all(writers.map((writer) => (writer.child.exitCode === null ? writer.kill() : undefined)));
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every acknowledged row after its process was killed at any moment', async () => {
    const random = seededRandom(26);
    const acknowledged: string[] = [];
    for (let kill = 0; kill < 6; kill += 1) {
      const writer = await write(`run${kill}`);
      await expect.poll(() => writer.acknowledged().length, { timeout: 30_000 }).toBeGreaterThan(1);
      await delay(20 + random.uniform() * 400);
      await writer.kill();
      acknowledged.push(...writer.acknowledged());
    }
    expect(acknowledged.length).toBeGreaterThan(6);
    const store = await openSqliteRecords(folder);
    expect(await missing(store, acknowledged)).toEqual([]);
    await store.close();
  });

  it('opens after its process was killed at any moment of its first start', async () => {
    const random = seededRandom(27);
    const wholeMs = await timeToReady(folder);
    for (let kill = 0; kill < 8; kill += 1) {
      const fresh = join(folder, `fresh-${kill}`);
      const writer = startWriter(fresh, 'first');
      await delay((0.6 + random.uniform() * 0.4) * wholeMs);
      await writer.kill();
      const store = await openSqliteRecords(fresh);
      expect(await store.putUpgrade('default', 'after', 'd', 1)).toBe('created');
      await store.close();
    }
  });

  it('refuses a second process and names the first, also one that is stopped, until that has died', async () => {
    const writer = await write('first');
    const refusal = { code: 'configuration', message: `${folder} is in use by process ${writer.child.pid}` };
    await expect(openSqliteRecords(folder)).rejects.toMatchObject(refusal);
    writer.child.kill('SIGSTOP');
    await expect(openSqliteRecords(folder)).rejects.toMatchObject(refusal);
    await writer.kill();
    const store = await openSqliteRecords(folder);
    await expect(openSqliteRecords(folder)).rejects.toMatchObject({ code: 'configuration' });
    await store.close();
    await (await openSqliteRecords(folder)).close();
  });

  it('is backed up while another process writes: the copy has what was acknowledged before, and opens as a store', async () => {
    const writer = await write('live');
    await expect.poll(() => writer.acknowledged().length, { timeout: 30_000 }).toBeGreaterThan(0);
    const before = writer.acknowledged();
    const copy = join(folder, 'copy.db');
    await vacuumInto(folder, copy);
    await expect.poll(() => writer.acknowledged().length, { timeout: 30_000 }).toBeGreaterThan(before.length);

    const restored = join(folder, 'restored');
    mkdirSync(restored);
    renameSync(copy, join(restored, 'records.db'));
    const store = await openSqliteRecords(restored);
    expect(before.length).toBeGreaterThan(0);
    expect(await missing(store, before)).toEqual([]);
    await store.putUpgrade('default', 'after the restore', 'd', 1);
    await store.close();
  });

  it('answers unavailable while another program holds the file, and shows no document in the error', async () => {
    const store = await openSqliteRecords(folder);
    const other = createClient({ url: `file:${join(folder, 'records.db')}` });
    const transaction = await other.transaction('write');
    const refused = await store.putUpgrade('default', 'u', 'a secret document', 1).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      name: 'AppError',
      code: 'unavailable',
      place: 'SQLITE_BUSY',
      retryAfterSeconds: 5,
    });
    expect(String((refused as Error).stack) + String((refused as Error).cause)).not.toContain('secret');
    await transaction.rollback();
    other.close();
    expect(await store.putUpgrade('default', 'u', 'a secret document', 1)).toBe('created');
    await store.close();
  });

  it('says that a file is not a record store, and leaves the folder free', async () => {
    writeFileSync(
      join(folder, 'records.db'),
      'not a database, but long enough to be read as the header of one'.repeat(20),
    );
    await expect(openSqliteRecords(folder)).rejects.toMatchObject({
      code: 'configuration',
      place: join(folder, 'records.db'),
    });
    rmSync(join(folder, 'records.db'));
    await (await openSqliteRecords(folder)).close();
  });

  it('says which folder cannot be used', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(openSqliteRecords(join(file, 'below'))).rejects.toMatchObject({ code: 'configuration' });
  });

  it('answers unavailable once it is closed', async () => {
    const store = await openSqliteRecords(folder);
    await store.close();
    await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
