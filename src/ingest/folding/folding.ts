import type { CellSink } from '../../domain/cell-run.ts';
import type { Cells, FlagEvaluationSeries } from '../../domain/cells.ts';
import type { QualityFinding } from '../../domain/quality.ts';
import type { NamedIndicator } from '../../domain/upgrade.ts';
import { assemblePrometheus } from '../prometheus/assemble-prometheus.ts';
import { BlockRange } from './block-range.ts';
import { callEdges } from './call-edges.ts';
import { compareSeries } from './cell-key.ts';
import { noteCoverage } from './coverage.ts';
import { EvaluationEvents, EvaluationTallies } from './flag-evaluations.ts';
import { LayoutTable } from './layout-table.ts';
import { foldMetrics } from './metric-cells.ts';
import { MetricSink } from './metric-sink.ts';
import { planSeries } from './metric-uses.ts';
import { QualityCounter } from './quality-counter.ts';
import { settledVersions } from './settled-versions.ts';
import { foldSpans } from './span-cells.ts';
import { SpanSink } from './span-sink.ts';
import { StreamFold } from './stream-fold.ts';
import { readMetrics, selectStreams } from './stream-selection.ts';

export interface FoldingSettings {
  readonly resolutionMs: number;
  readonly indicators: readonly NamedIndicator[];
  /** Attributes that the exposure rules of the changes name. */
  readonly exposureAttributes: ReadonlySet<string>;
  /** Milliseconds since the epoch; blocks outside are dropped. */
  readonly from?: number;
  readonly to?: number;
}

export interface Folded {
  readonly cells: Cells;
  readonly quality: QualityFinding[];
  /** Points and spans received. */
  readonly points: number;
  /** First and last instant of what was read; NaN where nothing was. */
  readonly firstMs: number;
  readonly lastMs: number;
}

export interface Folding {
  readonly sink: CellSink;
  /** To be called once: it lets go of what the sink stored. */
  finish(): Folded;
}

/** Points and spans in, cells out, in memory; whatever order they come in, the cells are the same. */
export function createFolding(settings: FoldingSettings): Folding {
  const { resolutionMs, indicators, exposureAttributes } = settings;
  const quality = new QualityCounter();
  const layouts = new LayoutTable();
  const range = new BlockRange(resolutionMs, settings.from, settings.to);
  const metrics = new MetricSink(readMetrics(indicators), layouts, quality);
  const spans = new SpanSink(exposureAttributes, quality);
  const events = new EvaluationEvents(range);
  const read: CellSink = {
    openStream: (identity) => metrics.openStream(identity),
    numberPoint: (stream, start, time, value) => metrics.numberPoint(stream, start, time, value),
    histogramPoint: metrics.histogramPoint.bind(metrics),
    exponentialPoint: metrics.exponentialPoint.bind(metrics),
    summaryPoint: (stream, start, time, count, sum) => metrics.summaryPoint(stream, start, time, count, sum),
    cellRun: (stream, run) => metrics.cellRun(stream, run),
    span: (span) => spans.span(span),
    flagEvaluation: (evaluation) => {
      spans.flagEvaluation(evaluation);
      events.add(evaluation);
    },
    reject: (code, where, detail) => quality.add(code, where, detail),
  };
  const sink = assemblePrometheus(read, { indicators, attributes: exposureAttributes });
  return { sink, finish };

  function finish(): Folded {
    sink.finish();
    const points = metrics.points + spans.received;
    const extent = extentOf([...metrics.streams, spans.table], settings);
    const evaluations = foldEvaluations();
    const selected = selectStreams(metrics.streams, exposureAttributes, quality);
    const settled = settledVersions([...selected.map(({ reporter }) => reporter), ...spans.reporters]);
    spans.settle(settled);
    const streams = selected.map((read) => ({ ...read, reporter: settled(read.reporter) }));
    const fromMetrics = foldMetrics(planSeries(streams, indicators, exposureAttributes), layouts, range, quality);
    const fromSpans = foldSpans(spans, range, quality);
    noteCoverage(fromMetrics, fromSpans, quality);
    const series = [...fromMetrics.series, ...fromSpans.series].sort(compareSeries);
    const calls = callEdges([...fromMetrics.calls, ...fromSpans.calls]);
    return {
      cells: { resolutionMs, series, calls, evaluations },
      quality: quality.findings(),
      points,
      ...extent,
    };
  }

  function foldEvaluations(): FlagEvaluationSeries[] {
    const tallies = new EvaluationTallies();
    tallies.addCounters(metrics.streams, new StreamFold(layouts, resolutionMs, quality), range);
    events.addTo(tallies);
    return tallies.series();
  }
}

type Extent = Pick<Folded, 'firstMs' | 'lastMs'>;

/** From the first to the last instant of all parts, within what is kept. */
function extentOf(parts: readonly Extent[], { from = -Infinity, to = Infinity }: FoldingSettings): Extent {
  const filled = parts.filter(({ firstMs, lastMs }) => firstMs <= lastMs && firstMs < to && lastMs >= from);
  if (filled.length === 0) return { firstMs: Number.NaN, lastMs: Number.NaN };
  const firstMs = filled.reduce((least, part) => Math.min(least, part.firstMs), Number.POSITIVE_INFINITY);
  const lastMs = filled.reduce((most, part) => Math.max(most, part.lastMs), Number.NEGATIVE_INFINITY);
  return { firstMs: Math.max(firstMs, from), lastMs: Math.min(lastMs, to) };
}
