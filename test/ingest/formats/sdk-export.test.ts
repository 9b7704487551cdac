import {
  type ISerializer,
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import { logs, metrics, resources, tracing } from '@opentelemetry/sdk-node';
import { describe, expect, it } from 'vitest';
import type { Signal } from '../../../src/ingest/formats/format.ts';
import { openDecoder } from '../../../src/ingest/formats/open-decoder.ts';
import { RecordingSink } from './recording-sink.ts';

const resource = resources.resourceFromAttributes({ 'service.name': 'gateway', 'service.version': '4.2.0' });

interface Encoding {
  readonly contentType: string;
  readonly metrics: ISerializer<metrics.ResourceMetrics, unknown>;
  readonly traces: ISerializer<tracing.ReadableSpan[], unknown>;
  readonly logs: ISerializer<logs.ReadableLogRecord[], unknown>;
}

const ENCODINGS: readonly Encoding[] = [
  {
    contentType: 'application/json',
    metrics: JsonMetricsSerializer,
    traces: JsonTraceSerializer,
    logs: JsonLogsSerializer,
  },
  {
    contentType: 'application/x-protobuf',
    metrics: ProtobufMetricsSerializer,
    traces: ProtobufTraceSerializer,
    logs: ProtobufLogsSerializer,
  },
];

function decode(contentType: string, signal: Signal, body: Uint8Array | undefined): RecordingSink {
  const sink = new RecordingSink();
  const { rows, problem } = openDecoder(contentType, signal, sink)!.decode(body!, 'export');
  expect(problem).toBeNull();
  expect(rows).toBe(sink.calls.length);
  return sink;
}

describe.each(ENCODINGS)('what the OpenTelemetry SDK serializes as $contentType', (encoding) => {
  const { contentType } = encoding;

  it('is read without a finding: counter, gauge, explicit and exponential histogram', async () => {
    const exporter = new metrics.InMemoryMetricExporter(metrics.AggregationTemporality.DELTA);
    const reader = new metrics.PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new metrics.MeterProvider({
      resource,
      readers: [reader],
      views: [{ instrumentName: 'wait', aggregation: { type: metrics.AggregationType.EXPONENTIAL_HISTOGRAM } }],
    });
    const meter = provider.getMeter('checkout', '1.0.0');
    meter.createCounter('calls', { unit: '{call}' }).add(3, { 'http.route': '/orders' });
    meter.createUpDownCounter('open').add(-2);
    const duration = meter.createHistogram('duration', { unit: 's', advice: { explicitBucketBoundaries: [0.1, 1] } });
    for (const seconds of [0.05, 0.5, 0.7, 3]) duration.record(seconds, { 'http.route': '/orders' });
    const wait = meter.createHistogram('wait', { unit: 's' });
    for (const seconds of [0, 1, 2, 4]) wait.record(seconds);
    await provider.forceFlush();
    const sink = decode(contentType, 'metrics', encoding.metrics.serializeRequest(exporter.getMetrics()[0]!));
    await provider.shutdown();
    expect(sink.rejections).toEqual([]);
    const shown = new Map(
      sink.calls.map(([kind, stream, , , ...values]) => {
        const [, scope, metric, ...identity] = stream as unknown[];
        return [metric, [kind, scope, ...identity, values]];
      }),
    );
    const route = [['http.route', '/orders']];
    expect([...shown.keys()].sort()).toEqual(['calls', 'duration', 'open', 'wait']);
    expect(shown.get('calls')).toEqual(['number', 'checkout@1.0.0', '{call}', 'sum', 'delta', true, route, [3]]);
    expect(shown.get('open')).toEqual(['number', 'checkout@1.0.0', '', 'sum', 'delta', false, [], [-2]]);
    const explicit = [4, 4.25, [0.1, 1], [1, 2, 1]];
    expect(shown.get('duration')).toEqual([
      'histogram',
      'checkout@1.0.0',
      's',
      'histogram',
      'delta',
      false,
      route,
      explicit,
    ]);
    type Exponential = [
      count: number,
      sum: number,
      scale: number,
      threshold: number,
      zeros: number,
      offset: number,
      buckets: number[],
    ];
    const [count, sum, , , zeros, , buckets] = shown.get('wait')!.at(-1) as Exponential;
    expect([count, sum, zeros, buckets.reduce((total, bucket) => total + bucket)]).toEqual([4, 7, 1, 3]);
  });

  it('is read without a finding: spans with links, events and status', () => {
    const exporter = new tracing.InMemorySpanExporter();
    const provider = new tracing.BasicTracerProvider({
      resource,
      spanProcessors: [new tracing.SimpleSpanProcessor(exporter)],
    });
    const tracer = provider.getTracer('checkout');
    const span = tracer.startSpan('POST /orders', {
      kind: 1,
      attributes: { 'http.response.status_code': 503, tried: [1, 2] },
    });
    span.addEvent('feature_flag.evaluation', { 'feature_flag.key': 'backoff.v2', 'feature_flag.result.variant': 'on' });
    span.setStatus({ code: 2 });
    span.end();
    const sink = decode(contentType, 'traces', encoding.traces.serializeRequest(exporter.getFinishedSpans()));
    expect(sink.rejections).toEqual([]);
    expect(sink.calls).toHaveLength(1);
    expect(sink.calls[0]![1]).toMatchObject({
      traceId: span.spanContext().traceId,
      spanId: span.spanContext().spanId,
      kind: 'server',
      failed: true,
      attributes: [
        ['http.response.status_code', '503'],
        ['tried', '[1,2]'],
      ],
      flags: [['backoff.v2', 'on']],
    });
  });

  it('is read without a finding: flag evaluations that come as log records', () => {
    const exporter = new logs.InMemoryLogRecordExporter();
    const provider = new logs.LoggerProvider({
      resource,
      processors: [new logs.SimpleLogRecordProcessor({ exporter })],
    });
    const logger = provider.getLogger('flags');
    const timestamp = new Date('2026-11-20T02:40:00Z');
    logger.emit({ body: 'nothing about flags', timestamp });
    logger.emit({
      eventName: 'feature_flag.evaluation',
      timestamp,
      attributes: { 'feature_flag.key': 'backoff.v2', 'feature_flag.result.variant': 'on' },
    });
    const sink = decode(contentType, 'logs', encoding.logs.serializeRequest(exporter.getFinishedLogRecords()));
    expect(sink.rejections).toEqual([]);
    const told = { timeMs: timestamp.getTime(), flag: 'backoff.v2', variant: 'on', traceId: '', spanId: '' };
    expect(sink.calls).toMatchObject([['flag', told]]);
  });
});
