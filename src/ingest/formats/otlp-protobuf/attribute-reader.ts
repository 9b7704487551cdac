import type { Attributes } from '../../../domain/telemetry.ts';
import { attributeText, NO_ATTRIBUTES, scopeText } from '../otlp/attributes.ts';
import type { GatheredBytes } from '../protobuf/gathered-bytes.ts';
import { LENGTH, ProtobufCursor, tagOf } from '../protobuf/protobuf-cursor.ts';
import { type AnyValue, AnyValueReader, readPlainValue } from './any-value.ts';

const KEY = tagOf(1, LENGTH);
const VALUE = tagOf(2, LENGTH);
const RESOURCE_ATTRIBUTES = tagOf(1, LENGTH);
const SCOPE_NAME = tagOf(1, LENGTH);
const SCOPE_VERSION = tagOf(2, LENGTH);
const SCOPE_ATTRIBUTES = tagOf(3, LENGTH);
const MOST_ATTRIBUTES = 1 << 14;

/** Decodes what was gathered of a message: its attributes, as text. What is malformed fails the cursor it came from. */
export class AttributeReader {
  private readonly source: ProtobufCursor;
  private readonly cursor = new ProtobufCursor();
  private readonly values = new AnyValueReader(this.cursor);
  private key = '';
  private text = '';

  constructor(source: ProtobufCursor) {
    this.source = source;
  }

  readResource(resource: GatheredBytes): Attributes | undefined {
    return this.readAttributes(resource, RESOURCE_ATTRIBUTES);
  }

  /** The KeyValues of the field `tag`, a later duplicate winning; undefined, with the source failed, where one is none. */
  readAttributes(message: GatheredBytes, tag: number): Attributes | undefined {
    if (message.length === 0) return NO_ATTRIBUTES;
    const { cursor } = this;
    const attributes = new Map<string, string>();
    this.begin(message);
    while (cursor.more) {
      const field = cursor.readTag();
      if (field === tag) this.readInto(attributes);
      else cursor.skip(field);
    }
    return this.finish(attributes);
  }

  /** The text of an InstrumentationScope. */
  readScope(scope: GatheredBytes): string | undefined {
    const { cursor } = this;
    const attributes = new Map<string, string>();
    let name = '';
    let version = '';
    this.begin(scope);
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === SCOPE_NAME) name = cursor.readText();
      else if (tag === SCOPE_VERSION) version = cursor.readText();
      else if (tag === SCOPE_ATTRIBUTES) this.readInto(attributes);
      else cursor.skip(tag);
    }
    return this.finish(scopeText(name, version, attributes));
  }

  private begin(message: GatheredBytes): void {
    this.cursor.resume(message.bytes, message.view, message.start, message.end);
    this.values.begin();
  }

  private finish<T>(value: T): T | undefined {
    const { cursor, source } = this;
    const { failed } = cursor;
    if (failed) source.fail(cursor.reason, cursor.failedAt);
    cursor.release();
    return failed ? undefined : value;
  }

  private readInto(attributes: Map<string, string>): void {
    const { cursor } = this;
    this.key = '';
    this.text = '';
    this.readPair();
    if (attributes.size >= MOST_ATTRIBUTES) cursor.fail(`more than ${MOST_ATTRIBUTES} attributes in one list`);
    if (!cursor.failed) attributes.set(this.key, this.text);
  }

  /** Nearly all values are plain; one that comes in pieces or nests is read as a tree. */
  private readPair(): void {
    const { cursor } = this;
    const holder = cursor.enter();
    let tree: AnyValue | null = null;
    while (cursor.more) {
      const tag = cursor.readTag();
      if (tag === KEY) this.key = cursor.readText();
      else if (tag === VALUE) {
        const plain = readPlainValue(cursor);
        if (plain === null) {
          tree ??= {};
          this.values.merge(tree);
        } else {
          this.text = plain;
          tree = null;
        }
      } else cursor.skip(tag);
    }
    cursor.leave(holder);
    if (tree !== null && Object.keys(tree).length > 0) this.text = attributeText(tree);
  }
}
