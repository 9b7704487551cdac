import { ByteInterner } from '../bytes/byte-interner.ts';
import type { GatheredBytes } from './gathered-bytes.ts';

/** What `read` answers where a value cannot be decoded. */
export const NO_ENTRY = -1;

/** Past either, everything is forgotten: memory stays bounded, and what is in use comes back at once. */
export interface InterningLimit {
  readonly entries: number;
  readonly bytes: number;
}

/**
 * Values that come again and again, decoded once per distinct spelling. Whoever numbers its spaces by the entries of
 * another one is forgotten along with it.
 */
export class InternedBytes<T> {
  private readonly interner = new ByteInterner();
  private readonly values: T[] = [];
  private readonly limit: InterningLimit;
  private readonly below: InternedBytes<unknown> | null;

  constructor(limit: InterningLimit, below: InternedBytes<unknown> | null = null) {
    this.limit = limit;
    this.below = below;
  }

  /** The entry of these bytes within a space. */
  read(space: number, source: GatheredBytes, decode: () => T | undefined): number {
    const known = this.find(space, source);
    if (known !== NO_ENTRY) return known;
    const value = decode();
    return value === undefined ? NO_ENTRY : this.add(space, source, value);
  }

  find(space: number, source: GatheredBytes): number {
    return this.interner.lookup(space, source, source.start, source.end);
  }

  /** For bytes that `find` does not know. */
  add(space: number, source: GatheredBytes, value: T): number {
    const { interner, limit } = this;
    if (interner.size >= limit.entries || interner.stored + source.length > limit.bytes) this.forget();
    this.values.push(value);
    return interner.add(space, source, source.start, source.end);
  }

  get(entry: number): T {
    return this.values[entry]!;
  }

  set(entry: number, value: T): void {
    this.values[entry] = value;
  }

  get size(): number {
    return this.interner.size;
  }

  forget(): void {
    this.interner.clear();
    this.values.length = 0;
    this.below?.forget();
  }
}
