import type { NumberList } from '../bytes/number-list.ts';
import { CLOSE_BRACKET, COMMA, DOT, LOWER_CASE_BIT, LOWER_E, QUOTE, ZERO } from './json-bytes.ts';
import type { JsonCursor } from './json-cursor.ts';
import { appendDigits, scanNumber, skipDigits, skipString } from './json-scan.ts';
import { skipValue } from './json-skip.ts';
import { enterArray, nextElement, skipMistyped } from './json-structure.ts';

const EXACT_DIGITS = 15;
const LONGEST_FIXED64 = 20;
const NANOSECOND_DIGITS = 6;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/** A double, bare or quoted, among the quoted "NaN", "Infinity" and "-Infinity"; another type is marked and answers NaN. */
export function readDouble(cursor: JsonCursor): number {
  const first = cursor.next();
  const start = cursor.position;
  if (first === QUOTE) {
    cursor.position++;
    const value = scanNumber(cursor);
    if (!Number.isNaN(value) && cursor.bytes[cursor.position] === QUOTE && cursor.position < cursor.end) {
      cursor.position++;
      return value;
    }
    cursor.position = start;
    return readUnusualDouble(cursor);
  }
  const value = scanNumber(cursor);
  if (Number.isNaN(value)) {
    cursor.position = start;
    skipMistyped(cursor);
  }
  return value;
}

/** The three names, or digits spelled with escapes. */
function readUnusualDouble(cursor: JsonCursor): number {
  const start = cursor.position;
  const value = doubleOf(readText(cursor));
  if (value === undefined) cursor.markMistype(start);
  return value ?? Number.NaN;
}

/** A parsed JSON value as a double, by protobuf's JSON mapping; undefined where it is none. */
export function doubleOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^(NaN|-?Infinity|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/.test(value))
    return undefined;
  return Number(value);
}

/** An integer, bare or quoted; anything else is marked and answers NaN. Exact up to 2^53, correctly rounded above. */
export function readInteger(cursor: JsonCursor): number {
  cursor.next();
  const start = cursor.position;
  const mistypes = cursor.mistypes;
  const value = readDouble(cursor);
  if (Number.isInteger(value)) return value;
  if (cursor.mistypes === mistypes) cursor.markMistype(start);
  return Number.NaN;
}

/**
 * Nanoseconds since the epoch as milliseconds with fractions. The digits are split where the unit changes, so nothing is
 * lost to a double that cannot hold 19 digits.
 */
export function readMilliseconds(cursor: JsonCursor): number {
  const quoted = cursor.next() === QUOTE;
  const { bytes, end } = cursor;
  const start = quoted ? cursor.position + 1 : cursor.position;
  const after = skipDigits(bytes, start, end);
  const digits = after - start;
  if (
    digits > NANOSECOND_DIGITS &&
    digits <= LONGEST_FIXED64 &&
    bytes[start] !== ZERO &&
    closes(cursor, after, quoted)
  ) {
    const split = after - NANOSECOND_DIGITS;
    cursor.position = quoted ? after + 1 : after;
    return appendDigits(bytes, start, split, 0) + appendDigits(bytes, split, after, 0) / NANOSECONDS_PER_MILLISECOND;
  }
  cursor.next();
  const at = cursor.position;
  const nanoseconds = readInteger(cursor);
  if (nanoseconds < 0) cursor.markMistype(at);
  return nanoseconds / NANOSECONDS_PER_MILLISECOND;
}

function closes(cursor: JsonCursor, at: number, quoted: boolean): boolean {
  if (at >= cursor.end) return false;
  const byte = cursor.bytes[at]!;
  return quoted ? byte === QUOTE : byte !== DOT && (byte | LOWER_CASE_BIT) !== LOWER_E;
}

export function readBoolean(cursor: JsonCursor): boolean {
  const first = cursor.next();
  const start = cursor.position;
  if (first === 0x74 || first === 0x66) {
    skipValue(cursor);
    return cursor.position - start === 4;
  }
  skipMistyped(cursor);
  return false;
}

/** A string; another type is marked and answers the empty string. */
export function readText(cursor: JsonCursor): string {
  if (cursor.next() !== QUOTE) {
    skipMistyped(cursor);
    return '';
  }
  const start = cursor.position;
  skipString(cursor);
  if (cursor.failed) return '';
  const text = cursor.bytes.toString('utf8', start + 1, cursor.position - 1);
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text;
}

/** Fills the list with the integers of the array at the cursor. */
export function readIntegers(cursor: JsonCursor, list: NumberList): void {
  list.length = 0;
  if (!enterArray(cursor) || readPlainIntegers(cursor, list)) return;
  if (list.length > 0) list.push(readInteger(cursor));
  while (nextElement(cursor)) list.push(readInteger(cursor));
}

/**
 * The usual form of an array of counts: short, unsigned, without white space. True past its end; false where something
 * unusual begins, with the cursor at that element.
 */
function readPlainIntegers(cursor: JsonCursor, list: NumberList): boolean {
  const { bytes, end } = cursor;
  while (cursor.position < end) {
    const start = cursor.position;
    const value = scanPlainInteger(cursor);
    const separator = cursor.position < end ? bytes[cursor.position] : -1;
    if (value < 0 || (separator !== COMMA && separator !== CLOSE_BRACKET)) {
      cursor.position = start;
      return false;
    }
    list.push(value);
    cursor.position++;
    cursor.fresh = false;
    if (separator === CLOSE_BRACKET) return true;
  }
  return false;
}

/** An integer of at most 15 digits, bare or quoted, past which the cursor moves; -1 for everything else. */
function scanPlainInteger(cursor: JsonCursor): number {
  const { bytes, position } = cursor;
  const quoted = bytes[position] === QUOTE;
  const start = quoted ? position + 1 : position;
  const limit = Math.min(cursor.end, start + EXACT_DIGITS);
  let value = 0;
  let at = start;
  for (; at < limit; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === start || (bytes[start] === ZERO && at > start + 1)) return -1;
  if (quoted && (at >= cursor.end || bytes[at++] !== QUOTE)) return -1;
  cursor.position = at;
  return value;
}
