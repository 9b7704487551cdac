import { ByteInterner } from '../bytes/byte-interner.ts';
import { NumberList } from '../bytes/number-list.ts';
import type { SeriesBook } from './series-book.ts';
import { LABEL_TAG, NAME_TAG, VALUE_TAG } from './series-labels.ts';
import { type Pass, SeriesPoints } from './series-points.ts';
import type { SeriesReport } from './series-report.ts';
import { WIRE, WireCursor } from './wire-cursor.ts';

/** Fields of Request, TimeSeries and Metadata (prometheus/prometheus, prompb/io/prometheus/write/v2/types.proto). */
const SYMBOL_TAG = (4 << 3) | WIRE.bytes;
const SERIES_TAG = (5 << 3) | WIRE.bytes;
const REFERENCES_TAG = (1 << 3) | WIRE.bytes;
const REFERENCE_TAG = (1 << 3) | WIRE.varint;
const METADATA_TAG = (5 << 3) | WIRE.bytes;
/** Where release candidates before 2.0-rc.4 kept the start of all points of a series. */
const CREATED_TAG = (6 << 3) | WIRE.varint;
const TYPE_TAG = (1 << 3) | WIRE.varint;
const UNIT_TAG = (4 << 3) | WIRE.varint;
const POINT_TAGS = {
  sample: (2 << 3) | WIRE.bytes,
  histogram: (3 << 3) | WIRE.bytes,
  exemplar: (4 << 3) | WIRE.bytes,
} as const;

/** Texts kept by their bytes; beyond either limit all are forgotten and learnt again. */
const MOST_TEXTS = 1 << 20;
const MOST_BYTES = 1 << 26;
const UNKNOWN = -1;

/** io.prometheus.write.v2.Request: the message of version 2.0, whose labels refer to a table of texts. */
export class SymbolizedRequest {
  private readonly cursor: WireCursor;
  private readonly book: SeriesBook;
  private readonly report: SeriesReport;
  private readonly points: SeriesPoints;
  private readonly starts = new NumberList();
  private readonly stops = new NumberList();
  /** The number of each symbol of the request in `texts`. */
  private numbers = new Int32Array(1024);
  private texts = new ByteInterner();
  /** Series by the numbers of their labels, as bytes, in the space of their metadata. */
  private series = new ByteInterner();
  private entries: number[] = [];
  private generation = 0;
  private readonly references = new NumberList();
  private readonly key = new WireCursor();
  private keyNumbers = new Int32Array(0);
  private type = 0;
  private unit = 0;
  private createdMs = 0;

  constructor(cursor: WireCursor, book: SeriesBook, report: SeriesReport) {
    this.cursor = cursor;
    this.book = book;
    this.report = report;
    this.points = new SeriesPoints(cursor, report, POINT_TAGS);
    this.reserveKey(64);
  }

