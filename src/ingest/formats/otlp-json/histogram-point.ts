import { InternedValues } from '../json/interned-values.ts';
import { OPEN_BRACKET } from '../json/json-bytes.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { skipValue } from '../json/json-skip.ts';
import { doubleOf, readDouble, readInteger, readIntegers } from '../json/json-values.ts';
import { type Bounds, boundsOf, HistogramValues, NO_BOUNDS } from '../otlp/histogram-values.ts';
import { type PointKind, pointKeys } from './point.ts';

const KEYS = pointKeys(['count', 'sum', 'bucketCounts', 'explicitBounds', 'min', 'max', 'exemplars']);
const COUNT = 0;
const SUM = 1;
const BUCKET_COUNTS = 2;
const EXPLICIT_BOUNDS = 3;

export class HistogramPoint extends HistogramValues implements PointKind {
  readonly keys = KEYS;
  private readonly cursor: JsonCursor;
  private readonly boundLists = new InternedValues<Bounds>(OPEN_BRACKET, decodeBounds);

  constructor(cursor: JsonCursor) {
    super();
    this.cursor = cursor;
  }

  get weight(): number {
    return this.boundLists.weight;
  }

  read(key: number): void {
    if (key === COUNT) this.count = readInteger(this.cursor);
    else if (key === SUM) {
      this.sum = readDouble(this.cursor);
      this.sumPresent = true;
    } else if (key === BUCKET_COUNTS) readIntegers(this.cursor, this.counts);
    else if (key === EXPLICIT_BOUNDS) this.bounds = this.boundLists.get(this.boundLists.read(this.cursor)) ?? NO_BOUNDS;
    else skipValue(this.cursor);
  }
}

function decodeBounds(list: unknown): Bounds | undefined {
  if (!Array.isArray(list)) return undefined;
  const bounds = (list as unknown[]).map(doubleOf);
  return bounds.includes(undefined) ? undefined : boundsOf(Float64Array.from(bounds as number[]));
}
