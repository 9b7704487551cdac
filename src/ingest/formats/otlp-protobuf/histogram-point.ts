import { MOST_NUMBERS } from '../bytes/number-list.ts';
import { type Bounds, boundsOf, HistogramValues } from '../otlp/histogram-values.ts';
import type { PointHead } from '../otlp/point.ts';
import { GatheredBytes } from '../protobuf/gathered-bytes.ts';
import { InternedBytes, NO_ENTRY } from '../protobuf/interned-bytes.ts';
import { readPackedFixed64 } from '../protobuf/packed-numbers.ts';
import { FIXED64, LENGTH, type ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';
import type { PointKind } from './point.ts';

const COUNT = tagOf(4, FIXED64);
const SUM = tagOf(5, FIXED64);
const BUCKET_COUNTS = tagOf(6, LENGTH);
const BUCKET_COUNT = tagOf(6, FIXED64);
const EXPLICIT_BOUNDS = tagOf(7, LENGTH);
const EXPLICIT_BOUND = tagOf(7, FIXED64);
const BOUNDS_LIMIT = { entries: 1 << 12, bytes: 1 << 22 };

export class HistogramPoint extends HistogramValues implements PointKind {
  readonly attributesTag = tagOf(9, LENGTH);
  readonly flagsTag = tagOf(10, VARINT);
  private readonly cursor: ProtobufCursor;
  /** Doubles one after the other, however they came. */
  private readonly boundBytes: GatheredBytes;
  private readonly boundLists = new InternedBytes<Bounds>(BOUNDS_LIMIT);

  constructor(cursor: ProtobufCursor) {
    super();
    this.cursor = cursor;
    this.boundBytes = new GatheredBytes(cursor);
  }

  override clear(): void {
    super.clear();
    this.boundBytes.clear();
  }

  read(tag: number): void {
    const { cursor } = this;
    if (tag === BUCKET_COUNTS) readPackedFixed64(cursor, this.counts);
    else if (tag === EXPLICIT_BOUNDS) this.readBounds();
    else if (tag === COUNT) this.count = cursor.readFixed64();
    else if (tag === SUM) {
      this.sum = cursor.readDouble();
      this.sumPresent = true;
    } else if (tag === BUCKET_COUNT) this.counts.push(cursor.readFixed64());
    else {
      const at = cursor.position;
      cursor.skip(tag);
      if (tag === EXPLICIT_BOUND && !cursor.failed) this.boundBytes.add(at, cursor.position);
    }
  }

  override deliver(point: PointHead): void {
    if (this.boundBytes.length > 0) this.bounds = this.decodedBounds();
    super.deliver(point);
  }

  /** A list that no list of counts can match is not worth keeping. */
  private decodedBounds(): Bounds {
    const { boundBytes, boundLists } = this;
    const known = boundLists.find(0, boundBytes);
    if (known !== NO_ENTRY) return boundLists.get(known);
    const bounds = decodeBounds(boundBytes);
    if (bounds.values.length <= MOST_NUMBERS) boundLists.add(0, boundBytes, bounds);
    return bounds;
  }

  private readBounds(): void {
    const { cursor } = this;
    const at = cursor.position;
    const length = cursor.readLength();
    this.boundBytes.add(cursor.position, cursor.position + length);
    cursor.position += length;
    if (length % 8 !== 0) cursor.fail('a packed list ends within a number', at);
  }
}

function decodeBounds(source: GatheredBytes): Bounds {
  const values = new Float64Array(source.length / 8);
  for (let index = 0; index < values.length; index++) {
    values[index] = source.view.getFloat64(source.start + 8 * index, true);
  }
  return boundsOf(values);
}
