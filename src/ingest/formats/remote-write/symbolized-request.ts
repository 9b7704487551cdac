import { ByteInterner } from '../bytes/byte-interner.ts';
import { NumberList } from '../bytes/number-list.ts';
import { LENGTH, ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';
import type { SeriesBook } from './series-book.ts';
import { LABEL_TAG, MOST_LABELS, NAME_TAG, TOO_MANY_LABELS, VALUE_TAG } from './series-labels.ts';
import { type Pass, SeriesPoints } from './series-points.ts';
import type { SeriesReport } from './series-report.ts';

/** Fields of Request, TimeSeries and Metadata (prometheus/prometheus, prompb/io/prometheus/write/v2/types.proto). */
const SYMBOL_TAG = tagOf(4, LENGTH);
const SERIES_TAG = tagOf(5, LENGTH);
const REFERENCES_TAG = tagOf(1, LENGTH);
const REFERENCE_TAG = tagOf(1, VARINT);
const METADATA_TAG = tagOf(5, LENGTH);
/** Where release candidates before 2.0-rc.4 kept the start of all points of a series. */
const CREATED_TAG = tagOf(6, VARINT);
const TYPE_TAG = tagOf(1, VARINT);
const UNIT_TAG = tagOf(4, VARINT);
const POINT_TAGS = {
  sample: tagOf(2, LENGTH),
  histogram: tagOf(3, LENGTH),
  exemplar: tagOf(4, LENGTH),
} as const;

/** Memory for texts and series; beyond it all are forgotten and learnt again. */
const MOST_BYTES = 1 << 26;
const UNKNOWN = -1;
const FEWEST_LABELS = 64;
const CONTINUES = 0x80;

/** io.prometheus.write.v2.Request: the message of version 2.0, whose labels refer to a table of texts. */
export class SymbolizedRequest {
  private readonly cursor: ProtobufCursor;
  private readonly book: SeriesBook;
  private readonly report: SeriesReport;
  private readonly points: SeriesPoints;
  private readonly starts = new NumberList();
  private readonly stops = new NumberList();
  /** The number of each symbol of the request in `texts`. */
  private numbers = new Int32Array(1024);
  private readonly texts = new ByteInterner();
  /** Series by the numbers of their labels, as bytes, in the space of their metadata. */
  private readonly series = new ByteInterner();
  private entries: number[] = [];
  private generation = 0;
  /** The labels of the series at hand: how many names and values, the symbol of each and its number in `texts`. */
  private labels = 0;
  private symbols = new Uint32Array(0);
  private keyNumbers = new Int32Array(0);
  /** `keyNumbers` as bytes. */
  private readonly key = new ProtobufCursor();
  private problem: string | null = null;
  private type = 0;
  private unit = 0;
  private createdMs = 0;

  constructor(cursor: ProtobufCursor, book: SeriesBook, report: SeriesReport) {
    this.cursor = cursor;
    this.book = book;
    this.report = report;
    this.points = new SeriesPoints(cursor, report, POINT_TAGS);
    this.growKey();
  }

  read(pass: Pass): void {
    const { cursor } = this;
    const start = cursor.position;
    this.keepBounded();
    this.readSymbols();
    if (cursor.failed) return;
    cursor.position = start;
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === SERIES_TAG) this.readSeries(pass);
      else cursor.skip(tag);
    }
  }

  /** Between requests: within one, the numbers of its symbols stand. */
  private keepBounded(): void {
    if (this.texts.weight <= MOST_BYTES) return;
    this.texts.clear();
    this.forgetSeries();
  }

  private forgetSeries(): void {
    this.series.clear();
    this.entries = [];
    this.generation = this.book.generation;
  }

  private readSymbols(): void {
    const { cursor, starts, stops } = this;
    starts.length = 0;
    stops.length = 0;
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag !== SYMBOL_TAG) {
        cursor.skip(tag);
        continue;
      }
      this.report.countElement();
      const length = cursor.readLength();
      starts.push(cursor.position);
      stops.push(cursor.position + length);
      cursor.position += length;
    }
    if (starts.length > this.numbers.length) this.numbers = new Int32Array(2 * starts.length);
    this.numbers.fill(UNKNOWN, 0, starts.length);
  }

  private readSeries(pass: Pass): void {
    const { cursor, book, report } = this;
    report.countElement();
    const holder = cursor.enter();
    const start = cursor.position;
    this.readHeader();
    if (!cursor.failed) {
      cursor.position = start;
      const problem = this.findSeries();
      this.points.read(pass, this.createdMs, problem ?? book.problemOf(report.entry));
    }
    cursor.leave(holder);
  }

  /** Labels and metadata, which may come after the points they are about. */
  private readHeader(): void {
    const { cursor } = this;
    this.labels = 0;
    this.problem = null;
    this.type = 0;
    this.unit = 0;
    this.createdMs = 0;
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === REFERENCES_TAG) this.readReferences();
      else if (tag === REFERENCE_TAG) this.addReference(cursor.readUint64());
      else if (tag === METADATA_TAG) this.readMetadata();
      else if (tag === CREATED_TAG) this.createdMs = cursor.readInt64();
      else cursor.skip(tag);
    }
  }

  /** Most references take one byte or two, and there are twenty to a sample. */
  private readReferences(): void {
    const { cursor } = this;
    const holder = cursor.enter();
    const { bytes } = cursor;
    const end = Math.min(cursor.end, cursor.position + 2 * MOST_LABELS - this.labels);
    while (this.keyNumbers.length < this.labels + end - cursor.position) this.growKey();
    const { numbers, keyNumbers, symbols } = this;
    const known = this.starts.length;
    let at = cursor.position;
    let labels = this.labels;
    while (at + 1 < end) {
      const low = bytes[at]!;
      const high = bytes[at + 1]!;
      const isShort = low < CONTINUES;
      const symbol = isShort ? low : (low & 127) | (high << 7);
      const number = symbol < known ? numbers[symbol]! : UNKNOWN;
      if (number === UNKNOWN || (!isShort && high >= CONTINUES)) break;
      keyNumbers[labels] = number;
      symbols[labels++] = symbol;
      at += isShort ? 1 : 2;
    }
    cursor.moveTo(at, cursor.end);
    this.labels = labels;
    if (cursor.more) this.readReferencesSlowly();
    cursor.leave(holder);
  }

  /** One that is long, the last, or new to this request; then the others. */
  private readReferencesSlowly(): void {
    const { cursor } = this;
    while (cursor.more && this.problem === null) this.addReference(cursor.readUint64());
  }

  private addReference(symbol: number): void {
    const symbols = this.starts.length;
    if (symbol >= symbols) this.problem ??= `a label refers to symbol ${symbol} of ${symbols}`;
    else if (this.labels >= 2 * MOST_LABELS) this.problem ??= TOO_MANY_LABELS;
    if (this.problem !== null) return;
    if (this.labels === this.keyNumbers.length) this.growKey();
    const number = this.numbers[symbol]!;
    this.keyNumbers[this.labels] = number === UNKNOWN ? this.numberOf(symbol) : number;
    this.symbols[this.labels++] = symbol;
  }

  private readMetadata(): void {
    const { cursor } = this;
    const holder = cursor.enter();
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === TYPE_TAG) this.type = cursor.readUint64();
      else if (tag === UNIT_TAG) this.unit = cursor.readUint64();
      else cursor.skip(tag);
    }
    cursor.leave(holder);
  }

  /** Names the series to the report; answers why it cannot be used, where its references lead nowhere. */
  private findSeries(): string | null {
    const { book, report, key } = this;
    const symbols = this.starts.length;
    if (this.problem !== null) return this.problem;
    if (this.labels % 2 !== 0) return 'a series has a label without a value';
    if (this.unit >= Math.max(symbols, 1)) return `a unit refers to symbol ${this.unit} of ${symbols}`;
    const space = book.spaceOf(this.type, this.unit === 0 ? '' : this.textOf(this.unit));
    const keyBytes = 4 * this.labels;
    if (this.generation !== book.generation || this.series.weight > MOST_BYTES) this.forgetSeries();
    const known = this.series.lookup(space, key, 0, keyBytes);
    if (known >= 0) {
      report.entry = this.entries[known]!;
      return null;
    }
    const labels = new ProtobufCursor();
    labels.reset(this.labelBytes());
    report.entry = book.entryOf(labels, 0, labels.end, space);
    if (this.generation !== book.generation) this.forgetSeries();
    this.series.add(space, key, 0, keyBytes);
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
  private labelBytes(): Buffer {
    const parts: Buffer[] = [];
    for (let i = 0; i < this.labels; i += 2) {
      const name = this.fieldOf(NAME_TAG, this.symbols[i]!);
      const value = this.fieldOf(VALUE_TAG, this.symbols[i + 1]!);
      parts.push(Buffer.of(LABEL_TAG, ...varint(name.length + value.length)), name, value);
    }
    return Buffer.concat(parts);
  }

  private fieldOf(tag: number, symbol: number): Buffer {
    const text = this.cursor.bytes.subarray(this.starts.view()[symbol]!, this.stops.view()[symbol]!);
    return Buffer.concat([Buffer.of(tag, ...varint(text.length)), text]);
  }

  private growKey(): void {
    const length = Math.max(2 * this.keyNumbers.length, FEWEST_LABELS);
    const numbers = new Int32Array(length);
    const symbols = new Uint32Array(length);
    numbers.set(this.keyNumbers);
    symbols.set(this.symbols);
    this.keyNumbers = numbers;
    this.symbols = symbols;
    this.key.reset(Buffer.from(numbers.buffer));
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