  read(pass: Pass): void {
    const { cursor } = this;
    const start = cursor.position;
    this.keepBounded();
    this.readSymbols();
    if (cursor.failed) return;
    cursor.position = start;
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
      if (tag === SERIES_TAG) this.readSeries(pass);
      else cursor.skip(tag);
    }
  }

  private keepBounded(): void {
    const { texts, series, book } = this;
    const isFull = texts.size > MOST_TEXTS || series.size > MOST_TEXTS || texts.stored + series.stored > MOST_BYTES;
    if (!isFull && this.generation === book.generation) return;
    this.generation = book.generation;
    this.texts = new ByteInterner();
    this.series = new ByteInterner();
    this.entries = [];
  }

  private readSymbols(): void {
    const { cursor, starts, stops } = this;
    starts.length = 0;
    stops.length = 0;
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
      if (tag !== SYMBOL_TAG) {
        cursor.skip(tag);
        continue;
      }
      const stop = cursor.readExtent();
      starts.push(cursor.position);
      stops.push(stop);
      cursor.position = stop;
    }
    if (starts.length > this.numbers.length) this.numbers = new Int32Array(2 * starts.length);
    this.numbers.fill(UNKNOWN, 0, starts.length);
  }

  private readSeries(pass: Pass): void {
    const { cursor, book, report } = this;
    const outer = cursor.enter();
    const start = cursor.position;
    this.readHeader();
    if (!cursor.failed) {
      cursor.position = start;
      const problem = this.findSeries();
      this.points.read(pass, this.createdMs, problem ?? book.problemOf(report.entry));
    }
    cursor.leave(outer);
  }

  /** Labels and metadata, which may come after the points they are about. */
  private readHeader(): void {
    const { cursor, references } = this;
    references.length = 0;
    this.type = 0;
    this.unit = 0;
    this.createdMs = 0;
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
      if (tag === REFERENCES_TAG) {
        const outer = cursor.enter();
        while (cursor.position < cursor.end) references.push(cursor.readUnsigned());
        cursor.leave(outer);
      } else if (tag === REFERENCE_TAG) references.push(cursor.readUnsigned());
      else if (tag === METADATA_TAG) this.readMetadata();
      else if (tag === CREATED_TAG) this.createdMs = cursor.readSigned();
      else cursor.skip(tag);
    }
  }

  private readMetadata(): void {
    const { cursor } = this;
    const outer = cursor.enter();
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
      if (tag === TYPE_TAG) this.type = cursor.readUnsigned();
      else if (tag === UNIT_TAG) this.unit = cursor.readUnsigned();
      else cursor.skip(tag);
    }
    cursor.leave(outer);
  }

  /** Names the series to the report; answers why it cannot be used, where its references lead nowhere. */
  private findSeries(): string | null {
    const { book, report, key } = this;
    const references = this.references.view();
    const symbols = this.starts.length;
    if (references.length % 2 !== 0) return 'a series has a label without a value';
    if (references.length > this.keyNumbers.length) this.reserveKey(2 * references.length);
    for (let i = 0; i < references.length; i++) {
      const reference = references[i]!;
      if (reference >= symbols) return `a label refers to symbol ${reference} of ${symbols}`;
      const number = this.numbers[reference]!;
      this.keyNumbers[i] = number === UNKNOWN ? this.numberOf(reference) : number;
    }
    if (this.unit >= Math.max(symbols, 1)) return `a unit refers to symbol ${this.unit} of ${symbols}`;
    const space = book.spaceOf(this.type, this.unit === 0 ? '' : this.textOf(this.unit));
    key.position = 0;
    key.end = 4 * references.length;
    const known = this.series.find(space, key, 0, key.end);
    if (known >= 0) {
      report.entry = this.entries[known]!;
      return null;
    }
    this.series.add(space, key, 0, key.end);
    const labels = new WireCursor();
    labels.reset(this.labelsOf(references));
    report.entry = book.entryOf(labels, 0, labels.end, space);
    this.entries.push(report.entry);
    return null;
  }

  private numberOf(symbol: number): number {
    const { texts, cursor } = this;
    const start = this.starts.view()[symbol]!;
    const stop = this.stops.view()[symbol]!;
    const known = texts.find(0, cursor, start, stop);
    const number = known >= 0 ? known : texts.add(0, cursor, start, stop);
    this.numbers[symbol] = number;
    return number;
  }

  private textOf(symbol: number): string {
    return this.cursor.bytes.toString('utf8', this.starts.view()[symbol]!, this.stops.view()[symbol]!);
  }

  /** The labels as version 1.0 writes them: both versions share one book. */
  private labelsOf(references: Float64Array): Buffer {
    const parts: Buffer[] = [];
    for (let i = 0; i < references.length; i += 2) {
      const name = this.fieldOf(NAME_TAG, references[i]!);
      const value = this.fieldOf(VALUE_TAG, references[i + 1]!);
      parts.push(Buffer.of(LABEL_TAG, ...varint(name.length + value.length)), name, value);
    }
    return Buffer.concat(parts);
  }

  private fieldOf(tag: number, symbol: number): Buffer {
    const text = this.cursor.bytes.subarray(this.starts.view()[symbol]!, this.stops.view()[symbol]!);
    return Buffer.concat([Buffer.of(tag, ...varint(text.length)), text]);
  }

  private reserveKey(labels: number): void {
    this.keyNumbers = new Int32Array(labels);
    this.key.reset(Buffer.from(this.keyNumbers.buffer));
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
