import type { JsonCursor } from '../json/json-cursor.ts';
import { readDouble, readInteger } from '../json/json-values.ts';
import { NumberValues } from '../otlp/number-values.ts';
import { type PointKind, pointKeys } from './point.ts';

const KEYS = pointKeys(['asDouble', 'asInt']);
const AS_DOUBLE = 0;

export class NumberPoint extends NumberValues implements PointKind {
  readonly keys = KEYS;
  private readonly cursor: JsonCursor;

  constructor(cursor: JsonCursor) {
    super();
    this.cursor = cursor;
  }

  read(key: number): void {
    this.value = key === AS_DOUBLE ? readDouble(this.cursor) : readInteger(this.cursor);
    this.present = true;
  }
}
