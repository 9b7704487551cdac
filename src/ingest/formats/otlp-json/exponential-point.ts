import type { NumberList } from '../bytes/number-list.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { enterObject, nextKey } from '../json/json-structure.ts';
import { readDouble, readInteger, readIntegers } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import { ExponentialValues } from '../otlp/exponential-values.ts';
import { type PointKind, pointKeys } from './point.ts';

const KEYS = pointKeys(['count', 'sum', 'scale', 'zeroCount', 'zeroThreshold', 'positive', 'negative']);
const COUNT = 0;
const SUM = 1;
const SCALE = 2;
const ZERO_COUNT = 3;
const ZERO_THRESHOLD = 4;
const POSITIVE = 5;
const BUCKET_KEYS = new KeyTable(['offset', 'bucketCounts']);
const OFFSET = 0;

export class ExponentialPoint extends ExponentialValues implements PointKind {
  readonly keys = KEYS;
  private readonly cursor: JsonCursor;

  constructor(cursor: JsonCursor) {
    super();
    this.cursor = cursor;
  }

  read(key: number): void {
    const { cursor } = this;
    if (key === COUNT) this.count = readInteger(cursor);
    else if (key === SCALE) this.scale = readInteger(cursor);
    else if (key === ZERO_COUNT) this.zeroCount = readInteger(cursor);
    else if (key === ZERO_THRESHOLD) this.zeroThreshold = readDouble(cursor);
    else if (key === POSITIVE) this.offset = this.readBuckets(this.positive);
    else if (key === SUM) {
      this.sum = readDouble(cursor);
      this.sumPresent = true;
    } else this.readBuckets(this.negative);
  }

  /** Fills the list and answers the index of its first bucket. */
  private readBuckets(list: NumberList): number {
    const { cursor } = this;
    list.length = 0;
    let offset = 0;
    if (!enterObject(cursor)) return offset;
    for (let key = nextKey(cursor, BUCKET_KEYS); key >= 0; key = nextKey(cursor, BUCKET_KEYS)) {
      if (key === OFFSET) offset = readInteger(cursor);
      else readIntegers(cursor, list);
    }
    return offset;
  }
}
