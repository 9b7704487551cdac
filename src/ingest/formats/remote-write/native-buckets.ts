import { NumberList } from '../bytes/number-list.ts';
import { WIRE, type WireCursor } from './wire-cursor.ts';

const OFFSET_TAG = (1 << 3) | WIRE.varint;
const LENGTH_TAG = (2 << 3) | WIRE.varint;
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

  readSpan(cursor: WireCursor): void {
    const outer = cursor.enter();
    let offset = 0;
    let length = 0;
    for (let tag = cursor.nextTag(); tag > 0; tag = cursor.nextTag()) {
      if (tag === OFFSET_TAG) offset = cursor.readZigzag();
      else if (tag === LENGTH_TAG) length = cursor.readUnsigned();
      else cursor.skip(tag);
    }
    cursor.leave(outer);
    this.offsets.push(offset);
    this.lengths.push(length);
  }

  readDeltas(cursor: WireCursor, tag: number): void {
    readPacked(cursor, tag, () => this.deltas.push(cursor.readZigzag()));
  }

  readCounts(cursor: WireCursor, tag: number): void {
    readPacked(cursor, tag, () => this.absolute.push(cursor.readDouble()));
  }

  get isEmpty(): boolean {
    return this.offsets.length === 0 && this.deltas.length === 0 && this.absolute.length === 0;
  }

  /** Lays the buckets out into `indices` and `counts`; answers what is wrong with them. */
  settle(isFloat: boolean): string | null {
    const given = (isFloat ? this.absolute : this.deltas).view();
    this.counts.length = 0;
    this.indices.length = 0;
    this.total = 0;
    this.isNegative = false;
    if (given.length > MOST_BUCKETS) return `${given.length} buckets, ${MOST_BUCKETS} are allowed`;
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

function readPacked(cursor: WireCursor, tag: number, read: () => void): void {
  if ((tag & 7) !== WIRE.bytes) {
    read();
    return;
  }
  const outer = cursor.enter();
  while (cursor.position < cursor.end) read();
  cursor.leave(outer);
}

export function readDoubles(cursor: WireCursor, tag: number, list: NumberList): void {
  readPacked(cursor, tag, () => list.push(cursor.readDouble()));
}
