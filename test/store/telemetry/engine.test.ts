import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createEngineClient } from '../../../src/store/telemetry/client.ts';
import { onCluster } from '../../../src/store/telemetry/cluster-ddl.ts';
import { EngineSupervisor } from '../../../src/store/telemetry/engine/supervisor.ts';
import { readMigrations } from '../../../src/store/telemetry/migrations.ts';
import { identity } from '../../ingest/folding/telemetry-fixture.ts';
import { describeWithEngine, openStore, temporaryFolder } from './opened-store.ts';
import { RecordingSink } from './recording-sink.ts';

const T0 = Date.UTC(2026, 10, 20, 12);
const MEMORY_BYTES = 2 ** 30;

describeWithEngine('the engine host', () => {
  it('answers parameters, settings, errors with their codes, and data of any format, as a server does', async () => {
    const folder = temporaryFolder();
    const engine = new EngineSupervisor({ folder: folder.path, memoryBytes: MEMORY_BYTES });
    await engine.start();
    const client = createEngineClient({ socketPath: engine.socketPath });
    const hostile = "it's\\ \n\t\\";
    const answer = await client.query({
      query: "SELECT {text:String} AS text, {list:Array(String)} AS list, getSetting('max_threads') AS threads",
      query_params: { text: hostile, list: ["a'b", '\\'] },
      clickhouse_settings: { max_threads: 1 },
      format: 'JSONEachRow',
    });
    expect(await answer.json()).toEqual([{ text: hostile, list: ["a'b", '\\'], threads: 1 }]);
    await expect(client.command({ query: 'SELECT * FROM nowhere' })).rejects.toMatchObject({ code: '60' });
    await client.command({ query: 'CREATE TABLE t (a UInt8, b String) ENGINE = MergeTree ORDER BY a' });
    await client.insert({ table: 't', values: [{ a: 1, b: hostile }], format: 'JSONEachRow' });
    const rows = await client.query({ query: 'SELECT b FROM t', format: 'JSONEachRow' });
    expect(await rows.json()).toEqual([{ b: hostile }]);
    await client.close();
    await engine.stop();
    folder.remove();
  });

  it('ends what runs longer than its client waits, also where that keeps what it read', async () => {
    const folder = temporaryFolder();
    const engine = new EngineSupervisor({ folder: folder.path, memoryBytes: MEMORY_BYTES });
    await engine.start();
    const client = createEngineClient({ socketPath: engine.socketPath });
    const limit = await client.query({ query: "SELECT getSetting('max_execution_time') AS s", format: 'JSONEachRow' });
    expect(await limit.json()).toEqual([{ s: 110 }]);
    await client.command({ query: 'CREATE TABLE cell_runs (a UInt64) ENGINE = MergeTree ORDER BY a' });
    await client.command({ query: 'INSERT INTO cell_runs (a) VALUES (1), (2)' });
    const endless = 'SELECT sum(number) FROM system.numbers';
    const soon = { max_execution_time: 0.2 };
    const reading = client.exec({ query: `${endless} FORMAT Native`, clickhouse_settings: soon });
    await expect(reading).rejects.toMatchObject({ code: '159' });
    const keeping = client.command({ query: `INSERT INTO cell_runs (a) ${endless}`, clickhouse_settings: soon });
    await expect(keeping).rejects.toMatchObject({ code: '159' });
    await client.close();
    await engine.stop();
    folder.remove();
  });

  it('refuses a folder that another process has open, and leaves that one unharmed', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder.path);
    const second = openStore(folder.path);
    await expect(second).rejects.toMatchObject({ code: 'conflict', place: folder.path });
    await expect(second).rejects.toThrow(/engine process \d+/);
    await store.ping();
    await store.close();
    const again = await openStore(folder.path);
    await again.close();
    folder.remove();
  });

  it('is replaced when it hangs, as the crash handler of the engine does', async () => {
    const folder = temporaryFolder();
    const pids: number[] = [];
    const store = await openStore(folder.path, {
      onEngineChange: ({ state, pid }) => {
        if (state === 'ready') pids.push(pid);
      },
    });
    process.kill(store.enginePid!, 'SIGSEGV');
    while (pids.length < 2) await pause(50);
    await store.ping();
    await store.close();
    folder.remove();
  });

  it('understands the tables of a replicated, sharded cluster', async () => {
    const folder = temporaryFolder();
    const engine = new EngineSupervisor({ folder: folder.path, memoryBytes: MEMORY_BYTES });
    await engine.start();
    const client = createEngineClient({ socketPath: engine.socketPath });
    const cluster = { name: "prod's", database: 'postflight' };
    const statements = readMigrations().flatMap((migration) => migration.statements);
    for (const statement of statements.flatMap((one) => onCluster(one, cluster))) {
      const tree = await (await client.query({ query: `EXPLAIN AST ${statement}`, format: 'TabSeparated' })).text();
      expect(tree).toMatch(/Function (Replicated(Replacing)?MergeTree|Distributed)/);
      expect(statement).not.toContain('non_replicated');
    }
    await client.close();
    await engine.stop();
    folder.remove();
  });
});

