import { InternedValues } from '../json/interned-values.ts';
import { OPEN_BRACKET } from '../json/json-bytes.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { skipValue } from '../json/json-skip.ts';
import { doubleOf, readDouble, readInteger, readIntegers } from '../json/json-values.ts';
import { NumberList } from '../json/number-list.ts';
import { totalCount, usableSum } from './distribution-sum.ts';
import { type PointKind, type PointReader, pointKeys } from './point.ts';

const KEYS = pointKeys(['count', 'sum', 'bucketCounts', 'explicitBounds', 'min', 'max', 'exemplars']);
const COUNT = 0;
const SUM = 1;
const BUCKET_COUNTS = 2;
const EXPLICIT_BOUNDS = 3;

interface Bounds {
  /** The same array for the same spelling, and never written to again. */
  readonly values: Float64Array;
  readonly increasing: boolean;
}

const NO_BOUNDS: Bounds = { values: new Float64Array(0), increasing: true };

/** HistogramDataPoint: explicit bounds. */
export class HistogramPoint implements PointKind {
  readonly keys = KEYS;
  private readonly cursor: JsonCursor;
  private readonly counts = new NumberList();
  private readonly boundLists = new InternedValues<Bounds>(OPEN_BRACKET, decodeBounds);
  private count = 0;
  private sum = Number.NaN;
  private sumPresent = false;
  private bounds = NO_BOUNDS;

  constructor(cursor: JsonCursor) {
    this.cursor = cursor;
  }

  begin(): void {
    this.count = 0;
    this.sum = Number.NaN;
    this.sumPresent = false;
    this.counts.length = 0;
    this.bounds = NO_BOUNDS;
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

  deliver(point: PointReader): void {
    const { count, bounds } = this;
    const { report } = point;
    const counts = this.counts.view();
    const total = totalCount(counts);
    const problem = bucketProblem(count, bounds, counts, total);
    if (count < 0 || Number.isNaN(total)) {
      report.reject('negative-count', 'a count is below zero');
      return;
    }
    if (problem !== null) {
      report.reject('bucket-mismatch', problem);
      return;
    }
    const sum = usableSum(report, this.sum, this.sumPresent);
    report.sink.histogramPoint(point.stream(), point.startMs, point.timeMs, count, sum, bounds.values, counts);
  }
}

function bucketProblem(count: number, bounds: Bounds, counts: Float64Array, total: number): string | null {
  const length = bounds.values.length;
  if (counts.length === 0 && length === 0) return null;
  if (counts.length !== length + 1) return `${counts.length} bucketCounts for ${length} explicitBounds`;
  if (!bounds.increasing) return 'explicitBounds are not finite and strictly increasing';
  return total === count ? null : `bucketCounts add up to ${total}, count is ${count}`;
}

function decodeBounds(list: unknown): Bounds | undefined {
  if (!Array.isArray(list)) return undefined;
  const bounds = (list as unknown[]).map(doubleOf);
  if (bounds.includes(undefined)) return undefined;
  const values = Float64Array.from(bounds as number[]);
  const increasing = values.every(
    (bound, index) => Number.isFinite(bound) && (index === 0 || bound > values[index - 1]!),
  );
  return { values, increasing };
}
