import { NumberList } from '../bytes/number-list.ts';
import { NativeBuckets, readDoubles } from './native-buckets.ts';
import { isStale } from './sample-value.ts';
import { WIRE, type WireCursor } from './wire-cursor.ts';

/**
 * Fields of Histogram (prometheus/prometheus, prompb/types.proto and prompb/io/prometheus/write/v2/types.proto). Lists
 * come packed or one element at a time.
 */
const TAG = {
  countInt: (1 << 3) | WIRE.varint,
  countFloat: (2 << 3) | WIRE.fixed64,
  sum: (3 << 3) | WIRE.fixed64,
  schema: (4 << 3) | WIRE.varint,
  zeroThreshold: (5 << 3) | WIRE.fixed64,
  zeroCountInt: (6 << 3) | WIRE.varint,
  zeroCountFloat: (7 << 3) | WIRE.fixed64,
  negativeSpan: (8 << 3) | WIRE.bytes,
  negativeDeltas: (9 << 3) | WIRE.bytes,
  negativeDelta: (9 << 3) | WIRE.varint,
  negativeCounts: (10 << 3) | WIRE.bytes,
  negativeCount: (10 << 3) | WIRE.fixed64,
  positiveSpan: (11 << 3) | WIRE.bytes,
  positiveDeltas: (12 << 3) | WIRE.bytes,
  positiveDelta: (12 << 3) | WIRE.varint,
  positiveCounts: (13 << 3) | WIRE.bytes,
  positiveCount: (13 << 3) | WIRE.fixed64,
  resetHint: (14 << 3) | WIRE.varint,
  timestamp: (15 << 3) | WIRE.varint,
  customValues: (16 << 3) | WIRE.bytes,
  customValue: (16 << 3) | WIRE.fixed64,
  startTimestamp: (17 << 3) | WIRE.varint,
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
  read(cursor: WireCursor): void {
    this.begin();
    const outer = cursor.enter();
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) this.readField(cursor, tag);
    cursor.leave(outer);
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

  private readField(cursor: WireCursor, tag: number): void {
    switch (tag) {
      case TAG.countInt:
        this.count = cursor.readUnsigned();
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
        this.schema = cursor.readZigzag();
        break;
      case TAG.zeroThreshold:
        this.zeroThreshold = cursor.readDouble();
        break;
      case TAG.zeroCountInt:
        this.zeroCount = cursor.readUnsigned();
        break;
      case TAG.zeroCountFloat:
        this.zeroCount = cursor.readDouble();
        break;
      case TAG.resetHint:
        this.resetHint = cursor.readUnsigned();
        break;
      case TAG.timestamp:
        this.timeMs = cursor.readSigned();
        break;
      case TAG.startTimestamp:
        this.startMs = cursor.readSigned();
        break;
      default:
        this.readBuckets(cursor, tag);
    }
  }

  private readBuckets(cursor: WireCursor, tag: number): void {
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