describeWithEngine('a store that answers but can store nothing', () => {
  it('is not well until it can, and takes then what is sent again, once', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder.path, { commit: { patienceMs: 100 } });
    const spool = join(folder.path, 'spool');
    const send = (): Promise<unknown> => {
      const writer = store.writerOf('t');
      const stream = writer.sink.openStream(identity({ kind: 'gauge', temporality: 'instant' }));
      writer.sink.numberPoint(stream, Number.NaN, T0, 1);
      return writer.commit();
    };
    await send();
    rmSync(spool, { recursive: true });
    writeFileSync(spool, '');
    await expect(send()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' });
    expect(store.refusal()).toMatchObject({ code: 'unavailable' });
    rmSync(spool);
    mkdirSync(spool);
    while (store.refusal() !== null) await pause(20);
    await store.ping();
    await send();
    const read = new RecordingSink();
    await store.replay('t', { windows: [{ startMs: T0, endMs: T0 + 1_000 }], resolutionMs: 1_000 }, read);
    expect(read.points.map(({ count }) => count)).toEqual([1]);
    await store.close();
    folder.remove();
  });
});

describeWithEngine('what was acknowledged', () => {
  it('is there after the engine was killed again and again under load, and once', async () => {
    const folder = temporaryFolder();
    let starts = 0;
    const store = await openStore(folder.path, {
      commit: { patienceMs: 20_000 },
      onEngineChange: ({ state }) => {
        if (state === 'ready') starts++;
      },
    });
    const acknowledged = new Set<number>();
    let sent = 0;
    let isEnding = false;
    const sender = async (): Promise<void> => {
      while (!isEnding) {
        const from = sent;
        sent += 50;
        const writer = store.writerOf('t');
        const stream = writer.sink.openStream(identity({ kind: 'gauge', temporality: 'instant' }));
        for (let i = from; i < from + 50; i++) writer.sink.numberPoint(stream, Number.NaN, T0 + i, i);
        await writer.commit().then(
          () => {
            for (let i = from; i < from + 50; i++) acknowledged.add(i);
          },
          () => pause(20),
        );
      }
    };
    const senders = [sender(), sender(), sender()];
    const KILLS = 10;
    for (let kill = 0; kill < KILLS; kill++) {
      const marked = acknowledged.size;
      while (acknowledged.size === marked) await pause(20);
      await pause(37 * kill);
      // There is none for a moment where the engine was replaced by itself: a busy machine can take it for hanging.
      while (store.enginePid === undefined) await pause(20);
      const before = starts;
      process.kill(store.enginePid, 'SIGKILL');
      while (starts === before) await pause(20);
    }
    isEnding = true;
    await Promise.all(senders);
    const read = new RecordingSink();
    await store.replay('t', { windows: [{ startMs: T0, endMs: T0 + sent }], resolutionMs: 1_000 }, read);
    const stored = read.points.map(({ count }) => count);
    expect(new Set(stored).size).toBe(stored.length);
    const found = new Set(stored);
    expect([...acknowledged].filter((value) => !found.has(value))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThanOrEqual(50 * KILLS);
    expect(starts).toBeGreaterThanOrEqual(KILLS + 1);
    await store.close();
    folder.remove();
  }, 180_000);
});
