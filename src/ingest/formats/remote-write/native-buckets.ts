import { NumberList } from '../bytes/number-list.ts';
import { LENGTH, type ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';

const OFFSET_TAG = tagOf(1, VARINT);
const LENGTH_TAG = tagOf(2, VARINT);
/** More buckets than any histogram has: Prometheus itself keeps a few hundred. */
const MOST_BUCKETS = 1 << 14;
/** Binary exponents of the smallest and beyond the largest double, at the finest schema. */
const FARTHEST_INDEX = 2 ** 20;

/** One side of a native histogram: spans of consecutive buckets, and a count or the change of a count for each. */
export class NativeBuckets {
  readonly counts = new NumberList();
  /** Index of each bucket of `counts`. */
  readonly indices = new NumberList();
  total = 0;
  isNegative = false;
  private readonly offsets = new NumberList();
  private readonly lengths = new NumberList();
  private readonly deltas = new NumberList();
  private readonly absolute = new NumberList();

  begin(): void {
    this.offsets.length = 0;
    this.lengths.length = 0;
    this.deltas.length = 0;
    this.absolute.length = 0;
  }

  readSpan(cursor: ProtobufCursor): void {
    const holder = cursor.enter();
    let offset = 0;
    let length = 0;
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === OFFSET_TAG) offset = cursor.readSint64();
      else if (tag === LENGTH_TAG) length = cursor.readUint64();
      else cursor.skip(tag);
    }
    cursor.leave(holder);
    if (this.offsets.length > MOST_BUCKETS) return;
    this.offsets.push(offset);
    this.lengths.push(length);
  }

  readDeltas(cursor: ProtobufCursor, tag: number): void {
    readPacked(cursor, tag, this.deltas, () => this.deltas.push(cursor.readSint64()));
  }

  readCounts(cursor: ProtobufCursor, tag: number): void {
    readPacked(cursor, tag, this.absolute, () => this.absolute.push(cursor.readDouble()));
  }

  /** Lays the buckets out into `indices` and `counts`; answers what is wrong with them. */
  settle(isFloat: boolean): string | null {
    const given = (isFloat ? this.absolute : this.deltas).view();
    this.counts.length = 0;
    this.indices.length = 0;
    this.total = 0;
    this.isNegative = false;
    if (given.length > MOST_BUCKETS || this.offsets.length > MOST_BUCKETS) return `more than ${MOST_BUCKETS} buckets`;
    const offsets = this.offsets.view();
    const lengths = this.lengths.view();
    let at = 0;
    let index = 0;
    let count = 0;
    for (let span = 0; span < offsets.length; span++) {
      if (span > 0 && offsets[span]! < 0) return 'a span begins before the one ahead of it ends';
      index += offsets[span]!;
      if (at + lengths[span]! > given.length) return `spans need more buckets than the ${given.length} there are`;
      if (Math.abs(index) > FARTHEST_INDEX) return `bucket index ${index} lies outside the range of a double`;
      for (const stop = at + lengths[span]!; at < stop; at++) {
        count = isFloat ? given[at]! : count + given[at]!;
        this.push(index++, count);
      }
    }
    return at === given.length ? null : `spans need ${at} buckets, there are ${given.length}`;
  }

  private push(index: number, count: number): void {
    if (!(count >= 0 && count < Number.POSITIVE_INFINITY)) this.isNegative = true;
    this.total += count;
    this.indices.push(index);
    this.counts.push(count);
  }
}

/** Reads one more element than is allowed at most, so that too many are seen to be too many. */
function readPacked(cursor: ProtobufCursor, tag: number, list: NumberList, read: () => void): void {
  if ((tag & 7) !== LENGTH) {
    if (list.length > MOST_BUCKETS) cursor.skip(tag);
    else read();
    return;
  }
  const holder = cursor.enter();
  while (cursor.more && list.length <= MOST_BUCKETS) read();
  cursor.leave(holder);
}

export function readDoubles(cursor: ProtobufCursor, tag: number, list: NumberList): void {
  readPacked(cursor, tag, list, () => list.push(cursor.readDouble()));
}
