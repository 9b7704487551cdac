import type { ProtobufCursor } from '../protobuf/protobuf-cursor.ts';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** An id as lower-case hex; empty where it is all zeros, null where it has another length. */
export function readTraceId(cursor: ProtobufCursor): string | null {
  return readIdentifier(cursor, TRACE_ID_BYTES);
}

export function readSpanId(cursor: ProtobufCursor): string | null {
  return readIdentifier(cursor, SPAN_ID_BYTES);
}

function readIdentifier(cursor: ProtobufCursor, bytes: number): string | null {
  const length = cursor.readLength();
  const start = cursor.position;
  const end = start + length;
  cursor.position = end;
  let at = start;
  while (at < end && cursor.bytes[at] === 0) at++;
  if (at === end) return '';
  return length === bytes ? cursor.bytes.toString('hex', start, end) : null;
}
