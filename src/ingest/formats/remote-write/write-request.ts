import type { MetadataBook } from '../prometheus/metadata-book.ts';
import { LENGTH, ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';
import type { SeriesBook } from './series-book.ts';
import { LABEL_TAG, readText } from './series-labels.ts';
import { type Pass, SeriesPoints } from './series-points.ts';
import type { SeriesReport } from './series-report.ts';

/** Fields of WriteRequest, MetricMetadata and TimeSeries (prometheus/prometheus, prompb/remote.proto, types.proto). */
const SERIES_TAG = tagOf(1, LENGTH);
const METADATA_TAG = tagOf(3, LENGTH);
const TYPE_TAG = tagOf(1, VARINT);
const FAMILY_TAG = tagOf(2, LENGTH);
const UNIT_TAG = tagOf(5, LENGTH);
const POINT_TAGS = {
  sample: tagOf(2, LENGTH),
  exemplar: tagOf(3, LENGTH),
  histogram: tagOf(4, LENGTH),
} as const;

/** prometheus.WriteRequest: the message of version 1.0. */
export class WriteRequest {
  private readonly cursor: ProtobufCursor;
  private readonly book: SeriesBook;
  private readonly metadata: MetadataBook;
  private readonly report: SeriesReport;
  private readonly points: SeriesPoints;

  constructor(cursor: ProtobufCursor, book: SeriesBook, metadata: MetadataBook, report: SeriesReport) {
    this.cursor = cursor;
    this.book = book;
    this.metadata = metadata;
    this.report = report;
    this.points = new SeriesPoints(cursor, report, POINT_TAGS);
  }

  read(pass: Pass): void {
    const { cursor } = this;
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === SERIES_TAG) this.readSeries(pass);
      else if (tag === METADATA_TAG && pass === 'samples') this.readMetadata();
      else cursor.skip(tag);
    }
  }

  private readMetadata(): void {
    const { cursor } = this;
    this.report.countElement();
    const holder = cursor.enter();
    let type = 0;
    let family: string | null = '';
    let unit: string | null = '';
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === TYPE_TAG) type = cursor.readUint64();
      else if (tag === FAMILY_TAG) family = readText(cursor);
      else if (tag === UNIT_TAG) unit = readText(cursor);
      else cursor.skip(tag);
    }
    cursor.leave(holder);
    if (cursor.failed || family === null || unit === null || family === '') return;
    if (this.metadata.note(family, type, unit)) this.book.forget();
  }

  private readSeries(pass: Pass): void {
    const { cursor, book, report } = this;
    report.countElement();
    const holder = cursor.enter();
    const start = cursor.position;
    const guessed = book.guess(cursor, start, cursor.end);
    const after = guessed < 0 ? 0 : start + book.labelBytes(guessed);
    const isWhole = guessed >= 0 && (after === cursor.end || cursor.bytes[after] !== LABEL_TAG);
    const stop = isWhole ? after : this.passLabels();
    cursor.moveTo(stop, cursor.end);
    const isScattered = this.hasLabelsAhead();
    if (!cursor.failed) {
      if (isScattered) report.entry = this.gathered(start);
      else report.entry = isWhole ? guessed : book.entryOf(cursor, start, stop);
      cursor.position = stop;
      this.points.read(pass, 0, book.problemOf(report.entry));
    }
    cursor.leave(holder);
  }

  /** Moves over a run of labels and answers where it ends. */
  private passLabels(): number {
    const { cursor } = this;
    while (cursor.more && cursor.bytes[cursor.position] === LABEL_TAG) cursor.skip(cursor.readTag());
    return cursor.position;
  }

  /** No encoder is known to write labels after points, and any may. */
  private hasLabelsAhead(): boolean {
    const { cursor } = this;
    let found = false;
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === LABEL_TAG) found = true;
      cursor.skip(tag);
    }
    return found;
  }

  private gathered(start: number): number {
    const { cursor } = this;
    const parts: Buffer[] = [];
    cursor.position = start;
    while (cursor.more) {
      const from = cursor.position;
      const tag = cursor.readTag();
      cursor.skip(tag);
      if (tag === LABEL_TAG) parts.push(cursor.bytes.subarray(from, cursor.position));
    }
    const labels = Buffer.concat(parts);
    const gathered = new ProtobufCursor();
    gathered.reset(labels);
    return this.book.entryOf(gathered, 0, labels.length);
  }
}
