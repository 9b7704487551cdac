import type { NumberList } from '../bytes/number-list.ts';
import { ExponentialValues } from '../otlp/exponential-values.ts';
import { readPackedUint64 } from '../protobuf/packed-numbers.ts';
import { FIXED64, LENGTH, type ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';
import type { PointKind } from './point.ts';

const COUNT = tagOf(4, FIXED64);
const SUM = tagOf(5, FIXED64);
const SCALE = tagOf(6, VARINT);
const ZERO_COUNT = tagOf(7, FIXED64);
const POSITIVE = tagOf(8, LENGTH);
const NEGATIVE = tagOf(9, LENGTH);
const ZERO_THRESHOLD = tagOf(14, FIXED64);
const OFFSET = tagOf(1, VARINT);
const BUCKET_COUNTS = tagOf(2, LENGTH);
const BUCKET_COUNT = tagOf(2, VARINT);

export class ExponentialPoint extends ExponentialValues implements PointKind {
  readonly attributesTag = tagOf(1, LENGTH);
  readonly flagsTag = tagOf(10, VARINT);
  private readonly cursor: ProtobufCursor;

  constructor(cursor: ProtobufCursor) {
    super();
    this.cursor = cursor;
  }

  read(tag: number): void {
    const { cursor } = this;
    if (tag === POSITIVE) this.offset = this.readBuckets(this.positive, this.offset);
    else if (tag === NEGATIVE) this.readBuckets(this.negative, 0);
    else if (tag === COUNT) this.count = cursor.readFixed64();
    else if (tag === SUM) {
      this.sum = cursor.readDouble();
      this.sumPresent = true;
    } else if (tag === SCALE) this.scale = cursor.readSint32();
    else if (tag === ZERO_COUNT) this.zeroCount = cursor.readFixed64();
    else if (tag === ZERO_THRESHOLD) this.zeroThreshold = cursor.readDouble();
    else cursor.skip(tag);
  }

  /** Appends to the list and answers the index of its first bucket, which stays where the message does not say. */
  private readBuckets(list: NumberList, before: number): number {
    const { cursor } = this;
    let offset = before;
    const holder = cursor.enter();
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === BUCKET_COUNTS) readPackedUint64(cursor, list);
      else if (tag === OFFSET) offset = cursor.readSint32();
      else if (tag === BUCKET_COUNT) list.push(cursor.readUint64());
      else cursor.skip(tag);
    }
    cursor.leave(holder);
    return offset;
  }
}
