import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClickHouseTelemetryStore } from '../../../src/store/telemetry/clickhouse-telemetry-store.ts';
import { createEngineClient } from '../../../src/store/telemetry/client.ts';
import { CellBook } from '../../../src/store/telemetry/increments/cell-book.ts';
import { append, describeWithEngine, openStore, temporaryFolder } from './opened-store.ts';
import * as streams from './random-streams.ts';
import { RecordingSink } from './recording-sink.ts';

const HOUR = 3_600_000;
const WINDOW = { startMs: streams.at(0) - HOUR, endMs: streams.at(0) + 4 * HOUR };
const [FROM_NS, TO_NS] = [BigInt(WINDOW.startMs) * 1_000_000n, BigInt(WINDOW.endMs) * 1_000_000n];
const BLOCK_NS = 60_000_000_000n;
const BLOCKS = [{ from: WINDOW.startMs / 60_000, to: WINDOW.endMs / 60_000 }];
const SETTINGS = { settleMs: 0 };

describeWithEngine('cells that were kept', () => {
  const folder = temporaryFolder();
  let store: ClickHouseTelemetryStore;
  let engine: ClickHouseClient;
  beforeAll(async () => {
    store = await openStore(folder.path, { commit: { spacingMs: 0 }, cells: SETTINGS });
    engine = createEngineClient({ socketPath: store.engineSocketPath! });
  });
  afterAll(async () => {
    await engine.close();
    await store.close();
    folder.remove();
  });

  async function replay(tenant: string): Promise<void> {
    await store.replay(tenant, { windows: [WINDOW], resolutionMs: 60_000 }, new RecordingSink());
  }

  /** As if all that a tenant has had come, and been calculated, so many hours sooner. */
  async function age(tenant: string, hours: number): Promise<void> {
    const of = `WHERE tenant = '${tenant}'`;
    const ms = hours * HOUR;
    await engine.command({
      query: `ALTER TABLE points UPDATE received_ms = received_ms - ${ms} ${of} SETTINGS mutations_sync = 1`,
    });
    const runs = await read(`SELECT arrayStringConcat(groupUniqArray(computed_us), ',') FROM cell_runs ${of}`, tenant);
    await copyRuns(tenant, `computed_us - ${1000 * ms}`);
    await engine.command({ query: `DELETE FROM cell_runs ${of} AND computed_us IN (${runs})` });
    const pairs = `arrayMap(x -> (x.1, x.2 - ${1000 * ms}), groupUniqArray((segment, computed_us)))`;
    const named = await read(`SELECT toString(${pairs}) FROM kept_segments FINAL ${of}`, tenant);
    // Gone before the others come: of a segment, the latest one wins.
    await engine.command({ query: `DELETE FROM kept_segments ${of}` });
    await engine.command({
      query: `INSERT INTO kept_segments SELECT '${tenant}', x.1, x.2 FROM (SELECT arrayJoin(${named}) AS x)`,
    });
  }

  async function copyRuns(tenant: string, computed: string): Promise<void> {
    const runs = `SELECT * REPLACE (${computed} AS computed_us) FROM cell_runs WHERE tenant = '${tenant}'`;
    await engine.command({ query: `INSERT INTO cell_runs ${runs}` });
  }

  async function read(query: string, tenant: string): Promise<string> {
    const answer = await engine.query({ query, query_params: { tenant }, format: 'TabSeparated' });
    return (await answer.text()).trim();
  }

  async function numberOf(query: string, tenant: string): Promise<number> {
    return Number(await read(query, tenant));
  }

  /** Of the latest hour. */
  function calculations(tenant: string): Promise<number> {
    const latest = 'segment = (SELECT max(segment) FROM kept_segments WHERE tenant = {tenant:String})';
    return numberOf(
      `SELECT uniqExact(computed_us) FROM cell_runs WHERE tenant = {tenant:String} AND ${latest}`,
      tenant,
    );
  }

  it('are there for a replay that began before they were replaced, however old they are', async () => {
    const points = streams.hourly(3);
    await append(store, 'replaced', points.slice(0, -9));
    await replay('replaced');
    await age('replaced', 5);
    const book = new CellBook(engine, 'replaced', SETTINGS);
    const { value: sql } = await book.queries(FROM_NS, TO_NS, BLOCK_NS, BLOCKS).next();
    const count = (): Promise<number> => numberOf(`SELECT count() FROM (${sql})`, 'replaced');
    const before = await count();
    expect(before).toBeGreaterThan(0);
    for (const late of [points.slice(-9, -5), points.slice(-5)]) {
      await append(store, 'replaced', late);
      await replay('replaced');
      expect(await count()).toBe(before);
    }
  });

  it('are removed once others have been named for longer than a replay takes', async () => {
    const points = streams.hourly(3);
    await append(store, 'superseded', points.slice(0, -9));
    await replay('superseded');
    await age('superseded', 5);
    await append(store, 'superseded', points.slice(-9, -5));
    await replay('superseded');
    await age('superseded', 2);
    expect(await calculations('superseded')).toBe(2);
    await append(store, 'superseded', points.slice(-5));
    await replay('superseded');
    expect(await calculations('superseded')).toBe(2);
  });

  it('of calculations that broke off are removed when cells are kept again, once nobody can be making them any more', async () => {
    const points = streams.hourly(3);
    await append(store, 'broken off', points.slice(0, -9));
    await replay('broken off');
    await age('broken off', 5);
    const ago = [180, 120, 5].map((minutes) => 1000 * (Date.now() - 60_000 * minutes));
    await copyRuns('broken off', `arrayJoin([${ago.join(', ')}])`);
    expect(await calculations('broken off')).toBe(4);
    await replay('broken off');
    expect(await calculations('broken off')).toBe(4);
    await append(store, 'broken off', points.slice(-9));
    await replay('broken off');
    expect(await calculations('broken off')).toBe(3);
  });
});
