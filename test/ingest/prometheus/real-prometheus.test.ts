import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { compress } from 'snappyjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFolding } from '../../../src/ingest/folding/folding.ts';
import { ByteBudget } from '../../../src/ingest/routes/byte-budget.ts';
import { remoteWriteRoutes } from '../../../src/ingest/routes/remote-write.ts';
import { readSources } from '../../../src/ingest/sources/index.ts';
import { installedPrometheus, PrometheusProcess } from '../../support/prometheus-process.ts';
import { MINUTE } from '../folding/telemetry-fixture.ts';
import { type SeriesFields, writeRequest } from '../formats/remote-write/write-messages.ts';
import { MemoryStore, OPEN_INTAKE } from '../routes/memory-store.ts';
import { BOUNDS, feedOtlp, folded, SCRAPE_MS, samplesOf, type Traffic } from './traffic.ts';

const version = installedPrometheus();
if (version === null) console.warn('SKIPPED: no prometheus on this machine, so none wrote to us or was read');

const SCRAPES = 20;
/** Prometheus passes on only what is younger than itself, so the samples lie a little ahead. */
const FIRST_MS = Math.ceil((Date.now() + 60_000) / 60_000) * 60_000;
const NATIVE = {
  schema: 3,
  sum: 4.5,
  zero_threshold: 0.001,
  zero_count_int: 1,
  positive_spans: [
    { offset: -2, length: 2 },
    { offset: 3, length: 1 },
  ],
  positive_deltas: [3, -1, 4],
  count_int: 12,
};

const traffic: Traffic[] = ['/orders', '/basket'].map((route, i) => ({
  instance: 'gateway-1:9464',
  version: '4.2.0',
  route,
  status: '200',
  scrapes: Array.from({ length: SCRAPES }, (_, n) => ({
    startMs: Number.NaN,
    timeMs: FIRST_MS + n * SCRAPE_MS,
    sum: n / 4,
    buckets: BOUNDS.map((_, bucket) => n * (bucket + i)).concat(n),
  })),
}));

interface NamedSamples {
  readonly labels: Record<string, string>;
  readonly samples: { readonly value: number; readonly timestamp: number }[];
}

/** The traffic as series of a write request, a native histogram and what says that nothing was recorded. */
function seriesOf(): SeriesFields[] {
  const bySeries = new Map<string, NamedSamples>();
  for (const { identity, timeMs, value } of samplesOf(traffic)) {
    const instance = identity.resource.get('service.instance.id')!;
    const labels = {
      __name__: identity.metric,
      job: 'gateway',
      instance,
      ...Object.fromEntries(identity.attributes),
    };
    const key = JSON.stringify(labels);
    const one: NamedSamples = bySeries.get(key) ?? { labels, samples: [] };
    bySeries.set(key, one);
    const isNew = one.samples.every(({ timestamp }) => timestamp !== timeMs);
    if (isNew) one.samples.push({ value, timestamp: timeMs });
  }
  const sorted = (labels: Record<string, string>) => Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const odd = { labels: sorted({ __name__: 'idle_quantile' }), samples: [{ value: Number.NaN, timestamp: FIRST_MS }] };
  const native = {
    labels: sorted({ __name__: 'http_client_request_duration_seconds', job: 'gateway', instance: 'gateway-1:9464' }),
    histograms: [{ ...NATIVE, timestamp: FIRST_MS }],
  };
  return [...[...bySeries.values()].map((one) => ({ ...one, labels: sorted(one.labels) })), odd, native];
}

describe.skipIf(version === null)(`Prometheus ${version}`, { timeout: 120_000 }, () => {
  const store = new MemoryStore();
  let receiver: Server;
  let prometheus: PrometheusProcess;
  const sent = seriesOf();
  const sampleCount = sent.reduce((sum, { samples = [] }) => sum + samples.length, 0);

  beforeAll(async () => {
    const app = remoteWriteRoutes({
      tenantOf: async () => 'acme',
      writerOf: (tenant) => store.writerOf(tenant),
      budget: new ByteBudget(2 ** 30),
      intake: OPEN_INTAKE,
      wireLimitBytes: 2 ** 23,
      decodedLimitBytes: 2 ** 25,
      onAnswer: () => undefined,
    });
    const port = await new Promise<number>((resolve) => {
      receiver = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (info) => resolve(info.port)) as Server;
    });
    prometheus = await PrometheusProcess.start({ url: `http://127.0.0.1:${port}/api/v1/write` });
    const answer = await fetch(`${prometheus.url}/api/v1/write`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
      body: Buffer.from(compress(writeRequest(sent))),
    });
    expect([answer.status, await answer.text()]).toEqual([204, '']);
  }, 120_000);

  afterAll(async () => {
    await prometheus?.stop();
    await new Promise((resolve) => receiver?.close(resolve));
  });

  it('writes every sample to us once, bit for bit', async () => {
    const { stored } = store.writerOf('acme');
    const expected = sampleCount;
    const deadline = Date.now() + 60_000;
    while (stored.length < expected && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 200));
    const told = (labels: Record<string, string>) => labels.__name__ !== 'idle_quantile';
    const wanted = sent.flatMap(({ labels, samples = [] }) =>
      samples
        .filter(() => told(Object.fromEntries(labels as [string, string][])))
        .map(({ value, timestamp }) => {
          const { __name__, job: _, instance: __, ...rest } = Object.fromEntries(labels as [string, string][]);
          return JSON.stringify([__name__, rest, timestamp, value]);
        }),
    );
    const got = stored
      .filter(([kind]) => kind === 'number')
      .map(([, identity, , timeMs, value]) => {
        const [, , metric, , , , , labels] = identity as unknown[];
        return JSON.stringify([metric, Object.fromEntries(labels as [string, string][]), timeMs, value]);
      });
    expect(got.sort()).toEqual(wanted.sort());
    const native = stored.filter(([kind]) => kind === 'exponential').map((call) => call.slice(2));
    expect(native).toEqual([[Number.NaN, FIRST_MS, 12, 4.5, 3, 0.001, 1, -3, [3, 2, 0, 0, 0, 6]]]);
  });

  it('is read as what was written to it, and its password never shown', async () => {
    const wanted = { startMs: FIRST_MS - 60_000, endMs: FIRST_MS + SCRAPES * SCRAPE_MS, indicators: [] };
    const url = `http://user:secret@${new URL(prometheus.url).host}`;
    const folding = createFolding({ resolutionMs: MINUTE, indicators: [], exposureAttributes: new Set() });
    const summary = await readSources([{ kind: 'prometheus', url }], '.', folding.sink, { wanted });
    const { cells, quality } = folding.finish();
    expect(cells).toEqual(folded((sink) => feedOtlp(sink, traffic)).cells);
    expect(quality).toEqual([]);
    expect(summary.rows).toBe(sampleCount);
    const refused = readSources([{ kind: 'prometheus', url: `${url}/nowhere` }], '.', folding.sink, { wanted });
    await expect(refused).rejects.toMatchObject({ code: 'unreadable' });
    await expect(refused).rejects.not.toThrow(/secret/);
  });
});
