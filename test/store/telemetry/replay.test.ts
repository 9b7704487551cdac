import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cells, HistogramColumn } from '../../../src/domain/cells.ts';
import type { TelemetrySink } from '../../../src/domain/telemetry.ts';
import { createFolding, type Folding } from '../../../src/ingest/folding/folding.ts';
import type { ClickHouseTelemetryStore } from '../../../src/store/telemetry/clickhouse-telemetry-store.ts';
import { createEngineClient } from '../../../src/store/telemetry/client.ts';
import { append, describeWithEngine, openStore, temporaryFolder } from './opened-store.ts';
import * as streams from './random-streams.ts';

const HOUR = 3_600_000;
const WINDOWS = [{ startMs: streams.at(0) - HOUR, endMs: streams.at(3600) + 9 * HOUR }];

/** Cells as plain values, without empty buckets at either end: they do not say anything. */
function plain(cells: Cells): unknown {
  const rows = cells.series.map((series) => ({
    key: JSON.stringify(series.key, (_, value: unknown) => (value instanceof Map ? [...value] : value)),
    measure: series.measure,
    rows: Array.from(series.block, (block, row) => [
      block,
      series.count[row],
      series.sum?.[row],
      series.errors?.[row],
      series.attempts?.[row],
      bucketsOf(series.histogram, row),
    ]),
  }));
  return rows.sort((a, b) => (a.key + a.measure < b.key + b.measure ? -1 : 1));
}

function bucketsOf(column: HistogramColumn | null, row: number): unknown {
  if (column === null || column.layoutOfRow[row]! < 0) return null;
  const layout = column.layouts[column.layoutOfRow[row]!]!;
  const counts = Array.from(column.counts.subarray(column.firstCount[row], column.firstCount[row + 1]));
  if (layout.kind === 'explicit') return [...layout.bounds, '|', ...counts];
  const placed = counts.slice(1).map((count, i) => [column.offsetOfRow[row]! + i, count]);
  return [layout.scale, layout.zeroThreshold, counts[0], ...placed.filter(([, count]) => count !== 0)];
}

function folding(resolutionMs: number): Folding {
  return createFolding({ resolutionMs, indicators: [...streams.NAMED_INDICATORS], exposureAttributes: new Set() });
}

function folded(points: readonly streams.PointOf[], resolutionMs: number): unknown {
  const direct = folding(resolutionMs);
  for (const point of points) point.feed(direct.sink);
  return plain(direct.finish().cells);
}

const anyPoint = fc.oneof(
  { weight: 4, arbitrary: streams.explicitPoint },
  { weight: 3, arbitrary: streams.exponentialPoint },
  { weight: 2, arbitrary: streams.sumPoint },
  streams.summaryPoint,
  streams.gaugePoint,
  streams.deltaPoint,
);
const batches = fc
  .uniqueArray(anyPoint, { maxLength: 120, selector: ({ key }) => key })
  .chain((points) =>
    fc.tuple(
      fc.constant(points),
      fc.shuffledSubarray(points, { minLength: points.length }),
      fc.integer({ min: 1, max: 3 }),
    ),
  );

