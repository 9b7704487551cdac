import { OTLPMetricExporter as JsonMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter as JsonTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { metrics, NodeSDK, tracing } from '@opentelemetry/sdk-node';
import { BothExporter } from './both-exporter.ts';
import { METRICS_PORT_VARIABLE, RECORDER_VARIABLE } from './destinations.ts';
import { serveMetrics } from './metrics-page.ts';

/** For OTLP; Prometheus knows explicit buckets only, and gets those that the instruments advise. */
const EXPONENTIAL: metrics.AggregationOption = {
  type: metrics.AggregationType.EXPONENTIAL_HISTOGRAM,
  options: { recordMinMax: false },
};
const DEFAULT: metrics.AggregationOption = { type: metrics.AggregationType.DEFAULT };
const shape = {
  aggregationPreference: (instrument: metrics.InstrumentType) =>
    instrument === metrics.InstrumentType.HISTOGRAM ? EXPONENTIAL : DEFAULT,
};

/** Tells the recorder everything, and where there are such, a service over OTLP and whoever scrapes. */
export function startTelemetry(): NodeSDK {
  const { env } = process;
  const recorder = env[RECORDER_VARIABLE] ?? '';
  const hasService = (env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '') !== '';
  const spanExporters = [
    new JsonTraceExporter({ url: `${recorder}/v1/traces` }),
    ...(hasService ? [new OTLPTraceExporter()] : []),
  ];
  const recording = new JsonMetricExporter({ url: `${recorder}/v1/metrics`, ...shape });
  const exporter = hasService ? new BothExporter(new OTLPMetricExporter(shape), recording) : recording;
  const intervalMs = Number(env.OTEL_METRIC_EXPORT_INTERVAL);
  const periodic = new metrics.PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: intervalMs,
  });
  const page = scrapedReader(Number(env[METRICS_PORT_VARIABLE] ?? ''));
  const sdk = new NodeSDK({
    metricReaders: page === null ? [periodic] : [periodic, page],
    spanProcessors:
      env.OTEL_TRACES_EXPORTER === 'none' ? [] : spanExporters.map((one) => new tracing.BatchSpanProcessor(one)),
  });
  sdk.start();
  return sdk;
}

function scrapedReader(port: number): PrometheusExporter | null {
  if (port === 0) return null;
  const exporter = new PrometheusExporter({ preventServerStart: true });
  serveMetrics(exporter, port);
  return exporter;
}
