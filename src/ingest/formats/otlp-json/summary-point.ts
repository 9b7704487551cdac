import type { JsonCursor } from '../json/json-cursor.ts';
import { enterArray, enterObject, nextElement, nextKey } from '../json/json-structure.ts';
import { readDouble, readInteger } from '../json/json-values.ts';
import { KeyTable } from '../json/key-table.ts';
import { SummaryValues } from '../otlp/summary-values.ts';
import { type PointKind, pointKeys } from './point.ts';

const KEYS = pointKeys(['count', 'sum', 'quantileValues']);
const COUNT = 0;
const SUM = 1;
const PAIR_KEYS = new KeyTable(['quantile', 'value']);
const QUANTILE = 0;

export class SummaryPoint extends SummaryValues implements PointKind {
  readonly keys = KEYS;
  private readonly cursor: JsonCursor;

  constructor(cursor: JsonCursor) {
    super();
    this.cursor = cursor;
  }

  read(key: number): void {
    if (key === COUNT) this.count = readInteger(this.cursor);
    else if (key === SUM) this.sum = readDouble(this.cursor);
    else this.readPairs();
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
    this.addPair(quantile, value);
  }
}