describeWithEngine('a replay', () => {
  const folder = temporaryFolder();
  let store: ClickHouseTelemetryStore;
  let tenants = 0;
  beforeAll(async () => {
    store = await openStore(folder.path, { commit: { spacingMs: 0 }, cells: { settleMs: 0 } });
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  async function replayed(tenant: string, resolutionMs: number): Promise<{ cells: unknown; digest: string }> {
    const from = folding(resolutionMs);
    const { digest } = await store.replay(tenant, { windows: WINDOWS, resolutionMs }, from.sink);
    return { cells: plain(from.finish().cells), digest };
  }

  it('gives the cells that the points give when they are folded at once, however they came in', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ([points, shuffled, parts]) => {
        const tenant = `random-${tenants++}`;
        const size = Math.ceil(shuffled.length / parts);
        for (let i = 0; i < shuffled.length; i += size) await append(store, tenant, shuffled.slice(i, i + size));
        await append(store, tenant, shuffled.slice(0, size));
        expect((await replayed(tenant, 60_000)).cells).toEqual(folded(points, 60_000));
      }),
      { numRuns: 12, endOnFailure: true },
    );
  }, 600_000);

  it('gives the same rows and digest whether cells were kept, must be calculated, or points came late', async () => {
    const points = streams.hourly(5);
    const isLate = (_: unknown, i: number): boolean => i % 7 === 3;
    await append(store, 'whole', points);
    const whole = await replayed('whole', 60_000);
    await append(
      store,
      'late',
      points.filter((point, i) => !isLate(point, i)),
    );
    const before = await replayed('late', 60_000);
    await append(store, 'late', points.filter(isLate));
    expect(before.digest).not.toBe(whole.digest);
    for (const again of [
      await replayed('late', 60_000),
      await replayed('late', 60_000),
      await replayed('whole', 60_000),
    ]) {
      expect(again).toEqual(whole);
    }
    expect(whole.cells).toEqual(folded(points, 60_000));
  });

  it('gives a sink that takes no runs the same cells, point by point', async () => {
    const points = streams.hourly(3);
    await append(store, 'points', points);
    const from = folding(60_000);
    const { cellRun: _, ...sink } = from.sink;
    await store.replay('points', { windows: WINDOWS, resolutionMs: 60_000 }, sink);
    expect(plain(from.finish().cells)).toEqual((await replayed('points', 60_000)).cells);
  });

  it('misses no point that came late, after the clock by which cells were kept was put back an hour', async () => {
    const points = streams.hourly(4);
    const isLate = (_: unknown, i: number): boolean => i % 7 === 3;
    const early = points.filter((point, i) => !isLate(point, i));
    await append(store, 'put back', early);
    await replayed('put back', 60_000);
    const engine = createEngineClient({ socketPath: store.engineSocketPath! });
    for (const table of ['cell_runs', 'kept_segments']) {
      const anHourAhead = 'SELECT * REPLACE (computed_us + 3600000000 AS computed_us)';
      const query = `INSERT INTO ${table} ${anHourAhead} FROM ${table} WHERE tenant = 'put back'`;
      await engine.command({ query });
    }
    await engine.close();
    await append(store, 'put back', points.filter(isLate));
    for (let again = 0; again < 2; again++) {
      expect((await replayed('put back', 60_000)).cells).toEqual(folded(points, 60_000));
    }
  });

  it('gives longer blocks from kept cells and shorter ones from points, as the folding does', async () => {
    const points = streams.hourly(3);
    await append(store, 'blocks', points);
    for (const resolutionMs of [300_000, 20_000]) {
      expect((await replayed('blocks', resolutionMs)).cells).toEqual(folded(points, resolutionMs));
    }
  });

  it('compares a point with one of hours ago, where the stream was silent', async () => {
    const points = streams
      .hourly(6)
      .filter(({ hour, key }) => (hour === 0 || hour === 5) && !key.startsWith('hourly 1'));
    await append(store, 'silent', points);
    expect((await replayed('silent', 60_000)).cells).toEqual(folded(points, 60_000));
  });

  it('reads the blocks of its windows only, with what the points before them were', async () => {
    const points = streams.hourly(2);
    await append(store, 'windows', points);
    const windows = [10, 80].map((minute) => ({
      startMs: streams.at(60 * minute),
      endMs: streams.at(60 * (minute + 5)),
    }));
    const from = folding(60_000);
    await store.replay('windows', { windows, resolutionMs: 60_000 }, from.sink);
    const blocks = new Set(from.finish().cells.series.flatMap(({ block }) => [...block]));
    const wanted = [10, 11, 12, 13, 14, 80, 81, 82, 83, 84].map((minute) => streams.at(60 * minute) / 60_000);
    expect([...blocks].sort()).toEqual(wanted);
  });

  it('says of resets, overlaps and changed bounds what the folding would say', async () => {
    const writer = store.writerOf('findings');
    const feed = (sink: TelemetrySink): void => streams.oddities(sink);
    feed(writer.sink);
    await writer.commit();
    const direct = folding(60_000);
    feed(direct.sink);
    const from = folding(60_000);
    await store.replay('findings', { windows: WINDOWS, resolutionMs: 60_000 }, from.sink);
    const codes = (quality: Folding): string[] => quality.finish().quality.map(({ code }) => code);
    const wanted = codes(direct);
    expect(wanted).toEqual(expect.arrayContaining(['overlapping-points', 'counter-reset', 'bounds-changed']));
    expect(codes(from)).toEqual(wanted);
  });
});
