import { ByteInterner } from '../bytes/byte-interner.ts';
import { sameBytes, viewOf } from '../bytes/same-bytes.ts';
import { BACKSLASH, CLOSE_BRACKET, COMMA, QUOTE } from '../json/json-bytes.ts';
import type { JsonCursor } from '../json/json-cursor.ts';

const BEFORE_NAME = tokenOf('{"key":"');
/** Both kinds of value are digits or text between quotes. */
const BEFORE_VALUE = [tokenOf('","value":{"stringValue":"'), tokenOf('","value":{"intValue":"')];
const AFTER_VALUE = tokenOf('"}}');
const FIRST_PRINTABLE = 0x20;
const MOST_NAMES = 1 << 12;
const ABSENT = -1;

/**
 * Reads attribute lists as nearly every exporter writes them: no white space, no escapes, values that are text or quoted
 * integers. For lists that repeat too seldom to be kept this takes a third of the time of JSON.parse.
 */
export class PlainAttributes {
  private readonly interner = new ByteInterner();
  private readonly names: string[] = [];

  /** The list whose opening bracket is at the cursor; null, with the cursor in place, where its form is another one. */
  read(cursor: JsonCursor): Map<string, string> | null {
    const start = cursor.position;
    const attributes = new Map<string, string>();
    let separator = COMMA;
    cursor.position++;
    while (separator === COMMA) {
      if (!this.readAttribute(cursor, attributes)) {
        cursor.position = start;
        return null;
      }
      separator = cursor.position < cursor.end ? cursor.bytes[cursor.position++]! : ABSENT;
    }
    if (separator === CLOSE_BRACKET) return attributes;
    cursor.position = start;
    return null;
  }

  private readAttribute(cursor: JsonCursor, attributes: Map<string, string>): boolean {
    if (!take(cursor, BEFORE_NAME)) return false;
    const nameAt = cursor.position;
    if (!skipPlainText(cursor)) return false;
    const nameEnd = cursor.position;
    if (!take(cursor, BEFORE_VALUE[0]!) && !take(cursor, BEFORE_VALUE[1]!)) return false;
    const valueAt = cursor.position;
    if (!skipPlainText(cursor)) return false;
    const valueEnd = cursor.position;
    if (!take(cursor, AFTER_VALUE)) return false;
    attributes.set(this.nameOf(cursor, nameAt, nameEnd), cursor.bytes.toString('utf8', valueAt, valueEnd));
    return true;
  }

  private nameOf(cursor: JsonCursor, start: number, end: number): string {
    const known = this.interner.find(0, cursor, start, end);
    if (known >= 0) return this.names[known]!;
    const name = cursor.bytes.toString('utf8', start, end);
    if (this.interner.size < MOST_NAMES) {
      this.interner.add(0, cursor, start, end);
      this.names.push(name);
    }
    return name;
  }
}

function tokenOf(text: string): DataView {
  return viewOf(Buffer.from(text, 'latin1'));
}

function take(cursor: JsonCursor, token: DataView): boolean {
  const { position } = cursor;
  const length = token.byteLength;
  if (position + length > cursor.end || !sameBytes(token, 0, cursor.view, position, length)) return false;
  cursor.position = position + length;
  return true;
}

/** Moves to the closing quote; false at an escape, a control character or the end. */
function skipPlainText(cursor: JsonCursor): boolean {
  const { bytes, end } = cursor;
  let at = cursor.position;
  while (at < end && bytes[at]! >= FIRST_PRINTABLE && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) at++;
  cursor.position = at;
  return at < end && bytes[at] === QUOTE;
}
