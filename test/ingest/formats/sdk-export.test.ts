import { JsonMetricsSerializer, JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { metrics, resources, tracing } from '@opentelemetry/sdk-node';
import { describe, expect, it } from 'vitest';
import { otlpJson } from '../../../src/ingest/formats/otlp-json.ts';
import { RecordingSink } from './recording-sink.ts';

const resource = resources.resourceFromAttributes({ 'service.name': 'gateway', 'service.version': '4.2.0' });

function decode(line: Uint8Array | undefined): RecordingSink {
  const sink = new RecordingSink();
  otlpJson.open(sink).decodeLine(line!, 'export');
  return sink;
}

describe('what the OpenTelemetry SDK serializes', () => {
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
    const sink = decode(JsonMetricsSerializer.serializeRequest(exporter.getMetrics()[0]!));
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
    const sink = decode(JsonTraceSerializer.serializeRequest(exporter.getFinishedSpans()));
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
});
