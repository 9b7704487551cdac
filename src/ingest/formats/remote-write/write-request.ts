import type { MetadataBook } from './metadata-book.ts';
import type { SeriesBook } from './series-book.ts';
import { LABEL_TAG, readText } from './series-labels.ts';
import { type Pass, SeriesPoints } from './series-points.ts';
import type { SeriesReport } from './series-report.ts';
import { WIRE, WireCursor } from './wire-cursor.ts';

/** Fields of WriteRequest, MetricMetadata and TimeSeries (prometheus/prometheus, prompb/remote.proto, types.proto). */
const SERIES_TAG = (1 << 3) | WIRE.bytes;
const METADATA_TAG = (3 << 3) | WIRE.bytes;
const TYPE_TAG = (1 << 3) | WIRE.varint;
const FAMILY_TAG = (2 << 3) | WIRE.bytes;
const UNIT_TAG = (5 << 3) | WIRE.bytes;
const POINT_TAGS = {
  sample: (2 << 3) | WIRE.bytes,
  exemplar: (3 << 3) | WIRE.bytes,
  histogram: (4 << 3) | WIRE.bytes,
} as const;

/** prometheus.WriteRequest: the message of version 1.0. */
export class WriteRequest {
  private readonly cursor: WireCursor;
  private readonly book: SeriesBook;
  private readonly metadata: MetadataBook;
  private readonly report: SeriesReport;
  private readonly points: SeriesPoints;

  constructor(cursor: WireCursor, book: SeriesBook, metadata: MetadataBook, report: SeriesReport) {
    this.cursor = cursor;
    this.book = book;
    this.metadata = metadata;
    this.report = report;
    this.points = new SeriesPoints(cursor, report, POINT_TAGS);
  }

  read(pass: Pass): void {
    const { cursor } = this;
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
      if (tag === SERIES_TAG) this.readSeries(pass);
      else if (tag === METADATA_TAG && pass === 'samples') this.readMetadata();
      else cursor.skip(tag);
    }
  }

  private readMetadata(): void {
    const { cursor } = this;
    const outer = cursor.enter();
    let type = 0;
    let family: string | null = '';
    let unit: string | null = '';
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
      if (tag === TYPE_TAG) type = cursor.readUnsigned();
      else if (tag === FAMILY_TAG) family = readText(cursor);
      else if (tag === UNIT_TAG) unit = readText(cursor);
      else cursor.skip(tag);
    }
    cursor.leave(outer);
    if (cursor.failed || family === null || unit === null || family === '') return;
    if (this.metadata.note(family, type, unit)) this.book.forget();
  }

  private readSeries(pass: Pass): void {
    const { cursor, book, report } = this;
    const outer = cursor.enter();
    const start = cursor.position;
    const guessed = book.guess(cursor);
    const after = guessed < 0 ? 0 : start + book.labelBytes(guessed);
    const isWhole = guessed >= 0 && (after === cursor.end || cursor.bytes[after] !== LABEL_TAG);
    const stop = isWhole ? after : this.passLabels();
    cursor.position = stop;
    const isScattered = this.hasLabelsAhead();
    if (!cursor.failed) {
      if (isScattered) report.entry = this.gathered(start);
      else report.entry = isWhole ? guessed : book.entryOf(cursor, start, stop);
      cursor.position = stop;
      this.points.read(pass, 0, book.problemOf(report.entry));
    }
    cursor.leave(outer);
  }

  /** Moves over a run of labels and answers where it ends. */
  private passLabels(): number {
    const { cursor } = this;
    while (cursor.position < cursor.end && cursor.bytes[cursor.position] === LABEL_TAG) cursor.skip(cursor.nextTag());
    return cursor.position;
  }

  /** No encoder is known to write labels after points, and any may. */
  private hasLabelsAhead(): boolean {
    const { cursor } = this;
    let found = false;
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
      if (tag === LABEL_TAG) found = true;
      cursor.skip(tag);
    }
    return found;
  }

  private gathered(start: number): number {
    const { cursor } = this;
    const parts: Buffer[] = [];
    cursor.position = start;
    for (let from = start, tag = cursor.nextTag(); tag > 0; from = cursor.position, tag = cursor.nextTag()) {
      cursor.skip(tag);
      if (tag === LABEL_TAG) parts.push(cursor.bytes.subarray(from, cursor.position));
    }
    const labels = Buffer.concat(parts);
    const gathered = new WireCursor();
    gathered.reset(labels);
    return this.book.entryOf(gathered, 0, labels.length);
  }
}
