import { NumberValues } from '../otlp/number-values.ts';
import { FIXED64, LENGTH, type ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';
import type { PointKind } from './point.ts';

const AS_DOUBLE = tagOf(4, FIXED64);
const AS_INT = tagOf(6, FIXED64);

export class NumberPoint extends NumberValues implements PointKind {
  readonly attributesTag = tagOf(7, LENGTH);
  readonly flagsTag = tagOf(8, VARINT);
  private readonly cursor: ProtobufCursor;

  constructor(cursor: ProtobufCursor) {
    super();
    this.cursor = cursor;
  }

  read(tag: number): void {
    const { cursor } = this;
    if (tag === AS_DOUBLE) this.value = cursor.readDouble();
    else if (tag === AS_INT) this.value = cursor.readSfixed64();
    else {
      cursor.skip(tag);
      return;
    }
    this.present = true;
  }
}
