import { type CellSink, runsAsPoints } from '../../domain/cell-run.ts';
import type { QualityCode } from '../../domain/quality.ts';
import { PROMETHEUS_SCOPE, type TelemetrySink } from '../../domain/telemetry.ts';
import type { NamedIndicator } from '../../domain/upgrade.ts';
import { LayoutTable } from '../folding/layout-table.ts';
import { MetricSink } from '../folding/metric-sink.ts';
import { HeldSeries } from './held-series.ts';
import { MetricNames } from './metric-names.ts';

/** Numbers of held streams, counted down from here: below all that sinks give out. */
const FIRST_HELD = -2;

export interface PrometheusSettings {
  readonly indicators?: readonly NamedIndicator[];
  /** Attributes that are read beside those of the conventions: what exposure rules and strata name. */
  readonly attributes?: Iterable<string>;
}

export interface PrometheusAssembly extends CellSink {
  /** Hands on what was held. To be called once, after the last point. */
  finish(): void;
}

/**
 * A sink that hands OpenTelemetry on as it comes and turns streams in the spelling of Prometheus into it: classic histograms
 * out of the series of their buckets, names and units as conventions and indicators have them, resources out of
 * `target_info`. Series of one histogram come in any order, so those that are read are held until the end.
 */
export function assemblePrometheus(
  inner: TelemetrySink | CellSink,
  settings: PrometheusSettings = {},
): PrometheusAssembly {
  const names = new MetricNames(settings.indicators ?? []);
  const layouts = new LayoutTable();
  const quality = { add: (code: QualityCode, where: string, detail = '') => inner.reject(code, where, detail) };
  const held = new MetricSink(() => true, layouts, quality);
  const hold = runsAsPoints(held);
  const handOn: CellSink['cellRun'] =
    'cellRun' in inner ? (stream, run) => inner.cellRun(stream, run) : runsAsPoints(inner);
  return {
    openStream: (identity) => {
      const isHeld = identity.scope === PROMETHEUS_SCOPE && names.useOf(identity.metric) !== null;
      return isHeld ? FIRST_HELD - held.openStream(identity) : inner.openStream(identity);
    },
    numberPoint: (stream, start, time, value) => {
      if (stream > FIRST_HELD) inner.numberPoint(stream, start, time, value);
      else held.numberPoint(FIRST_HELD - stream, start, time, value);
    },
    histogramPoint: (stream, start, time, count, sum, bounds, buckets) => {
      if (stream > FIRST_HELD) inner.histogramPoint(stream, start, time, count, sum, bounds, buckets);
      else held.histogramPoint(FIRST_HELD - stream, start, time, count, sum, bounds, buckets);
    },
    exponentialPoint: (stream, start, time, count, sum, scale, threshold, zero, offset, buckets) => {
      if (stream > FIRST_HELD) {
        inner.exponentialPoint(stream, start, time, count, sum, scale, threshold, zero, offset, buckets);
      } else
        held.exponentialPoint(FIRST_HELD - stream, start, time, count, sum, scale, threshold, zero, offset, buckets);
    },
    summaryPoint: (stream, start, time, count, sum, quantiles, values) => {
      if (stream > FIRST_HELD) inner.summaryPoint(stream, start, time, count, sum, quantiles, values);
      else held.summaryPoint(FIRST_HELD - stream, start, time, count, sum);
    },
    cellRun: (stream, run) => {
      if (stream > FIRST_HELD) handOn(stream, run);
      else hold(FIRST_HELD - stream, run);
    },
    span: (span) => inner.span(span),
    flagEvaluation: (evaluation) => inner.flagEvaluation(evaluation),
    reject: (code, where, detail) => inner.reject(code, where, detail),
    finish: () => {
      new HeldSeries(inner, names, layouts, settings.attributes ?? []).handOn(held.streams);
    },
  };
}
