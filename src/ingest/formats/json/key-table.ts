import { sameBytes, viewOf } from '../bytes/same-bytes.ts';
import { BACKSLASH } from './json-bytes.ts';
import type { JsonCursor } from './json-cursor.ts';
import { skipString } from './json-scan.ts';

export const UNKNOWN_KEY = -1;

/**
 * The keys an object may hold, told apart without making strings. A producer writes its keys in one order, so the key
 * that followed the last one before is tried first.
 */
export class KeyTable {
  private readonly names: readonly string[];
  private readonly tokens: readonly DataView[];
  /** The key that came after each key last time; entry 0 is for the start. */
  private readonly follower: Int32Array;
  private last = UNKNOWN_KEY;

  constructor(names: readonly string[]) {
    this.names = names;
    this.tokens = names.map((name) => viewOf(Buffer.from(`"${name}"`, 'latin1')));
    this.follower = new Int32Array(names.length + 1);
  }

  /** Index of the key whose opening quote is at the cursor, which moves past it; UNKNOWN_KEY for any other. */
  read(cursor: JsonCursor): number {
    const guess = this.follower[this.last + 1]!;
    if (guess < this.tokens.length && this.take(cursor, guess)) return this.remember(guess);
    for (let index = 0; index < this.tokens.length; index++) {
      if (this.take(cursor, index)) return this.remember(index);
    }
    return this.readUnusual(cursor);
  }

  private take(cursor: JsonCursor, index: number): boolean {
    const token = this.tokens[index]!;
    const { position } = cursor;
    const length = token.byteLength;
    if (position + length > cursor.end || !sameBytes(token, 0, cursor.view, position, length)) return false;
    cursor.position = position + length;
    return true;
  }

  private remember(index: number): number {
    this.follower[this.last + 1] = index;
    this.last = index;
    return index;
  }

  /** A key may be spelled with escapes. */
  private readUnusual(cursor: JsonCursor): number {
    const start = cursor.position;
    skipString(cursor);
    if (cursor.failed || !cursor.bytes.subarray(start, cursor.position).includes(BACKSLASH)) return UNKNOWN_KEY;
    return this.names.indexOf(JSON.parse(cursor.bytes.toString('utf8', start, cursor.position)) as string);
  }
}
