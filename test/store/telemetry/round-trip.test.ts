import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Span, StreamIdentity } from '../../../src/domain/telemetry.ts';
import type { ClickHouseTelemetryStore } from '../../../src/store/telemetry/clickhouse-telemetry-store.ts';
import { describeWithEngine, openStore, temporaryFolder } from './opened-store.ts';
import { RecordingSink } from './recording-sink.ts';

const T0 = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;
const RESOURCE = new Map([
  ['service.name', 'shop'],
  ['service.instance.id', 'a'],
]);

function identity(metric: string, over: Partial<StreamIdentity> = {}): StreamIdentity {
  return {
    resource: RESOURCE,
    scope: 'lib@1',
    metric,
    unit: 's',
    kind: 'gauge',
    temporality: 'instant',
    monotonic: false,
    attributes: new Map([['http.route', "/o'rders\\ü\n"]]),
    ...over,
  };
}

const SPAN: Span = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: '00f067aa0ba902b7',
  parentSpanId: '',
  kind: 'client',
  name: 'GET',
  startMs: T0 + 1.0625,
  endMs: T0 + 31.5,
  failed: true,
  resource: RESOURCE,
  attributes: new Map([['server.address', 'pay']]),
  flags: new Map([['f', 'on']]),
  linkedSpanIds: ['00f067aa0ba902b8'],
};

