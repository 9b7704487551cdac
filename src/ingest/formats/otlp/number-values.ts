import type { PointHead, PointValues } from './point.ts';

/** NumberDataPoint: points of gauges and sums. */
export class NumberValues implements PointValues {
  /** Whether values below zero contradict the metric. */
  monotonic = false;
  protected value = 0;
  protected present = false;

  clear(): void {
    this.value = 0;
    this.present = false;
  }

  deliver(point: PointHead): void {
    const { value, present } = this;
    const { report } = point;
    if (!present) report.reject('bad-point', 'neither asDouble nor asInt');
    else if (!Number.isFinite(value)) report.reject('not-finite', `value is ${value}`);
    else if (this.monotonic && value < 0) report.reject('negative-count', `a monotonic sum is ${value}`);
    else report.sink.numberPoint(point.stream(), point.startMs, point.timeMs, value);
  }
}
