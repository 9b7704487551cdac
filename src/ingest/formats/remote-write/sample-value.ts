import type { ProtobufCursor } from '../protobuf/protobuf-cursor.ts';

/** The NaN that marks the end of a series, by halves; engines need not keep the bits of a NaN (Prometheus, model/value). */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 2;

/** Whether the double at the cursor is the stale marker. */
export function isStale(cursor: ProtobufCursor): boolean {
  const at = cursor.position;
  if (at + 8 > cursor.end) return false;
  return cursor.view.getUint32(at, true) === STALE_LOW && cursor.view.getUint32(at + 4, true) === STALE_HIGH;
}
