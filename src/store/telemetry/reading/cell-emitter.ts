import { type CellRun, type CellSink, runsAsPoints } from '../../../domain/cell-run.ts';
import type { QualityCode } from '../../../domain/quality.ts';
import type { TelemetrySink } from '../../../domain/telemetry.ts';
import type { BoundsOf } from './layouts.ts';
import type { Block } from './native-blocks.ts';
import { type RunFindings, RunReader } from './run-reader.ts';
import type { OpenedStream, StreamDirectory } from './stream-directory.ts';

/** Hands out cells, stream by stream, in order of block: as runs, or as points to sinks that take no runs. */
export class CellEmitter {
  cells = 0;
  readonly #sink: TelemetrySink;
  readonly #cellRun: CellSink['cellRun'];
  readonly #streams: StreamDirectory;
  readonly #reader: RunReader;
  readonly #findings = new Map<OpenedStream, RunFindings>();
  #stream: OpenedStream | null = null;
  #streamLow = -1;
  #streamHigh = -1;
  /** Of the stream, not handed out yet: runs of different layouts may overlap. */
  #runs: CellRun[] = [];

  constructor(sink: TelemetrySink | CellSink, blockMs: number, boundsOf: BoundsOf, streams: StreamDirectory) {
    this.#sink = sink;
    this.#cellRun = 'cellRun' in sink ? (stream, run) => sink.cellRun(stream, run) : runsAsPoints(sink);
    this.#streams = streams;
    this.#reader = new RunReader(blockMs, boundsOf);
  }

  emitAll(block: Block): void {
    for (let row = 0; row < block.rows; row++) {
      this.#reader.load(block, row);
      this.#open();
      if (this.#stream === null) continue;
      this.#note(this.#stream, this.#reader.findings());
      const { kind } = this.#stream;
      const run = this.#reader.run(kind === 'gauge' || kind === 'sum');
      if (run !== null) this.#runs.push(run);
    }
  }

  /** To be called after the last block of rows that are in order. */
  handOut(): void {
    const stream = this.#stream;
    const runs = isInOrder(this.#runs) ? this.#runs : inOrder(this.#runs);
    this.#runs = [];
    if (stream === null) return;
    for (const run of runs) {
      this.cells += run.block.length;
      this.#cellRun(stream.number, run);
    }
  }

  /** Says once per stream what was noticed. */
  report(): void {
    for (const [{ place }, { resets, overlaps, boundsChanges }] of this.#findings) {
      this.#reject('counter-reset', place, resets);
      this.#reject('overlapping-points', place, overlaps);
      this.#reject('bounds-changed', place, boundsChanges);
    }
  }

  #open(): void {
    const { streamLow, streamHigh } = this.#reader;
    if (streamLow === this.#streamLow && streamHigh === this.#streamHigh) return;
    this.handOut();
    this.#streamLow = streamLow;
    this.#streamHigh = streamHigh;
    this.#stream = this.#streams.openIncrements(this.#sink, streamLow, streamHigh);
  }

  #note(stream: OpenedStream, { resets, overlaps, boundsChanges }: RunFindings): void {
    if (resets + overlaps + boundsChanges === 0) return;
    const known = this.#findings.get(stream) ?? { resets: 0, overlaps: 0, boundsChanges: 0 };
    this.#findings.set(stream, {
      resets: known.resets + resets,
      overlaps: known.overlaps + overlaps,
      boundsChanges: known.boundsChanges + boundsChanges,
    });
  }

  #reject(code: QualityCode, place: string, points: number): void {
    if (points > 0) this.#sink.reject(code, place, points === 1 ? '' : `${points} times`);
  }
}

function isInOrder(runs: readonly CellRun[]): boolean {
  return runs.every(({ block }, i) => i === 0 || runs[i - 1]!.block.at(-1)! <= block[0]!);
}

/** Cut into rows, in order of block. */
function inOrder(runs: readonly CellRun[]): CellRun[] {
  const rows = runs.flatMap((run) => Array.from(run.block, (block, row) => ({ block, run: rowOf(run, row) })));
  return rows.sort((a, b) => a.block - b.block).map(({ run }) => run);
}

function rowOf(run: CellRun, row: number): CellRun {
  const buckets = run.buckets.subarray(run.first[row]!, run.first[row + 1]!);
  return {
    ...run,
    block: run.block.subarray(row, row + 1),
    count: run.count.subarray(row, row + 1),
    sum: run.sum.subarray(row, row + 1),
    offset: run.offset?.subarray(row, row + 1) ?? null,
    first: Uint32Array.of(0, buckets.length),
    buckets,
  };
}
