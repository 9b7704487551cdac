import type { Attributes } from '../../../domain/telemetry.ts';
import { InternedValues, parseRange } from '../json/interned-values.ts';
import { OPEN_BRACKET } from '../json/json-bytes.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { skipRaw } from '../json/json-skip.ts';
import { skipMistyped } from '../json/json-structure.ts';
import { decodeAttributes, NO_ATTRIBUTES } from '../otlp/attributes.ts';
import { PlainAttributes } from './plain-attributes.ts';

const MOST_ENTRIES = 1 << 16;
const MOST_BYTES = 1 << 24;

/** Attributes of spans and log records: many repeat, some carry ids and never do, so only the first ones are kept. */
export class AttributeCache {
  private readonly cursor: JsonCursor;
  private readonly known = new InternedValues<Attributes>(OPEN_BRACKET, decodeAttributes);
  private readonly plain = new PlainAttributes();

  constructor(cursor: JsonCursor) {
    this.cursor = cursor;
  }

  /** The attribute list at the cursor; one that is none is marked and answers no attributes. */
  read(): Attributes {
    const { cursor, known } = this;
    const room = known.size < MOST_ENTRIES && known.storedBytes < MOST_BYTES;
    return (room ? known.get(known.read(cursor)) : this.readOnce()) ?? NO_ATTRIBUTES;
  }

  private readOnce(): Attributes | undefined {
    const { cursor } = this;
    if (cursor.next() !== OPEN_BRACKET) {
      skipMistyped(cursor);
      return undefined;
    }
    const plain = this.plain.read(cursor);
    if (plain !== null) return plain;
    const start = cursor.position;
    skipRaw(cursor);
    if (cursor.failed) return undefined;
    const attributes = decodeAttributes(parseRange(cursor, start));
    if (attributes === undefined && !cursor.failed) cursor.markMistype(start);
    return attributes;
  }
}
