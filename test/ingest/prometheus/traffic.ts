import fc from 'fast-check';
import { PROMETHEUS_SCOPE, type StreamIdentity, type TelemetrySink } from '../../../src/domain/telemetry.ts';
import type { Folded, FoldingSettings } from '../../../src/ingest/folding/folding.ts';
import { createFolding } from '../../../src/ingest/folding/folding.ts';
import { attributes, MINUTE, T0 } from '../folding/telemetry-fixture.ts';

export const BOUNDS = [0.005, 0.01, 0.25, 1, 10];
export const SCRAPE_MS = 15_000;

/** What one process observed of one endpoint: a cumulative histogram at the times it was scraped. */
export interface Traffic {
  readonly instance: string;
  readonly version: string;
  readonly route: string;
  readonly status: string;
  readonly scrapes: readonly Scrape[];
}

export interface Scrape {
  /** NaN: unknown. */
  readonly startMs: number;
  readonly timeMs: number;
  readonly sum: number;
  /** Observations in each bucket since the start, one more than there are bounds. */
  readonly buckets: readonly number[];
}

/** A sample of one series. */
export interface Sample {
  readonly identity: StreamIdentity;
  readonly startMs: number;
  readonly timeMs: number;
  readonly value: number;
}

export const total = (buckets: readonly number[]) => buckets.reduce((sum, count) => sum + count, 0);

export function folded(feed: (sink: TelemetrySink) => void, settings: Partial<FoldingSettings> = {}): Folded {
  const folding = createFolding({ resolutionMs: MINUTE, indicators: [], exposureAttributes: new Set(), ...settings });
  feed(folding.sink);
  return folding.finish();
}

/** As an OpenTelemetry SDK exports it. */
export function feedOtlp(sink: TelemetrySink, traffic: readonly Traffic[]): void {
  for (const { instance, version, route, status, scrapes } of traffic) {
    const stream = sink.openStream({
      resource: attributes({ 'service.name': 'gateway', 'service.instance.id': instance, 'service.version': version }),
      scope: 'sdk',
      metric: 'http.server.request.duration',
      unit: 's',
      kind: 'histogram',
      temporality: 'cumulative',
      monotonic: false,
      attributes: attributes({
        'http.request.method': 'GET',
        'http.route': route,
        'http.response.status_code': status,
      }),
    });
    for (const { startMs, timeMs, sum, buckets } of scrapes) {
      sink.histogramPoint(stream, startMs, timeMs, total(buckets), sum, BOUNDS, buckets);
    }
  }
}

const BASE = 'http_server_request_duration_seconds';

export function series(metric: string, instance: string, labels: Record<string, string>): StreamIdentity {
  const isCounter = /_(bucket|sum|count|total)$/.test(metric);
  return {
    resource: attributes({ 'service.name': 'gateway', 'service.instance.id': instance }),
    scope: PROMETHEUS_SCOPE,
    metric,
    unit: '',
    kind: isCounter ? 'sum' : 'gauge',
    temporality: isCounter ? 'cumulative' : 'instant',
    monotonic: isCounter,
    attributes: attributes(labels),
  };
}

/** As Prometheus writes it: a series for each bucket, the sum and the count, and the version on target_info. */
export function samplesOf(traffic: readonly Traffic[]): Sample[] {
  return traffic.flatMap(({ instance, version, route, status, scrapes }) => {
    const labels = { http_request_method: 'GET', http_route: route, http_response_status_code: status };
    const named = (suffix: string, more: Record<string, string> = {}) =>
      series(`${BASE}_${suffix}`, instance, { ...labels, ...more });
    const info = series('target_info', instance, { service_version: version, telemetry_sdk_language: 'nodejs' });
    const les = [...BOUNDS.map(String), '+Inf'].map((le) => named('bucket', { le: le.includes('.') ? le : `${le}.0` }));
    les[BOUNDS.length] = named('bucket', { le: '+Inf' });
    return scrapes.flatMap(({ startMs, timeMs, sum, buckets }) => [
      { identity: info, startMs: Number.NaN, timeMs, value: 1 },
      { identity: named('sum'), startMs, timeMs, value: sum },
      { identity: named('count'), startMs, timeMs, value: total(buckets) },
      ...les.map((identity, i) => ({ identity, startMs, timeMs, value: total(buckets.slice(0, i + 1)) })),
    ]);
  });
}

export function feedSamples(sink: TelemetrySink, samples: readonly Sample[]): void {
  for (const { identity, startMs, timeMs, value } of samples) {
    sink.numberPoint(sink.openStream(identity), startMs, timeMs, value);
  }
}

/** Processes that come and go, are scraped with gaps, and start again now and then. */
export function arbitraryTraffic(): fc.Arbitrary<Traffic[]> {
  const scrape = fc.record({
    isMissed: fc.integer({ min: 0, max: 9 }).map((roll) => roll === 0),
    isRestart: fc.integer({ min: 0, max: 19 }).map((roll) => roll === 0),
    added: fc.array(fc.nat(50), { minLength: BOUNDS.length + 1, maxLength: BOUNDS.length + 1 }),
  });
  const one = fc.record({
    instance: fc.constantFrom('i-1:9464', 'i-2:9464'),
    route: fc.constantFrom('/orders', '/basket'),
    status: fc.constantFrom('200', '500'),
    first: fc.nat(20),
    knowsStart: fc.boolean(),
    scrapes: fc.array(scrape, { minLength: 1, maxLength: 30 }),
  });
  const selector = ({ instance, route, status }: { instance: string; route: string; status: string }) =>
    `${instance}${route}${status}`;
  return fc.uniqueArray(one, { selector, minLength: 1, maxLength: 6 }).map((all) =>
    all.map(({ instance, route, status, first, knowsStart, scrapes }) => {
      let startMs = T0 + (first - 1) * SCRAPE_MS;
      let buckets = new Array<number>(BOUNDS.length + 1).fill(0);
      const kept: Scrape[] = [];
      for (const [i, { isMissed, isRestart, added }] of scrapes.entries()) {
        const timeMs = T0 + (first + i) * SCRAPE_MS;
        if (isRestart) {
          startMs = timeMs - SCRAPE_MS / 2;
          buckets = added.map(() => 0);
        }
        buckets = buckets.map((count, bucket) => count + added[bucket]!);
        const sum = total(buckets) / 8;
        if (!isMissed) kept.push({ startMs: knowsStart ? startMs : Number.NaN, timeMs, sum, buckets });
      }
      return { instance, version: '4.2.0', route, status, scrapes: kept };
    }),
  );
}
