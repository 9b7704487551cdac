import { SummaryValues } from '../otlp/summary-values.ts';
import { FIXED64, LENGTH, type ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';
import type { PointKind } from './point.ts';

const COUNT = tagOf(4, FIXED64);
const SUM = tagOf(5, FIXED64);
const QUANTILE_VALUES = tagOf(6, LENGTH);
const QUANTILE = tagOf(1, FIXED64);
const VALUE = tagOf(2, FIXED64);

export class SummaryPoint extends SummaryValues implements PointKind {
  readonly attributesTag = tagOf(7, LENGTH);
  readonly flagsTag = tagOf(8, VARINT);
  private readonly cursor: ProtobufCursor;

  constructor(cursor: ProtobufCursor) {
    super();
    this.cursor = cursor;
  }

  read(tag: number): void {
    const { cursor } = this;
    if (tag === QUANTILE_VALUES) this.readPair();
    else if (tag === COUNT) this.count = cursor.readFixed64();
    else if (tag === SUM) this.sum = cursor.readDouble();
    else cursor.skip(tag);
  }

  private readPair(): void {
    const { cursor } = this;
    let quantile = 0;
    let value = 0;
    const holder = cursor.enter();
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === QUANTILE) quantile = cursor.readDouble();
      else if (tag === VALUE) value = cursor.readDouble();
      else cursor.skip(tag);
    }
    cursor.leave(holder);
    this.addPair(quantile, value);
  }
}
