import type { CellSeries, Cells } from '../../../src/domain/cells.ts';
import type { QualityCode } from '../../../src/domain/quality.ts';
import type { FlagEvaluation, Span, StreamIdentity, TelemetrySink } from '../../../src/domain/telemetry.ts';
import { createFolding, type Folded, type FoldingSettings } from '../../../src/ingest/folding/folding.ts';

export const MINUTE = 60_000;
/** A whole number of minutes since the epoch. */
export const T0 = 1_795_132_800_000;
export const BOUNDS = [0.1, 1];

export function at(minute: number): number {
  return T0 + minute * MINUTE;
}

export function attributes(values: Record<string, string> = {}): Map<string, string> {
  return new Map(Object.entries(values));
}

export const GATEWAY = attributes({
  'service.name': 'gateway',
  'service.instance.id': 'gateway-1',
  'service.version': '4.1.9',
});

export function identity(over: Partial<StreamIdentity> = {}): StreamIdentity {
  return {
    resource: GATEWAY,
    scope: 'test',
    metric: 'http.server.request.duration',
    unit: 's',
    kind: 'histogram',
    temporality: 'cumulative',
    monotonic: true,
    attributes: attributes({
      'http.request.method': 'GET',
      'http.route': '/orders',
      'http.response.status_code': '200',
    }),
    ...over,
  };
}

export function span(over: Partial<Span> = {}): Span {
  return {
    traceId: 't1',
    spanId: 's1',
    parentSpanId: '',
    kind: 'server',
    name: 'GET /orders',
    startMs: at(0),
    endMs: at(0) + 100,
    failed: false,
    resource: GATEWAY,
    attributes: attributes({ 'http.request.method': 'GET', 'http.route': '/orders' }),
    flags: new Map(),
    linkedSpanIds: [],
    ...over,
  };
}

const CLIENT_ATTRIBUTES = { 'http.request.method': 'POST', 'server.address': 'payments' };

export function clientSpan(over: Partial<Span> = {}, more: Record<string, string> = {}): Span {
  return span({
    kind: 'client',
    parentSpanId: 's1',
    name: 'POST',
    attributes: attributes({ ...CLIENT_ATTRIBUTES, ...more }),
    ...over,
  });
}

export function evaluation(over: Partial<FlagEvaluation> = {}): FlagEvaluation {
  return {
    timeMs: at(0),
    traceId: 't1',
    spanId: 's1',
    resource: GATEWAY,
    flag: 'backoff',
    variant: 'on',
    ...over,
  };
}

export function fold(feed: (sink: TelemetrySink) => void, settings: Partial<FoldingSettings> = {}): Folded {
  const folding = createFolding({
    resolutionMs: MINUTE,
    indicators: [],
    exposureAttributes: new Set(),
    ...settings,
  });
  feed(folding.sink);
  return folding.finish();
}

export function codes(folded: Folded): QualityCode[] {
  return folded.quality.map(({ code }) => code);
}

export function only(folded: Folded): CellSeries {
  const [series, ...others] = folded.cells.series;
  if (series === undefined || others.length > 0) throw new Error(`${folded.cells.series.length} series, not one`);
  return series;
}

/** Minutes after `T0` and what was counted in them. */
export function countsByMinute(series: CellSeries): [number, number][] {
  return Array.from(series.block, (block, row) => [block - T0 / MINUTE, series.count[row] ?? Number.NaN]);
}

export function bucketsOfRow(series: CellSeries, row: number): number[] {
  const histogram = series.histogram;
  if (histogram === null) return [];
  return [...histogram.counts.subarray(histogram.firstCount[row], histogram.firstCount[row + 1])];
}

/** Cells as plain values: typed arrays and maps compare by content. */
export function plain(cells: Cells): unknown {
  return JSON.parse(
    JSON.stringify(cells, (_name, value: unknown) => {
      if (value instanceof Map) return [...value];
      if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, String);
      return value;
    }),
  );
}

/** One delta point a minute given. */
export function delta(over = {}, minutes: readonly number[] = [0], buckets: readonly number[] = [3, 2, 1]) {
  return (sink: TelemetrySink) => {
    const stream = sink.openStream(identity({ temporality: 'delta', ...over }));
    const count = buckets.reduce((a, b) => a + b, 0);
    for (const minute of minutes)
      sink.histogramPoint(stream, at(minute), at(minute + 1), count, count, BOUNDS, buckets);
  };
}

export function withStatus(status: string, more: Record<string, string> = {}) {
  return attributes({
    'http.request.method': 'GET',
    'http.route': '/orders',
    'http.response.status_code': status,
    ...more,
  });
}
