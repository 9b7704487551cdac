import type { QualityCode } from '../../../domain/quality.ts';
import type { TelemetrySink } from '../../../domain/telemetry.ts';
import type { BoundsOf } from './layouts.ts';
import type { Block } from './native-blocks.ts';
import { PointEmitter } from './point-emitter.ts';
import type { OpenedStream, StreamDirectory } from './stream-directory.ts';

/** What was noticed in one stream, in numbers of points. */
interface Findings {
  resets: number;
  overlaps: number;
  boundsChanges: number;
}

/** Where the columns of a cell lie behind those of a point. */
const PLACE = { increments: 11, resets: 12, overlaps: 13, boundsChanges: 14 } as const;

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
  readonly #findings = new Map<OpenedStream, Findings>();
  #stream: OpenedStream | null = null;
  #streamLow = -1;
  #streamHigh = -1;

  constructor(sink: TelemetrySink, boundsOf: BoundsOf, streams: StreamDirectory) {
    this.#sink = sink;
    this.#streams = streams;
    this.#point = new PointEmitter(sink, boundsOf);
  }

  emitAll(block: Block): void {
    for (let row = 0; row < block.rows; row++) this.#emit(block, row);
  }

  #emit(block: Block, row: number): void {
    const point = this.#point;
    point.load(block, row);
    const stream = this.#opened();
    if (stream === null) return;
    this.#note(block, row, stream);
    if (block.columns[PLACE.increments]!.words[row] === 0) return;
    this.cells++;
    const { startMs, timeMs } = point;
    if (Number.isNaN(stream.endMs)) stream.endMs = startMs;
    if (startMs < stream.endMs) {
      point.emitAt(stream, Number.NaN, startMs + SECOND_CELL_MS);
      return;
    }
    if (startMs > stream.endMs) point.emitEmpty(stream, stream.endMs, startMs);
    point.emitAt(stream, startMs, timeMs);
    stream.endMs = timeMs;
  }

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

  #note({ columns }: Block, row: number, stream: OpenedStream): void {
    const resets = columns[PLACE.resets]!.words[row]!;
    const overlaps = columns[PLACE.overlaps]!.words[row]!;
    const boundsChanges = columns[PLACE.boundsChanges]!.words[row]!;
    if (resets + overlaps + boundsChanges === 0) return;
    const findings = this.#findings.get(stream) ?? { resets: 0, overlaps: 0, boundsChanges: 0 };
    this.#findings.set(stream, findings);
    findings.resets += resets;
    findings.overlaps += overlaps;
    findings.boundsChanges += boundsChanges;
  }

  #reject(code: QualityCode, place: string, points: number): void {
    if (points > 0) this.#sink.reject(code, place, points === 1 ? '' : `${points} times`);
  }
}
