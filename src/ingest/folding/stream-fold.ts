import { foldCumulative, usualIntervalMs } from './cumulative.ts';
import { foldDelta, foldRuns, foldSamples } from './delta.ts';
import { type IncrementVisitor, noFindings, type StreamFindings } from './increment.ts';
import type { LayoutTable } from './layout-table.ts';
import { PointRows } from './point-rows.ts';
import type { QualityCounter } from './quality-counter.ts';
import { orderRows, type RowKind } from './row-order.ts';
import type { Stream } from './stream-table.ts';

/** Hands out what the points of a stream add, in time order, and notes once per stream what was odd about them. */
export class StreamFold {
  readonly #layouts: LayoutTable;
  readonly #resolutionMs: number;
  readonly #quality: QualityCounter;
  readonly #points = new PointRows();
  readonly #reported = new Set<Stream>();

  constructor(layouts: LayoutTable, resolutionMs: number, quality: QualityCounter) {
    this.#layouts = layouts;
    this.#resolutionMs = resolutionMs;
    this.#quality = quality;
  }

  fold(stream: Stream, where: string, visit: IncrementVisitor): void {
    const findings = noFindings();
    if (stream.runs.length > 0) foldRuns(stream.runs, this.#layouts, findings, visit);
    else this.#foldPoints(stream, findings, visit);
    this.#report(stream, where, findings);
  }

  #foldPoints(stream: Stream, findings: StreamFindings, visit: IncrementVisitor): void {
    const kind = rowKindOf(stream);
    this.#points.load(stream.points);
    const { rows, duplicates } = orderRows(this.#points, this.#layouts, kind);
    findings.duplicates = duplicates;
    if (kind === 'sample') foldSamples(this.#points, rows, visit);
    else if (kind === 'cumulative') this.#foldCumulative(stream, rows, findings, visit);
    else foldDelta(this.#points, rows, this.#layouts, findings, visit);
  }

  #foldCumulative(stream: Stream, rows: Uint32Array, findings: StreamFindings, visit: IncrementVisitor): void {
    const context = {
      layouts: this.#layouts,
      intervalMs: usualIntervalMs(this.#points, rows) || this.#resolutionMs,
      firstExportMs: (startMs: number) => stream.firstExportMs(startMs),
    };
    foldCumulative(this.#points, rows, context, findings, visit);
  }

  #report(stream: Stream, where: string, findings: StreamFindings): void {
    if (this.#reported.has(stream)) return;
    this.#reported.add(stream);
    this.#quality.add('duplicate-point', where, '', findings.duplicates);
    this.#quality.add('counter-reset', where, '', findings.resets);
    this.#quality.add('delta-gap', where, '', findings.gaps);
    this.#quality.add('overlapping-points', where, '', findings.overlaps);
    this.#quality.add('bounds-changed', where, '', findings.boundsChanged);
  }
}

function rowKindOf(stream: Stream): RowKind {
  const { kind, temporality } = stream.identity;
  if (kind === 'summary') return 'cumulative';
  if (isInstantaneous(stream)) return 'sample';
  return temporality === 'delta' ? 'delta' : 'cumulative';
}

/** Gauges, and sums that may fall: a difference of theirs says nothing about resets. */
function isInstantaneous(stream: Stream): boolean {
  const { kind, temporality, monotonic } = stream.identity;
  return kind === 'gauge' || temporality === 'instant' || (kind === 'sum' && !monotonic && temporality !== 'delta');
}
