import type { Attributes } from '../../../domain/telemetry.ts';
import { NO_ATTRIBUTES } from '../otlp/attributes.ts';
import { GatheredBytes } from '../protobuf/gathered-bytes.ts';
import { InternedBytes, NO_ENTRY } from '../protobuf/interned-bytes.ts';
import { LENGTH, type ProtobufCursor, tagOf } from '../protobuf/protobuf-cursor.ts';
import type { AttributeReader } from './attribute-reader.ts';

/** ResourceMetrics, ResourceSpans and ResourceLogs are laid out alike, and so is what they hold. */
const RESOURCES = tagOf(1, LENGTH);
const OWNER = tagOf(1, LENGTH);
const ITEMS = tagOf(2, LENGTH);

const RESOURCE_LIMIT = { entries: 1 << 15, bytes: 1 << 24 };

/** Who is told of scopes, for signals that keep them. */
export interface ScopeListener {
  /** `resourceEntry` is the number of the resource; false where the scope cannot be used. */
  beginScope(resourceEntry: number, scope: GatheredBytes): boolean;
}

/**
 * The two outer layers all signals share: resources, then scopes, then what the signal is about. Fields may come in any
 * order, so each message is gone through twice: for its owner, then for its items.
 */
export class Envelope {
  /** The resource of the item at hand. */
  resource: Attributes = NO_ATTRIBUTES;
  private readonly cursor: ProtobufCursor;
  private readonly attributes: AttributeReader;
  private readonly resources: InternedBytes<Attributes>;
  private readonly scopes: ScopeListener | null;
  private readonly owner: GatheredBytes;
  private readonly scope: GatheredBytes;
  private resourceEntry = NO_ENTRY;

  constructor(
    cursor: ProtobufCursor,
    attributes: AttributeReader,
    scopes: ScopeListener | null = null,
    below: InternedBytes<unknown> | null = null,
  ) {
    this.cursor = cursor;
    this.attributes = attributes;
    this.scopes = scopes;
    this.resources = new InternedBytes(RESOURCE_LIMIT, below);
    this.owner = new GatheredBytes(cursor);
    this.scope = new GatheredBytes(cursor);
  }

  /** Reads the whole request, calling `readItem` with the cursor within each item. */
  readAll(readItem: () => void): void {
    const readScope = () => this.readScope(readItem);
    const readResource = () => this.readResource(readScope);
    eachField(this.cursor, RESOURCES, readResource);
  }

  private readResource(readScope: () => void): void {
    const { cursor, owner, resources } = this;
    const { position, end } = cursor;
    gather(cursor, OWNER, owner);
    if (cursor.failed) return;
    this.resourceEntry = resources.read(0, owner, () => this.attributes.readResource(owner));
    if (this.resourceEntry === NO_ENTRY) return;
    this.resource = resources.get(this.resourceEntry);
    cursor.moveTo(position, end);
    eachField(cursor, ITEMS, readScope);
  }

  private readScope(readItem: () => void): void {
    const { cursor, scope, scopes } = this;
    if (scopes !== null) {
      const { position, end } = cursor;
      gather(cursor, OWNER, scope);
      if (cursor.failed || !scopes.beginScope(this.resourceEntry, scope)) return;
      cursor.moveTo(position, end);
    }
    eachField(cursor, ITEMS, readItem);
  }
}

/** Goes through a message, calling `read` within each value of one field. */
export function eachField(cursor: ProtobufCursor, wanted: number, read: () => void): void {
  while (cursor.more) {
    const tag = cursor.readTag();
    if (tag === wanted) {
      const holder = cursor.enter();
      read();
      cursor.leave(holder);
    } else cursor.skip(tag);
  }
}

/** Goes through a message and gathers the payload of one field. */
function gather(cursor: ProtobufCursor, wanted: number, into: GatheredBytes): void {
  into.clear();
  while (cursor.more) {
    const tag = cursor.readTag();
    if (tag === wanted) {
      const length = cursor.readLength();
      into.add(cursor.position, cursor.position + length);
      cursor.position += length;
    } else cursor.skip(tag);
  }
}
