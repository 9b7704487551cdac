import { PointHead, type PointValues } from '../otlp/point.ts';
import type { RecordReport } from '../otlp/record-report.ts';
import { GatheredBytes } from '../protobuf/gathered-bytes.ts';
import { FIXED64, type ProtobufCursor, tagOf } from '../protobuf/protobuf-cursor.ts';
import type { StreamBook } from './stream-book.ts';

const START = tagOf(2, FIXED64);
const TIME = tagOf(3, FIXED64);

/** What is particular to one kind of point in OTLP/protobuf. A value written in another way than its field says is skipped. */
export interface PointKind extends PointValues {
  readonly attributesTag: number;
  readonly flagsTag: number;
  /** Reads the value of this field. */
  read(tag: number): void;
}

/** Reads points of OTLP/protobuf one at a time. */
export class PointReader extends PointHead {
  private readonly cursor: ProtobufCursor;
  private readonly book: StreamBook;
  private readonly attributes: GatheredBytes;

  constructor(cursor: ProtobufCursor, report: RecordReport, book: StreamBook) {
    super(report);
    this.cursor = cursor;
    this.book = book;
    this.attributes = new GatheredBytes(cursor);
  }

  override stream(): number {
    return this.book.stream();
  }

  /** Reads the point that the cursor is within. */
  readPoint(kind: PointKind): void {
    const { cursor, attributes } = this;
    this.clear();
    attributes.clear();
    kind.clear();
    this.readFields(kind);
    if (cursor.failed || !this.book.beginPoint(attributes, kind.attributesTag)) return;
    this.report.rows++;
    this.settle(kind);
  }

  private readFields(kind: PointKind): void {
    const { cursor, attributes } = this;
    const { attributesTag, flagsTag } = kind;
    while (cursor.more) {
      const at = cursor.position;
      const tag = cursor.readTag();
      if (tag === attributesTag) {
        cursor.skip(tag);
        attributes.add(at, cursor.position);
      } else if (tag === TIME) this.timeMs = cursor.readMilliseconds();
      else if (tag === START) {
        const startMs = cursor.readMilliseconds();
        this.startMs = startMs === 0 ? Number.NaN : startMs;
      } else if (tag === flagsTag) this.flags = cursor.readInt32();
      else kind.read(tag);
    }
  }
}
