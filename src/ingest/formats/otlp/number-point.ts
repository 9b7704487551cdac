import type { JsonCursor } from '../json/json-cursor.ts';
import { readDouble, readInteger } from '../json/json-values.ts';
import { type PointKind, type PointReader, pointKeys } from './point.ts';

const KEYS = pointKeys(['asDouble', 'asInt']);
const AS_DOUBLE = 0;

/** NumberDataPoint: points of gauges and sums. */
export class NumberPoint implements PointKind {
  readonly keys = KEYS;
  /** Whether values below zero contradict the metric. */
  monotonic = false;
  private readonly cursor: JsonCursor;
  private value = 0;
  private present = false;

  constructor(cursor: JsonCursor) {
    this.cursor = cursor;
  }

  begin(): void {
    this.value = 0;
    this.present = false;
  }

  read(key: number): void {
    this.value = key === AS_DOUBLE ? readDouble(this.cursor) : readInteger(this.cursor);
    this.present = true;
  }

  deliver(point: PointReader): void {
    const { value, present } = this;
    const { report } = point;
    if (!present) report.reject('bad-point', 'neither asDouble nor asInt');
    else if (!Number.isFinite(value)) report.reject('not-finite', `value is ${value}`);
    else if (this.monotonic && value < 0) report.reject('negative-count', `a monotonic sum is ${value}`);
    else report.sink.numberPoint(point.stream(), point.startMs, point.timeMs, value);
  }
}
