import { BACKSLASH, DOT, LOWER_CASE_BIT, LOWER_E, LOWER_U, MINUS, NINE, PLUS, QUOTE, ZERO } from './json-bytes.ts';
import type { JsonCursor } from './json-cursor.ts';

const EXACT_INTEGER_LIMIT = 2 ** 53;
const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** Past the digits that start at `at`. */
export function skipDigits(bytes: Buffer, at: number, end: number): number {
  let next = at;
  while (next < end && bytes[next]! >= ZERO && bytes[next]! <= NINE) next++;
  return next;
}

/** `mantissa` followed by the digits of [at, to); exact while the result stays below 2^53. */
export function appendDigits(bytes: Buffer, at: number, to: number, mantissa: number): number {
  let value = mantissa;
  for (let index = at; index < to; index++) value = value * 10 + (bytes[index]! - ZERO);
  return value;
}

/**
 * The JSON number at the cursor, correctly rounded, or NaN where there is none (position then undefined). An exact
 * mantissa times or over an exact power of ten rounds once (Clinger 1990); the rest goes the long way over text, unless
 * only the grammar is wanted.
 */
export function scanNumber(cursor: JsonCursor, valueWanted = true): number {
  const { bytes, end } = cursor;
  const start = cursor.position;
  const digits = start < end && bytes[start] === MINUS ? start + 1 : start;
  let at = skipDigits(bytes, digits, end);
  if (at === digits || (at > digits + 1 && bytes[digits] === ZERO)) return Number.NaN;
  let mantissa = appendDigits(bytes, digits, at, 0);
  let exponent = 0;
  if (at < end && bytes[at] === DOT) {
    const fraction = at + 1;
    at = skipDigits(bytes, fraction, end);
    if (at === fraction) return Number.NaN;
    mantissa = appendDigits(bytes, fraction, at, mantissa);
    exponent = fraction - at;
  }
  cursor.position = at;
  if (at < end && (bytes[at]! | LOWER_CASE_BIT) === LOWER_E) exponent += scanExponent(cursor);
  if (Number.isNaN(exponent)) return Number.NaN;
  if (!valueWanted) return 0;
  const exact = mantissa < EXACT_INTEGER_LIMIT && exponent >= -22 && exponent <= 22;
  const size = exact ? scaled(mantissa, exponent) : Number(bytes.toString('latin1', digits, cursor.position));
  return digits > start ? -size : size;
}

function scaled(mantissa: number, exponent: number): number {
  return exponent < 0 ? mantissa / POWERS_OF_TEN[-exponent]! : mantissa * POWERS_OF_TEN[exponent]!;
}

function scanExponent(cursor: JsonCursor): number {
  const { bytes, end } = cursor;
  const sign = cursor.position + 1;
  const signed = sign < end && (bytes[sign] === MINUS || bytes[sign] === PLUS);
  const digits = signed ? sign + 1 : sign;
  const at = skipDigits(bytes, digits, end);
  cursor.position = at;
  if (at === digits) return Number.NaN;
  const size = appendDigits(bytes, digits, at, 0);
  return signed && bytes[sign] === MINUS ? -size : size;
}

/** Past the closing quote of a string, given the byte after its opening one; beyond `end` where it never closes. */
export function skipRawString(bytes: Buffer, at: number, end: number): number {
  let quote = at;
  do {
    while (quote < end && bytes[quote] !== QUOTE) quote++;
    quote++;
  } while (quote <= end && isEscaped(bytes, quote - 1, at));
  return quote;
}

/** Whether an odd number of backslashes stands before `at`, none of them before `from`. */
function isEscaped(bytes: Buffer, at: number, from: number): boolean {
  let first = at;
  while (first > from && bytes[first - 1] === BACKSLASH) first--;
  return (at - first) % 2 === 1;
}

/** Moves past the string at the cursor, or fails where JSON.parse would. */
export function skipString(cursor: JsonCursor): void {
  const { bytes, end } = cursor;
  let at = cursor.position + 1;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      cursor.position = at + 1;
      return;
    }
    const length = byte === BACKSLASH ? escapeLength(bytes, at, end) : 1;
    if (byte < 0x20 || length === 0) break;
    at += length;
  }
  cursor.position = Math.min(at, end);
  cursor.fail('a string holds a control character or a bad escape');
}

function escapeLength(bytes: Buffer, at: number, end: number): number {
  if (at + 1 >= end) return end - at;
  const escaped = bytes[at + 1]!;
  if (escaped !== LOWER_U) return '"\\/bfnrt'.includes(String.fromCharCode(escaped)) ? 2 : 0;
  return /^[0-9a-f]{4}$/i.test(bytes.toString('latin1', at + 2, Math.min(at + 6, end))) ? 6 : 0;
}
