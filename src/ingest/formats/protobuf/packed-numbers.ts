import type { NumberList } from '../bytes/number-list.ts';
import type { ProtobufCursor } from './protobuf-cursor.ts';
import { uint64Of } from './wide-numbers.ts';

/** Appends the packed list of fixed64 at the cursor. */
export function readPackedFixed64(cursor: ProtobufCursor, list: NumberList): void {
  const start = cursor.position;
  const length = cursor.readLength();
  const { view, position } = cursor;
  const end = position + length;
  cursor.position = end;
  if (length % 8 !== 0) {
    cursor.fail('a packed list ends within a number', start);
    return;
  }
  for (let at = position; at < end; at += 8) {
    const high = view.getInt32(at + 4, true);
    const low = view.getInt32(at, true);
    list.push(high === 0 ? low >>> 0 : uint64Of(low, high));
  }
}

/** Appends the packed list of uint64 varints at the cursor. */
export function readPackedUint64(cursor: ProtobufCursor, list: NumberList): void {
  const holder = cursor.enter();
  while (cursor.more) list.push(cursor.readUint64());
  cursor.leave(holder);
}
