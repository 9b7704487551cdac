import type { QualityCode } from '../../../domain/quality.ts';
import type { TelemetrySink } from '../../../domain/telemetry.ts';
import type { BoundsOf } from './layouts.ts';
import { PointEmitter } from './point-emitter.ts';
import type { RowReader } from './row-reader.ts';
import type { OpenedStream, StreamDirectory } from './stream-directory.ts';

/** What was noticed in one stream, in numbers of points. */
interface Findings {
  resets: number;
  overlaps: number;
  boundsChanges: number;
}

/** Of a second cell in a block: it begins at an unknown time and ends soon after the block begins. */
const SECOND_CELL_MS = 0.5;

/**
 * Hands out cells as delta points of their blocks. Nothing was added between two cells of a stream: an empty point says
 * so, for a delta stream with a hole would be one that lost points.
 */
export class CellEmitter {
  cells = 0;
  readonly #sink: TelemetrySink;
  readonly #streams: StreamDirectory;
  readonly #point: PointEmitter;
  readonly #endMs = new Map<OpenedStream, number>();
  readonly #findings = new Map<OpenedStream, Findings>();
  #stream: OpenedStream | null = null;
  #streamLow = -1;
  #streamHigh = -1;
  #increments = 0;
  #resets = 0;
  #overlaps = 0;
  #boundsChanges = 0;

  constructor(sink: TelemetrySink, boundsOf: BoundsOf, streams: StreamDirectory) {
    this.#sink = sink;
    this.#streams = streams;
    this.#point = new PointEmitter(sink, boundsOf);
  }

  readonly read = (reader: RowReader): void => {
    this.#point.read(reader);
    this.#increments = reader.uint32();
    this.#resets = reader.uint32();
    this.#overlaps = reader.uint32();
    this.#boundsChanges = reader.uint32();
  };

  readonly emit = (): void => {
    const stream = this.#opened();
    if (stream === null) return;
    this.#note(stream);
    if (this.#increments === 0) return;
    this.cells++;
    const point = this.#point;
    const { startMs, timeMs } = point;
    const endMs = this.#endMs.get(stream) ?? startMs;
    if (startMs < endMs) {
      point.emitAt(stream, Number.NaN, startMs + SECOND_CELL_MS);
      return;
    }
    if (startMs > endMs) point.emitEmpty(stream, endMs, startMs);
    point.emitAt(stream, startMs, timeMs);
    this.#endMs.set(stream, timeMs);
  };

  /** Says once per stream what was noticed. */
  report(): void {
    for (const [{ place }, { resets, overlaps, boundsChanges }] of this.#findings) {
      this.#reject('counter-reset', place, resets);
      this.#reject('overlapping-points', place, overlaps);
      this.#reject('bounds-changed', place, boundsChanges);
    }
  }

  #opened(): OpenedStream | null {
    const { streamLow, streamHigh } = this.#point;
    if (streamLow !== this.#streamLow || streamHigh !== this.#streamHigh) {
      this.#streamLow = streamLow;
      this.#streamHigh = streamHigh;
      this.#stream = this.#streams.openIncrements(this.#sink, streamLow, streamHigh);
    }
    return this.#stream;
  }

  #note(stream: OpenedStream): void {
    if (this.#resets + this.#overlaps + this.#boundsChanges === 0) return;
    const findings = this.#findings.get(stream) ?? { resets: 0, overlaps: 0, boundsChanges: 0 };
    this.#findings.set(stream, findings);
    findings.resets += this.#resets;
    findings.overlaps += this.#overlaps;
    findings.boundsChanges += this.#boundsChanges;
  }

  #reject(code: QualityCode, place: string, points: number): void {
    if (points > 0) this.#sink.reject(code, place, points === 1 ? '' : `${points} times`);
  }
}
