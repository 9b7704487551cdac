import type { JsonCursor } from '../json/json-cursor.ts';
import { enterArray, enterObject, nextElement, nextKey } from '../json/json-structure.ts';
import { readDouble, readInteger } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import { NumberList } from '../json/number-list.ts';
import { usableSum } from './distribution-sum.ts';
import { type PointKind, type PointReader, pointKeys } from './point.ts';

const KEYS = pointKeys(['count', 'sum', 'quantileValues']);
const COUNT = 0;
const SUM = 1;
const PAIR_KEYS = new KeyTable(['quantile', 'value']);
const QUANTILE = 0;

/** SummaryDataPoint. Its sum is not optional in the protocol, so an absent one is 0. */
export class SummaryPoint implements PointKind {
  readonly keys = KEYS;
  private readonly cursor: JsonCursor;
  private readonly quantiles = new NumberList();
  private readonly values = new NumberList();
  private count = 0;
  private sum = 0;
  private outside: number | null = null;
  private notFinite = 0;

  constructor(cursor: JsonCursor) {
    this.cursor = cursor;
  }

  begin(): void {
    this.clearPairs();
    this.count = 0;
    this.sum = 0;
  }

  read(key: number): void {
    if (key === COUNT) this.count = readInteger(this.cursor);
    else if (key === SUM) this.sum = readDouble(this.cursor);
    else this.readPairs();
  }

  private clearPairs(): void {
    this.quantiles.length = 0;
    this.values.length = 0;
    this.outside = null;
    this.notFinite = 0;
  }

  private readPairs(): void {
    this.clearPairs();
    if (!enterArray(this.cursor)) return;
    while (nextElement(this.cursor)) this.readPair();
  }

  private readPair(): void {
    const { cursor } = this;
    if (!enterObject(cursor)) return;
    let quantile = 0;
    let value = 0;
    for (let key = nextKey(cursor, PAIR_KEYS); key >= 0; key = nextKey(cursor, PAIR_KEYS)) {
      if (key === QUANTILE) quantile = readDouble(cursor);
      else value = readDouble(cursor);
    }
    if (!(quantile >= 0 && quantile <= 1)) this.outside = quantile;
    if (!Number.isFinite(value)) {
      this.notFinite++;
      return;
    }
    this.quantiles.push(quantile);
    this.values.push(value);
  }

  deliver(point: PointReader): void {
    const { count, outside } = this;
    const { report } = point;
    if (count < 0) report.reject('negative-count', `count is ${count}`);
    else if (outside !== null) report.reject('bad-point', `quantile ${outside} is outside 0 to 1`);
    else this.hand(point);
  }

  private hand(point: PointReader): void {
    const { report } = point;
    if (this.notFinite > 0) report.reject('not-finite', `${this.notFinite} quantiles without a value were left out`);
    const sum = usableSum(report, this.sum, true);
    const quantiles = this.quantiles.view();
    const values = this.values.view();
    report.sink.summaryPoint(point.stream(), point.startMs, point.timeMs, this.count, sum, quantiles, values);
  }
}
