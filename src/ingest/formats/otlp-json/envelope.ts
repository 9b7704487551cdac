import type { Attributes } from '../../../domain/telemetry.ts';
import { InternedValues, NO_ENTRY } from '../json/interned-values.ts';
import { OPEN_BRACE } from '../json/json-bytes.ts';
import type { JsonCursor } from '../json/json-cursor.ts';
import { skipRaw } from '../json/json-skip.ts';
import { enterArray, enterObject, nextElement, nextKey } from '../json/json-structure.ts';
import { KeyTable } from '../json/key-table.ts';
import { decodeResource, decodeScope, NO_ATTRIBUTES } from '../otlp/attributes.ts';

/** The two outer layers all signals share: resources, then scopes, then what the signal is about. */
export class Envelope {
  /** The resource and scope of the item at hand; entries are numbers of the distinct ones. */
  resourceEntry = 0;
  scopeEntry = 0;
  private readonly resources = new InternedValues<Attributes>(OPEN_BRACE, decodeResource);
  private readonly scopes = new InternedValues<string>(OPEN_BRACE, decodeScope);
  private readonly cursor: JsonCursor;

  constructor(cursor: JsonCursor) {
    this.cursor = cursor;
  }

  get resource(): Attributes {
    return this.resources.get(this.resourceEntry) ?? NO_ATTRIBUTES;
  }

  get scope(): string {
    return this.scopes.get(this.scopeEntry) ?? '';
  }

  get weight(): number {
    return this.resources.weight + this.scopes.weight;
  }

  /** Reads an array of resources, calling `readItem` with the cursor at each item within. */
  readAll(layout: EnvelopeLayout, readItem: () => void): void {
    const { cursor } = this;
    const readScopes = () => eachElement(cursor, () => this.readScope(layout, readItem));
    eachElement(cursor, () => this.readResource(layout, readScopes));
  }

  private readResource(layout: EnvelopeLayout, readScopes: () => void): void {
    const useResource = (entry: number) => {
      this.resourceEntry = entry;
    };
    readOwned(this.cursor, layout.resourceKeys, this.resources, NO_ATTRIBUTES, useResource, readScopes);
  }

  private readScope(layout: EnvelopeLayout, readItem: () => void): void {
    const useScope = (entry: number) => {
      this.scopeEntry = entry;
    };
    const readItems = () => eachElement(this.cursor, readItem);
    readOwned(this.cursor, layout.scopeKeys, this.scopes, '', useScope, readItems);
  }
}

/** Key 0 of each table is the owner, key 1 the list. */
export interface EnvelopeLayout {
  readonly resourceKeys: KeyTable;
  readonly scopeKeys: KeyTable;
}

export function envelopeLayout(scopesKey: string, itemsKey: string): EnvelopeLayout {
  return { resourceKeys: new KeyTable(['resource', scopesKey]), scopeKeys: new KeyTable(['scope', itemsKey]) };
}

const OWNER = 0;
const ABSENT = -2;

export function eachElement(cursor: JsonCursor, read: () => void): void {
  if (!enterArray(cursor)) return;
  while (nextElement(cursor)) read();
}

/**
 * An object with an owner and a list. A list that comes before its owner waits until the object is complete; the list of
 * an unusable owner is left out.
 */
function readOwned<T>(
  cursor: JsonCursor,
  keys: KeyTable,
  owners: InternedValues<T>,
  nobody: T,
  use: (entry: number) => void,
  readList: () => void,
): void {
  if (!enterObject(cursor)) return;
  let owner = ABSENT;
  let waiting = -1;
  for (let key = nextKey(cursor, keys); key >= 0; key = nextKey(cursor, keys)) {
    if (key === OWNER) {
      owner = owners.read(cursor);
      use(owner);
    } else if (owner >= 0) {
      readList();
    } else {
      waiting = cursor.position;
      skipRaw(cursor);
    }
  }
  if (waiting < 0 || owner === NO_ENTRY || cursor.failed) return;
  use(owner === ABSENT ? owners.absent(cursor, 0, nobody) : owner);
  readFrom(cursor, waiting, readList);
}

/** Reads a range again from `start`, then goes on where the cursor was. */
export function readFrom(cursor: JsonCursor, start: number, read: () => void): void {
  const resume = cursor.position;
  cursor.position = start;
  read();
  if (!cursor.failed) cursor.position = resume;
  cursor.fresh = false;
}
