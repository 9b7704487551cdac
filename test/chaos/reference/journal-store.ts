import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  write,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { AppError } from '../../../src/domain/error.ts';
import type { StreamIdentity, TelemetrySink } from '../../../src/domain/telemetry.ts';
import type {
  Receipt,
  ReplayRequest,
  ReplaySummary,
  TelemetryStore,
  TelemetryWriter,
} from '../../../src/domain/telemetry-store.ts';
import { type HistogramRow, RowSink } from './row-sink.ts';

const datasync = promisify(fdatasync);
const append = promisify(write);
const HEAD_BYTES = 8;

interface Waiting {
  readonly frame: Buffer;
  readonly rows: readonly HistogramRow[];
  done(): void;
  failed(error: unknown): void;
}

/**
 * The smallest store that keeps the port's promises for histograms: one log of checked frames, synced before an answer, the
 * same point once. The harness is proved on it, since what it finds there is its own doing.
 */
export class JournalStore implements TelemetryStore {
  readonly #file: number;
  #length = 0;
  readonly #rows = new Map<string, HistogramRow>();
  readonly #sink = new RowSink();
  readonly #writer: TelemetryWriter = {
    sink: this.#sink,
    rollback: () => void this.#sink.take(),
    commit: async (): Promise<Receipt> => {
      const rows = this.#sink.take();
      if (rows.length > 0) await this.#append(rows);
      return { accepted: rows.length, rejected: 0, reasons: [] };
    },
  };
  #queue: Waiting[] = [];
  #flushing: Promise<void> | null = null;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'journal');
    if (existsSync(path)) this.#load(readFileSync(path));
    this.#file = openSync(path, existsSync(path) ? 'r+' : 'w+');
    ftruncateSync(this.#file, this.#length);
    fsyncSync(this.#file);
    syncFolder(folder);
  }

  /** The ledger has one tenant. */
  writerOf(): TelemetryWriter {
    return this.#writer;
  }

  async replay(_tenant: string, _request: ReplayRequest, sink: TelemetrySink): Promise<ReplaySummary> {
    const streams = new Map<string, HistogramRow[]>();
    for (const row of this.#rows.values()) streams.set(row.key, [...(streams.get(row.key) ?? []), row]);
    for (const rows of streams.values()) replayStream(rows, sink);
    return { points: this.#rows.size, digest: '' };
  }

  async latestMs(): Promise<number> {
    return Math.max(...[...this.#rows.values()].map(({ timeMs }) => timeMs));
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    await this.#flushing;
    closeSync(this.#file);
  }

  #append(rows: readonly HistogramRow[]): Promise<void> {
    return new Promise((done, failed) => {
      this.#queue.push({ frame: frameOf(rows), rows, done, failed });
      this.#flushing ??= this.#flush();
    });
  }

  /** One sync for all that came while the last one ran. */
  async #flush(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      const bytes = Buffer.concat(batch.map(({ frame }) => frame));
      try {
        await appendWhole(this.#file, bytes, this.#length);
        await datasync(this.#file);
        this.#length += bytes.length;
        for (const { rows } of batch) this.#keep(rows);
        for (const { done } of batch) done();
      } catch (cause) {
        ftruncateSync(this.#file, this.#length);
        const error = new AppError('unavailable', 'the journal cannot be written', { cause, retryAfterSeconds: 1 });
        for (const { failed } of batch) failed(error);
      }
    }
    this.#flushing = null;
  }

  #keep(rows: readonly HistogramRow[]): void {
    for (const row of rows) this.#rows.set(`${row.key}|${row.timeMs}`, row);
  }

  #load(bytes: Buffer): void {
    while (this.#length + HEAD_BYTES <= bytes.length) {
      const size = bytes.readUInt32LE(this.#length);
      const body = bytes.subarray(this.#length + HEAD_BYTES, this.#length + HEAD_BYTES + size);
      if (body.length < size || crc32(body) !== bytes.readUInt32LE(this.#length + 4)) return;
      this.#keep(JSON.parse(body.toString()) as HistogramRow[]);
      this.#length += HEAD_BYTES + size;
    }
  }
}

function frameOf(rows: readonly HistogramRow[]): Buffer {
  const body = Buffer.from(JSON.stringify(rows));
  const frame = Buffer.alloc(HEAD_BYTES + body.length);
  frame.writeUInt32LE(body.length, 0);
  frame.writeUInt32LE(crc32(body), 4);
  body.copy(frame, HEAD_BYTES);
  return frame;
}

async function appendWhole(file: number, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await append(file, bytes, done, bytes.length - done, at + done);
    if (bytesWritten === 0) throw new Error('nothing was written');
    done += bytesWritten;
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

/** Cumulative points come back as what they added since the one before. */
function replayStream(rows: readonly HistogramRow[], sink: TelemetrySink): void {
  const sorted = [...rows].sort((a, b) => a.timeMs - b.timeMs);
  const identity: StreamIdentity = identityOf(sorted[0]!);
  const stream = sink.openStream(identity);
  let before: HistogramRow | null = null;
  for (const row of sorted) {
    const isFirst = row.temporality === 'delta' || before === null;
    const startMs = isFirst ? row.startMs : before!.timeMs;
    const buckets = row.buckets.map((counted, index) => counted - (isFirst ? 0 : before!.buckets[index]!));
    const count = row.count - (isFirst ? 0 : before!.count);
    const sum = row.sum - (isFirst ? 0 : before!.sum);
    sink.histogramPoint(stream, startMs, row.timeMs, count, sum, row.bounds, buckets);
    before = row;
  }
}

function identityOf({ resource, attributes, metric, unit }: HistogramRow): StreamIdentity {
  return {
    resource: new Map(resource),
    scope: '',
    metric,
    unit,
    kind: 'histogram',
    temporality: 'delta',
    monotonic: true,
    attributes: new Map(attributes),
  };
}
