import { NumberList } from '../bytes/number-list.ts';
import { lengthProblem, usableSum } from './distribution.ts';
import type { PointHead, PointValues } from './point.ts';

/** SummaryDataPoint. Its sum is not optional in the protocol, so an absent one is 0. */
export class SummaryValues implements PointValues {
  protected count = 0;
  protected sum = 0;
  private readonly quantiles = new NumberList();
  private readonly values = new NumberList();
  private outside: number | null = null;
  private notFinite = 0;

  clear(): void {
    this.clearPairs();
    this.count = 0;
    this.sum = 0;
  }

  protected clearPairs(): void {
    this.quantiles.length = 0;
    this.values.length = 0;
    this.outside = null;
    this.notFinite = 0;
  }

  protected addPair(quantile: number, value: number): void {
    if (!(quantile >= 0 && quantile <= 1)) this.outside = quantile;
    if (!Number.isFinite(value)) {
      this.notFinite++;
      return;
    }
    this.quantiles.push(quantile);
    this.values.push(value);
  }

  deliver(point: PointHead): void {
    const { count, outside } = this;
    const { report } = point;
    const tooLong = lengthProblem(this.values, 'quantileValues');
    if (count < 0) report.reject('negative-count', `count is ${count}`);
    else if (outside !== null) report.reject('bad-point', `quantile ${outside} is outside 0 to 1`);
    else if (tooLong !== null) report.reject('bad-point', tooLong);
    else this.hand(point);
  }

  private hand(point: PointHead): void {
    const { report } = point;
    if (this.notFinite > 0) report.reject('partly-not-finite', `${this.notFinite} quantiles have no value`);
    const sum = usableSum(report, this.sum, true);
    const quantiles = this.quantiles.view();
    const values = this.values.view();
    report.sink.summaryPoint(point.stream(), point.startMs, point.timeMs, this.count, sum, quantiles, values);
  }
}
