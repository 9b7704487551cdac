import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-bytes.ts';
import type { JsonCursor } from './json-cursor.ts';
import { scanNumber, skipRawString, skipString } from './json-scan.ts';

const DEPTH_LIMIT = 64;
/** Ranges that are read again start higher up in the document. */
const RAW_DEPTH_LIMIT = 2 * DEPTH_LIMIT;
const FIRST_LETTER = 0x61;
const LITERALS = ['true', 'false', 'null'].map((text) => Buffer.from(text, 'latin1'));

const ORDINARY = 0;
const QUOTES = 1;
const OPENS = 2;
const CLOSES = 3;
const ROLES = new Uint8Array(256);
ROLES[QUOTE] = QUOTES;
ROLES[OPEN_BRACE] = OPENS;
ROLES[OPEN_BRACKET] = OPENS;
ROLES[CLOSE_BRACE] = CLOSES;
ROLES[CLOSE_BRACKET] = CLOSES;

/** Moves past one value and fails where it is not JSON or nests more than 64 deep. */
export function skipValue(cursor: JsonCursor, depth = 0): void {
  const byte = cursor.next();
  if (byte === QUOTE) skipString(cursor);
  else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) skipContainer(cursor, byte, depth);
  else if (byte >= FIRST_LETTER ? !skipLiteral(cursor) : Number.isNaN(scanNumber(cursor, false))) {
    cursor.fail('not a JSON value');
  }
}

function skipContainer(cursor: JsonCursor, opening: number, depth: number): void {
  const closing = opening === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
  if (depth >= DEPTH_LIMIT) cursor.fail(`nested more than ${DEPTH_LIMIT} deep`);
  cursor.position++;
  let byte = cursor.next();
  if (byte !== closing) {
    do {
      if (opening === OPEN_BRACE) skipKey(cursor);
      skipValue(cursor, depth + 1);
      byte = cursor.next();
      if (byte !== COMMA && byte !== closing) cursor.fail('a comma or a closing bracket is missing');
      else cursor.position++;
    } while (byte === COMMA);
  } else cursor.position++;
}

function skipKey(cursor: JsonCursor): void {
  if (cursor.next() === QUOTE) skipString(cursor);
  else cursor.fail('a key is missing');
  if (cursor.next() === COLON) cursor.position++;
  else cursor.fail('a colon is missing');
}

/** Moves past `true`, `false` or `null`, if one is here. */
function skipLiteral(cursor: JsonCursor): boolean {
  const { bytes, position, end } = cursor;
  for (const literal of LITERALS) {
    const after = position + literal.length;
    if (after <= end && bytes.compare(literal, 0, literal.length, position, after) === 0) {
      cursor.position = after;
      return true;
    }
  }
  return false;
}

/** Moves past one value by its brackets and quotes alone, for ranges that are read in full later. */
export function skipRaw(cursor: JsonCursor): void {
  const first = cursor.next();
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    skipValue(cursor);
    return;
  }
  const { bytes, end } = cursor;
  let depth = 0;
  let at = cursor.position;
  while (at < end) {
    const role = ROLES[bytes[at++]!];
    if (role === ORDINARY) continue;
    if (role === QUOTES) at = skipRawString(bytes, at, end);
    else if (role === OPENS) depth++;
    else depth--;
    if (depth === 0 || depth > RAW_DEPTH_LIMIT) break;
  }
  cursor.position = Math.min(at, end);
  if (depth > RAW_DEPTH_LIMIT) cursor.fail(`nested more than ${RAW_DEPTH_LIMIT} deep`);
  else if (depth > 0 || at > end) {
    cursor.position = end;
    cursor.fail('it ends in the middle');
  }
}
