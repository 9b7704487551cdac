import { NumberList } from '../bytes/number-list.ts';
import { FIXED64, LENGTH, type ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';
import { NativeBuckets, readDoubles } from './native-buckets.ts';
import { isStale } from './sample-value.ts';

/**
 * Fields of Histogram (prometheus/prometheus, prompb/types.proto and prompb/io/prometheus/write/v2/types.proto). Lists
 * come packed or one element at a time.
 */
const TAG = {
  countInt: tagOf(1, VARINT),
  countFloat: tagOf(2, FIXED64),
  sum: tagOf(3, FIXED64),
  schema: tagOf(4, VARINT),
  zeroThreshold: tagOf(5, FIXED64),
  zeroCountInt: tagOf(6, VARINT),
  zeroCountFloat: tagOf(7, FIXED64),
  negativeSpan: tagOf(8, LENGTH),
  negativeDeltas: tagOf(9, LENGTH),
  negativeDelta: tagOf(9, VARINT),
  negativeCounts: tagOf(10, LENGTH),
  negativeCount: tagOf(10, FIXED64),
  positiveSpan: tagOf(11, LENGTH),
  positiveDeltas: tagOf(12, LENGTH),
  positiveDelta: tagOf(12, VARINT),
  positiveCounts: tagOf(13, LENGTH),
  positiveCount: tagOf(13, FIXED64),
  resetHint: tagOf(14, VARINT),
  timestamp: tagOf(15, VARINT),
  customValues: tagOf(16, LENGTH),
  customValue: tagOf(16, FIXED64),
  startTimestamp: tagOf(17, VARINT),
} as const;

export const RESET_HINT = { unknown: 0, yes: 1, no: 2, gauge: 3 } as const;
export const CUSTOM_BUCKETS = -53;

/** The fields of one native histogram, read into columns that the next one overwrites. */
export class NativeHistogram {
  readonly positive = new NativeBuckets();
  readonly negative = new NativeBuckets();
  readonly customValues = new NumberList();
  count = 0;
  sum = 0;
  schema = 0;
  zeroThreshold = 0;
  zeroCount = 0;
  resetHint = 0;
  timeMs = 0;
  /** 0: unknown. */
  startMs = 0;
  isFloat = false;
  isStale = false;

  /** Reads the message at the cursor; whether it was well-formed is the cursor's to say. */
  read(cursor: ProtobufCursor): void {
    this.begin();
    const holder = cursor.enter();
    while (cursor.more) this.readField(cursor, cursor.readTag());
    cursor.leave(holder);
  }

  private begin(): void {
    this.positive.begin();
    this.negative.begin();
    this.customValues.length = 0;
    this.count = 0;
    this.sum = 0;
    this.schema = 0;
    this.zeroThreshold = 0;
    this.zeroCount = 0;
    this.resetHint = 0;
    this.timeMs = 0;
    this.startMs = 0;
    this.isFloat = false;
    this.isStale = false;
  }

  private readField(cursor: ProtobufCursor, tag: number): void {
    switch (tag) {
      case TAG.countInt:
        this.count = cursor.readUint64();
        this.isFloat = false;
        break;
      case TAG.countFloat:
        this.count = cursor.readDouble();
        this.isFloat = true;
        break;
      case TAG.sum:
        this.isStale = isStale(cursor);
        this.sum = cursor.readDouble();
        break;
      case TAG.schema:
        this.schema = cursor.readSint64();
        break;
      case TAG.zeroThreshold:
        this.zeroThreshold = cursor.readDouble();
        break;
      case TAG.zeroCountInt:
        this.zeroCount = cursor.readUint64();
        break;
      case TAG.zeroCountFloat:
        this.zeroCount = cursor.readDouble();
        break;
      case TAG.resetHint:
        this.resetHint = cursor.readUint64();
        break;
      case TAG.timestamp:
        this.timeMs = cursor.readInt64();
        break;
      case TAG.startTimestamp:
        this.startMs = cursor.readInt64();
        break;
      default:
        this.readBuckets(cursor, tag);
    }
  }

  private readBuckets(cursor: ProtobufCursor, tag: number): void {
    switch (tag) {
      case TAG.negativeSpan:
        this.negative.readSpan(cursor);
        break;
      case TAG.negativeDeltas:
      case TAG.negativeDelta:
        this.negative.readDeltas(cursor, tag);
        break;
      case TAG.negativeCounts:
      case TAG.negativeCount:
        this.negative.readCounts(cursor, tag);
        break;
      case TAG.positiveSpan:
        this.positive.readSpan(cursor);
        break;
      case TAG.positiveDeltas:
      case TAG.positiveDelta:
        this.positive.readDeltas(cursor, tag);
        break;
      case TAG.positiveCounts:
      case TAG.positiveCount:
        this.positive.readCounts(cursor, tag);
        break;
      case TAG.customValues:
      case TAG.customValue:
        readDoubles(cursor, tag, this.customValues);
        break;
      default:
        cursor.skip(tag);
    }
  }
}
