import type { JsonCursor } from '../json/json-cursor.ts';
import { enterObject, nextKey } from '../json/json-structure.ts';
import { readDouble, readInteger, readIntegers } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import { NumberList } from '../json/number-list.ts';
import { totalCount, usableSum } from './distribution-sum.ts';
import { type PointKind, type PointReader, pointKeys } from './point.ts';

const KEYS = pointKeys(['count', 'sum', 'scale', 'zeroCount', 'zeroThreshold', 'positive', 'negative']);
const COUNT = 0;
const SUM = 1;
const SCALE = 2;
const ZERO_COUNT = 3;
const ZERO_THRESHOLD = 4;
const POSITIVE = 5;
const BUCKET_KEYS = new KeyTable(['offset', 'bucketCounts']);
const OFFSET = 0;

const LOWEST_SCALE = -10;
const HIGHEST_SCALE = 20;
/** Binary exponents of the smallest and beyond the largest double, one bucket of slack each. */
const LEAST_EXPONENT = -1075;
const GREATEST_EXPONENT = 1025;

/** ExponentialHistogramDataPoint: base 2^(2^-scale) (OpenTelemetry metrics data model). */
export class ExponentialPoint implements PointKind {
  readonly keys = KEYS;
  private readonly cursor: JsonCursor;
  private readonly positive = new NumberList();
  private readonly negative = new NumberList();
  private offset = 0;
  private count = 0;
  private sum = Number.NaN;
  private sumPresent = false;
  private scale = 0;
  private zeroCount = 0;
  private zeroThreshold = 0;

  constructor(cursor: JsonCursor) {
    this.cursor = cursor;
  }

  begin(): void {
    this.positive.length = 0;
    this.negative.length = 0;
    this.offset = 0;
    this.count = 0;
    this.sum = Number.NaN;
    this.sumPresent = false;
    this.scale = 0;
    this.zeroCount = 0;
    this.zeroThreshold = 0;
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

  deliver(point: PointReader): void {
    const { count } = this;
    const { report } = point;
    const positive = this.positive.view();
    const above = totalCount(positive);
    const below = totalCount(this.negative.view());
    const zeroCount = this.zeroCount + below;
    const problem = layoutProblem(this.scale, this.zeroThreshold, this.offset, positive.length);
    if (count < 0 || this.zeroCount < 0 || Number.isNaN(above + below)) {
      report.reject('negative-count', 'a count is below zero');
    } else if (problem !== null) {
      report.reject('bad-point', problem);
    } else if (zeroCount + above !== count) {
      report.reject('bucket-mismatch', `buckets add up to ${zeroCount + above}, count is ${count}`);
    } else {
      if (below > 0) report.reject('negative-observation', `${below} observations below zero were counted as zero`);
      this.hand(point, zeroCount, positive);
    }
  }

  private hand(point: PointReader, zeroCount: number, positive: Float64Array): void {
    const { report, startMs, timeMs } = point;
    const { count, scale, zeroThreshold, offset } = this;
    const sum = usableSum(report, this.sum, this.sumPresent);
    const stream = point.stream();
    const { sink } = report;
    sink.exponentialPoint(stream, startMs, timeMs, count, sum, scale, zeroThreshold, zeroCount, offset, positive);
  }
}

function layoutProblem(scale: number, zeroThreshold: number, offset: number, buckets: number): string | null {
  if (scale < LOWEST_SCALE || scale > HIGHEST_SCALE) {
    return `scale ${scale} is outside ${LOWEST_SCALE} to ${HIGHEST_SCALE}`;
  }
  if (!(zeroThreshold >= 0 && zeroThreshold < Number.POSITIVE_INFINITY)) return `zeroThreshold is ${zeroThreshold}`;
  const least = offset * 2 ** -scale;
  const greatest = (offset + buckets) * 2 ** -scale;
  if (buckets === 0 || (greatest >= LEAST_EXPONENT && greatest <= GREATEST_EXPONENT && least <= GREATEST_EXPONENT)) {
    return null;
  }
  return `buckets from index ${offset} at scale ${scale} lie outside the range of a double`;
}
