import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, LOWER_N, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts';
import type { JsonCursor } from './json-cursor.ts';
import { skipValue } from './json-skip.ts';
import { type KeyTable, UNKNOWN_KEY } from './key-table.ts';

/** `nextKey` when the object has no more known members. */
export const NO_KEY = -2;

/** Moves past a well-formed value that stands where another type belongs. */
export function skipMistyped(cursor: JsonCursor): void {
  cursor.next();
  cursor.markMistype(cursor.position);
  skipValue(cursor);
}

function enter(cursor: JsonCursor, opening: number): boolean {
  if (cursor.next() !== opening) {
    skipMistyped(cursor);
    return false;
  }
  cursor.position++;
  cursor.fresh = true;
  return true;
}

/** Steps into an object; false, and past the value, where something else stands here. */
export function enterObject(cursor: JsonCursor): boolean {
  return enter(cursor, OPEN_BRACE);
}

export function enterArray(cursor: JsonCursor): boolean {
  return enter(cursor, OPEN_BRACKET);
}

/** Steps to the next member or element, or out of the container; false at its end. */
function step(cursor: JsonCursor, closing: number): boolean {
  const byte = cursor.next();
  if (byte === closing) {
    cursor.position++;
    cursor.fresh = false;
    return false;
  }
  if (cursor.fresh) {
    cursor.fresh = false;
    if (byte >= 0) return true;
  } else if (byte === COMMA) {
    cursor.position++;
    return true;
  }
  cursor.fail('a comma or a closing bracket is missing');
  return false;
}

/** True when an element follows at the cursor; false past the array's end. */
export function nextElement(cursor: JsonCursor): boolean {
  return step(cursor, CLOSE_BRACKET);
}

/**
 * The index of the next known key, with the cursor at its value, or NO_KEY past the object's end. Unknown members are
 * skipped; so are members that are `null`, which protobuf's JSON mapping reads as absent.
 */
export function nextKey(cursor: JsonCursor, keys: KeyTable): number {
  while (step(cursor, CLOSE_BRACE)) {
    if (cursor.next() !== QUOTE) {
      cursor.fail('a key is missing');
      return NO_KEY;
    }
    const key = keys.read(cursor);
    if (cursor.next() !== COLON) {
      cursor.fail('a colon is missing');
      return NO_KEY;
    }
    cursor.position++;
    const first = cursor.next();
    if (key !== UNKNOWN_KEY && first !== LOWER_N) return key;
    skipValue(cursor);
  }
  return NO_KEY;
}
