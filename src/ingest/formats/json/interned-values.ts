import { ByteInterner } from '../bytes/byte-interner.ts';
import type { JsonCursor } from './json-cursor.ts';
import { skipRaw } from './json-skip.ts';
import { skipMistyped } from './json-structure.ts';

export const NO_ENTRY = -1;

/**
 * Values that come again and again, decoded once per distinct spelling: attribute lists, names, bucket bounds. The first
 * sight goes through JSON.parse, every other one is a comparison of bytes.
 */
export class InternedValues<T> {
  private readonly interner = new ByteInterner();
  private readonly values: (T | undefined)[] = [];
  private readonly opening: number;
  private readonly decode: (value: unknown) => T | undefined;

  /** `opening` is the first byte of every value, a quote or bracket; `decode` answers undefined for what has no meaning. */
  constructor(opening: number, decode: (value: unknown) => T | undefined) {
    this.opening = opening;
    this.decode = decode;
  }

  /** The entry of the value at the cursor within a space; NO_ENTRY, with cursor failed or a mistype marked, if unusable. */
  read(cursor: JsonCursor, space = 0): number {
    if (cursor.next() !== this.opening) {
      skipMistyped(cursor);
      return NO_ENTRY;
    }
    const start = cursor.position;
    let entry = this.interner.guess(space, cursor, start, cursor.end);
    if (entry !== NO_ENTRY) {
      cursor.position = start + this.interner.lengthOf(entry);
      return this.usable(entry, cursor, start);
    }
    skipRaw(cursor);
    if (cursor.failed) return NO_ENTRY;
    entry = this.interner.find(space, cursor, start, cursor.position);
    if (entry === NO_ENTRY) entry = this.add(cursor, space, start);
    return entry === NO_ENTRY ? entry : this.usable(entry, cursor, start);
  }

  /** The entry of a value that is absent. */
  absent(cursor: JsonCursor, space: number, value: T): number {
    const found = this.interner.find(space, cursor, 0, 0);
    if (found !== NO_ENTRY) return found;
    this.values.push(value);
    return this.interner.add(space, cursor, 0, 0);
  }

  get(entry: number): T | undefined {
    return this.values[entry];
  }

  get size(): number {
    return this.interner.size;
  }

  get storedBytes(): number {
    return this.interner.stored;
  }

  /** Memory the bytes take, in bytes. */
  get weight(): number {
    return this.interner.weight;
  }

  /** Lets go of a value that will not be asked for again; its entry stays. */
  replace(entry: number, value: T): void {
    this.values[entry] = value;
  }

  /** Forgets a value again where it is the one added last. */
  drop(entry: number): void {
    if (this.interner.drop(entry)) this.values.pop();
  }

  private add(cursor: JsonCursor, space: number, start: number): number {
    const value = parseRange(cursor, start);
    if (cursor.failed) return NO_ENTRY;
    this.values.push(this.decode(value));
    return this.interner.add(space, cursor, start, cursor.position);
  }

  private usable(entry: number, cursor: JsonCursor, start: number): number {
    if (this.values[entry] !== undefined) return entry;
    cursor.markMistype(start);
    return NO_ENTRY;
  }
}

/** What stands between `start` and the cursor, or a failed cursor. */
export function parseRange(cursor: JsonCursor, start: number): unknown {
  try {
    return JSON.parse(cursor.bytes.toString('utf8', start, cursor.position));
  } catch {
    cursor.position = start;
    cursor.fail('not a JSON value');
    return undefined;
  }
}