describeWithEngine('what was stored', () => {
  const folder = temporaryFolder();
  let store: ClickHouseTelemetryStore;
  beforeAll(async () => {
    store = await openStore(folder.path);
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  async function replayed(tenant: string): Promise<RecordingSink> {
    const sink = new RecordingSink();
    await store.replay(tenant, { windows: [{ startMs: T0 - HOUR, endMs: T0 + HOUR }], resolutionMs: 60_000 }, sink);
    return sink;
  }

  it('comes back as it was, samples, deltas, spans and flag evaluations', async () => {
    const writer = store.writerOf('t1');
    const { sink } = writer;
    const gauge = sink.openStream(identity('queue'));
    sink.numberPoint(gauge, Number.NaN, T0 + 0.25, -1.5);
    const delta = sink.openStream(identity('delta', { kind: 'histogram', temporality: 'delta' }));
    sink.histogramPoint(delta, T0, T0 + 60_000, 6, 1.25, [0.1, 0.5], [1, 2, 3]);
    sink.histogramPoint(delta, T0 + 60_000, T0 + 120_000, 2.5, Number.NaN, [0.1], [0.5, 2]);
    sink.histogramPoint(delta, T0 + 120_000, T0 + 180_000, 2 ** 40, 7, [], []);
    const exponential = sink.openStream(identity('exp', { kind: 'exponential-histogram', temporality: 'delta' }));
    sink.exponentialPoint(exponential, T0, T0 + 60_000, 6, 3, -2, 1e-9, 3, -5, [1, 2 ** 33]);
    sink.span(SPAN);
    const evaluation = { timeMs: T0, traceId: SPAN.traceId, spanId: '', resource: RESOURCE, flag: 'f', variant: 'on' };
    sink.flagEvaluation(evaluation);
    expect(await writer.commit()).toEqual({ accepted: 7, rejected: 0, reasons: [] });

    const read = await replayed('t1');
    const of = (metric: string) =>
      read.points
        .filter((point) => point.metric === metric)
        .map(({ startMs, timeMs, count, sum, buckets, shape }) => [startMs, timeMs, count, sum, buckets, shape]);
    expect(of('queue')).toEqual([[Number.NaN, T0 + 0.25, -1.5, Number.NaN, [], []]]);
    expect(of('delta')).toEqual([
      [T0, T0 + 60_000, 6, 1.25, [1, 2, 3], [0.1, 0.5]],
      [T0 + 60_000, T0 + 120_000, 2.5, Number.NaN, [0.5, 2], [0.1]],
      [T0 + 120_000, T0 + 180_000, 2 ** 40, 7, [], []],
    ]);
    expect(of('exp')).toEqual([[T0, T0 + 60_000, 6, 3, [1, 2 ** 33], [-2, 1e-9, 3, -5]]]);
    expect(read.points[0]!.identity.attributes).toEqual(identity('x').attributes);
    expect(read.spans).toEqual([SPAN]);
    expect(read.evaluations).toEqual([evaluation]);
  });

  it.each([15, 16, 17, 40])(
    'keeps each of %i buckets in its place, of deltas and of what was added since hours ago',
    async (buckets) => {
      const tenant = `buckets-${buckets}`;
      const bounds = Array.from({ length: buckets - 1 }, (_, i) => 0.01 * (i + 1));
      const before = Array.from({ length: buckets }, (_, i) => 1000 + 7 * i * i);
      const added = Array.from({ length: buckets }, (_, i) => 3 + i);
      const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
      const writer = store.writerOf(tenant);
      const delta = writer.sink.openStream(identity('delta', { kind: 'histogram', temporality: 'delta' }));
      writer.sink.histogramPoint(delta, T0, T0 + 60_000, total(added), 1.5, bounds, added);
      const cumulative = { kind: 'histogram', temporality: 'cumulative', monotonic: true } as const;
      const stream = writer.sink.openStream(identity('cumulative', cumulative));
      const after = before.map((count, i) => count + added[i]!);
      for (const [timeMs, counts] of [
        [T0 - 5 * HOUR, before],
        [T0 + 60_000, after],
      ] as const) {
        writer.sink.histogramPoint(stream, T0 - 6 * HOUR, timeMs, total(counts), 0.5 * total(counts), bounds, counts);
      }
      await writer.commit();
      const sink = new RecordingSink();
      const windows = [{ startMs: T0 - 6 * HOUR, endMs: T0 + HOUR }];
      await store.replay(tenant, { windows, resolutionMs: 60_000 }, sink);
      const of = (metric: string) =>
        sink.points.filter((point) => point.metric === metric).map((point) => point.buckets);
      expect(of('delta')).toEqual([added]);
      expect(of('cumulative')).toContainEqual(added);
    },
  );

  it('counts once however often it was sent, and keeps what came first', async () => {
    const digests = new Set<string>();
    for (const value of [1, 1, 2]) {
      const writer = store.writerOf('t2');
      const gauge = writer.sink.openStream(identity('queue'));
      writer.sink.numberPoint(gauge, Number.NaN, T0, value);
      writer.sink.span(SPAN);
      await writer.commit();
      const sink = new RecordingSink();
      const request = { windows: [{ startMs: T0, endMs: T0 + HOUR }], resolutionMs: 60_000 };
      digests.add((await store.replay('t2', request, sink)).digest);
    }
    const read = await replayed('t2');
    expect(read.points.map(({ count }) => count)).toEqual([1]);
    expect(read.spans).toHaveLength(1);
    expect(digests.size).toBe(1);
  });

  it('is seen by its own tenant only', async () => {
    expect((await replayed('t3')).points).toEqual([]);
    expect(await store.latestMs('t3')).toBeNaN();
    expect(await store.latestMs('t1')).toBeCloseTo(T0 + 180_000, 3);
  });

  it('does not hold what was rolled back, but what the same writer hands in after it', async () => {
    const writer = store.writerOf('t4');
    const gauge = writer.sink.openStream(identity('queue'));
    writer.sink.numberPoint(gauge, Number.NaN, T0, 1);
    writer.sink.reject('bad-point', 'somewhere', '');
    writer.rollback();
    writer.sink.numberPoint(gauge, Number.NaN, T0 + 1, 2);
    expect(await writer.commit()).toEqual({ accepted: 1, rejected: 0, reasons: [] });
    expect((await replayed('t4')).points.map(({ count }) => count)).toEqual([2]);
  });
});
