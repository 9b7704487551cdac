import { FIXED64, LENGTH, type ProtobufCursor, tagOf, VARINT } from '../protobuf/protobuf-cursor.ts';

const STRING = tagOf(1, LENGTH);
const BOOL = tagOf(2, VARINT);
const INT = tagOf(3, VARINT);
const DOUBLE = tagOf(4, FIXED64);
const ARRAY = tagOf(5, LENGTH);
const KVLIST = tagOf(6, LENGTH);
const BYTES = tagOf(7, LENGTH);
const VALUES = tagOf(1, LENGTH);
const KEY = tagOf(1, LENGTH);
const VALUE = tagOf(2, LENGTH);

const DEPTH_LIMIT = 64;
const MOST_VALUES = 1 << 16;

/** An AnyValue as protobuf's JSON mapping spells it; at most one member is set. */
export interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  doubleValue?: number;
  bytesValue?: string;
  arrayValue?: { values: AnyValue[] };
  kvlistValue?: { values: { key: string; value: AnyValue }[] };
}

/**
 * The text of an AnyValue at the cursor that is a string, an integer or a boolean and nothing else; null, with the cursor
 * in place, where it is more.
 */
export function readPlainValue(cursor: ProtobufCursor): string | null {
  const start = cursor.position;
  const holder = cursor.enter();
  let text: string | null = null;
  if (cursor.more) {
    const tag = cursor.readTag();
    if (tag === STRING) text = cursor.readText();
    else if (tag === INT) text = cursor.readInt64Text();
    else if (tag === BOOL) text = String(cursor.readBoolean());
  }
  if (text === null || cursor.more || cursor.failed) {
    cursor.moveTo(start, holder);
    return null;
  }
  cursor.leave(holder);
  return text;
}

/** Reads AnyValues into trees: a value that comes in several pieces is merged, as protobuf asks, and the last kind wins. */
export class AnyValueReader {
  private readonly cursor: ProtobufCursor;
  private left = MOST_VALUES;

  constructor(cursor: ProtobufCursor) {
    this.cursor = cursor;
  }

  /** Starts another list of attributes; it holds a limited number of values, however they nest. */
  begin(): void {
    this.left = MOST_VALUES;
  }

  /** Merges the AnyValue at the cursor into a tree. */
  merge(into: AnyValue, depth = 0): void {
    const { cursor } = this;
    if (depth > DEPTH_LIMIT) cursor.fail(`attributes nest more than ${DEPTH_LIMIT} deep`);
    if (--this.left < 0) cursor.fail(`more than ${MOST_VALUES} values in one list of attributes`);
    const holder = cursor.enter();
    while (cursor.more) this.readMember(cursor.readTag(), into, depth);
    cursor.leave(holder);
  }

  private readMember(tag: number, into: AnyValue, depth: number): void {
    const { cursor } = this;
    if (tag === STRING) only(into, 'stringValue').stringValue = cursor.readText();
    else if (tag === BOOL) only(into, 'boolValue').boolValue = cursor.readBoolean();
    else if (tag === INT) only(into, 'intValue').intValue = cursor.readInt64Text();
    else if (tag === DOUBLE) only(into, 'doubleValue').doubleValue = cursor.readDouble();
    else if (tag === BYTES) only(into, 'bytesValue').bytesValue = this.readBase64();
    else if (tag === ARRAY) this.readItems(into, depth + 1);
    else if (tag === KVLIST) this.readPairs(into, depth + 1);
    else cursor.skip(tag);
  }

  private readBase64(): string {
    const { cursor } = this;
    const length = cursor.readLength();
    const start = cursor.position;
    cursor.position += length;
    return cursor.bytes.toString('base64', start, start + length);
  }

  private readItems(into: AnyValue, depth: number): void {
    const { cursor } = this;
    const list = only(into, 'arrayValue');
    list.arrayValue ??= { values: [] };
    const holder = cursor.enter();
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag !== VALUES) {
        cursor.skip(tag);
        continue;
      }
      const item: AnyValue = {};
      list.arrayValue.values.push(item);
      this.merge(item, depth);
    }
    cursor.leave(holder);
  }

  private readPairs(into: AnyValue, depth: number): void {
    const { cursor } = this;
    const list = only(into, 'kvlistValue');
    list.kvlistValue ??= { values: [] };
    const holder = cursor.enter();
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === VALUES) list.kvlistValue.values.push(this.readPair(depth));
      else cursor.skip(tag);
    }
    cursor.leave(holder);
  }

  private readPair(depth: number): { key: string; value: AnyValue } {
    const { cursor } = this;
    const pair = { key: '', value: {} };
    if (--this.left < 0) cursor.fail(`more than ${MOST_VALUES} values in one list of attributes`);
    const holder = cursor.enter();
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === KEY) pair.key = cursor.readText();
      else if (tag === VALUE) this.merge(pair.value, depth);
      else cursor.skip(tag);
    }
    cursor.leave(holder);
    return pair;
  }
}

/** The value, without any other member than this one. */
function only(value: AnyValue, member: keyof AnyValue): AnyValue {
  for (const other of Object.keys(value) as (keyof AnyValue)[]) if (other !== member) delete value[other];
  return value;
}
