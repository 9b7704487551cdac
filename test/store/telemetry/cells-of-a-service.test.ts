import { afterAll, beforeAll, expect, it } from 'vitest';
import { foldStored } from '../../../src/fold-stored.ts';
import type { ClickHouseTelemetryStore } from '../../../src/store/telemetry/clickhouse-telemetry-store.ts';
import { at, attributes, BOUNDS, identity, plain, span } from '../../ingest/folding/telemetry-fixture.ts';
import { describeWithEngine, openStore, temporaryFolder } from './opened-store.ts';
import { RecordingSink } from './recording-sink.ts';

const WINDOW = { startMs: at(0), endMs: at(10) };

describeWithEngine('cells of one service', () => {
  const folder = temporaryFolder();
  let store: ClickHouseTelemetryStore;
  beforeAll(async () => {
    store = await openStore(folder.path, { commit: { spacingMs: 0 }, cells: { settleMs: 0 } });
    const writer = store.writerOf('t');
    for (const service of ['gateway', 'payments']) {
      const resource = attributes({ 'service.name': service, 'service.instance.id': `${service}-1` });
      const cumulative = writer.sink.openStream(identity({ resource }));
      const delta = writer.sink.openStream(
        identity({ resource, metric: 'rpc.server.call.duration', temporality: 'delta' }),
      );
      for (let minute = 1; minute < 9; minute++) {
        writer.sink.histogramPoint(cumulative, at(0), at(minute), minute, minute, BOUNDS, [minute, 0, 0]);
        writer.sink.histogramPoint(delta, at(minute - 1), at(minute), 2, 1, BOUNDS, [1, 1, 0]);
      }
      writer.sink.span(span({ resource, traceId: 'a'.repeat(32), spanId: service.slice(0, 1).repeat(16) }));
    }
    await writer.commit();
  });
  afterAll(async () => {
    await store.close();
    folder.remove();
  });

  it('are those that the cells of all services have of it, whether kept or calculated', async () => {
    const wanted = { tenant: 't', endpoint: null, window: WINDOW };
    const first = await foldStored({ ...wanted, service: 'payments' }, store);
    const all = await foldStored({ ...wanted, service: null }, store);
    const again = await foldStored({ ...wanted, service: 'payments' }, store);
    const ofService = all.series.filter(({ key }) => key.service === 'payments');
    expect(ofService.length).toBeGreaterThan(1);
    for (const cells of [first, again])
      expect(plain({ ...all, series: cells.series })).toEqual(plain({ ...all, series: ofService }));
  });

  it('are read without the metrics of others', async () => {
    const sink = new RecordingSink();
    await store.replay('t', { windows: [WINDOW], resolutionMs: 60_000, service: 'payments' }, sink);
    expect(new Set(sink.points.map(({ metric }) => metric)).size).toBe(2);
    expect(new Set(sink.points.map((point) => point.identity.resource.get('service.name')))).toEqual(
      new Set(['payments']),
    );
  });
});
