import type { ByteSource } from './byte-source.ts';
import { keyedHash } from './keyed-hash.ts';
import { sameBytes, viewOf } from './same-bytes.ts';

const NONE = -1;
const FIRST_ENTRIES = 64;
const FIRST_BYTES = 1 << 12;
/** Room an entry takes beside its bytes: its columns, and two slots that may have just doubled. */
const ENTRY_BYTES = 40;

/**
 * Numbers for byte strings, each within a space: the same (space, bytes) always answers the same number. Exporters repeat
 * themselves in one order, so the entry that followed the last one before is compared first, without hashing.
 */
export class ByteInterner {
  size = 0;
  /** Bytes kept so far. */
  stored = 0;
  private arena = Buffer.alloc(0);
  private arenaView = viewOf(this.arena);
  private starts = new Float64Array(0);
  private lengths = new Int32Array(0);
  private spaces = new Int32Array(0);
  private hashes = new Int32Array(0);
  private followers = new Int32Array(0);
  /** Open addressing by hash; at most half full. */
  private slots = new Int32Array(0);
  private last = NONE;
  /** The entry before the one added last. */
  private beforeAdded = NONE;

  constructor() {
    this.clear();
  }

  /** Forgets everything; numbers start again at 0. */
  clear(): void {
    this.size = 0;
    this.stored = 0;
    this.last = NONE;
    this.arena = Buffer.alloc(FIRST_BYTES);
    this.arenaView = viewOf(this.arena);
    this.starts = new Float64Array(FIRST_ENTRIES);
    this.lengths = new Int32Array(FIRST_ENTRIES);
    this.spaces = new Int32Array(FIRST_ENTRIES);
    this.hashes = new Int32Array(FIRST_ENTRIES);
    this.followers = new Int32Array(FIRST_ENTRIES).fill(NONE);
    this.slots = new Int32Array(4 * FIRST_ENTRIES).fill(NONE);
  }

  /** Memory it takes, in bytes, within a factor of two. */
  get weight(): number {
    return this.stored + ENTRY_BYTES * this.size;
  }

  /** The entry whose bytes are at `position`, if it is the expected one and not empty, else -1. */
  guess(space: number, source: ByteSource, position: number, end: number): number {
    if (this.last === NONE) return NONE;
    const entry = this.followers[this.last]!;
    if (entry === NONE || this.spaces[entry] !== space) return NONE;
    const length = this.lengths[entry]!;
    if (length === 0 || position + length > end || !this.holds(entry, source, position)) return NONE;
    this.last = entry;
    return entry;
  }

  lengthOf(entry: number): number {
    return this.lengths[entry]!;
  }

  /** Valid until the next `add`. */
  bytesOf(entry: number): Buffer {
    const start = this.starts[entry]!;
    return this.arena.subarray(start, start + this.lengths[entry]!);
  }

  /** As `find`, for bytes that come again and again in one order. */
  lookup(space: number, source: ByteSource, start: number, end: number): number {
    if (this.last !== NONE) {
      const entry = this.followers[this.last]!;
      const expected = entry !== NONE && this.spaces[entry] === space && this.lengths[entry] === end - start;
      if (expected && this.holds(entry, source, start)) {
        this.last = entry;
        return entry;
      }
    }
    return this.find(space, source, start, end);
  }

  /** The entry of the bytes [start, end), or -1. */
  find(space: number, source: ByteSource, start: number, end: number): number {
    const length = end - start;
    const hash = keyedHash(space, source.view, start, length);
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; this.slots[slot] !== NONE; slot = (slot + 1) & mask) {
      const entry = this.slots[slot]!;
      if (this.hashes[entry] !== hash || this.spaces[entry] !== space || this.lengths[entry] !== length) continue;
      if (this.holds(entry, source, start)) return this.follow(entry);
    }
    return NONE;
  }

  /** Adds bytes that `find` does not know. */
  add(space: number, source: ByteSource, start: number, end: number): number {
    const entry = this.size;
    if (entry === this.lengths.length) this.growEntries();
    if (2 * (entry + 1) > this.slots.length) this.growSlots();
    this.reserve(end - start);
    source.bytes.copy(this.arena, this.stored, start, end);
    this.starts[entry] = this.stored;
    this.lengths[entry] = end - start;
    this.spaces[entry] = space;
    this.hashes[entry] = keyedHash(space, source.view, start, end - start);
    this.stored += end - start;
    this.size++;
    this.place(entry);
    this.beforeAdded = this.last;
    return this.follow(entry);
  }

  /** Forgets an entry again where it is the one added last: nothing was placed after it, so its slot ends every search. */
  drop(entry: number): boolean {
    if (entry !== this.size - 1 || this.last !== entry) return false;
    const mask = this.slots.length - 1;
    let slot = this.hashes[entry]! & mask;
    while (this.slots[slot] !== entry) slot = (slot + 1) & mask;
    this.slots[slot] = NONE;
    this.stored -= this.lengths[entry]!;
    this.size--;
    this.followers[entry] = NONE;
    // Where it is still expected to follow another one, it is not taken for what it was.
    this.spaces[entry] = NONE;
    this.last = this.beforeAdded;
    if (this.last !== NONE && this.followers[this.last] === entry) this.followers[this.last] = NONE;
    return true;
  }

  private follow(entry: number): number {
    if (this.last !== NONE) this.followers[this.last] = entry;
    this.last = entry;
    return entry;
  }

  private holds(entry: number, source: ByteSource, at: number): boolean {
    return sameBytes(this.arenaView, this.starts[entry]!, source.view, at, this.lengths[entry]!);
  }

  private place(entry: number): void {
    const mask = this.slots.length - 1;
    let slot = this.hashes[entry]! & mask;
    while (this.slots[slot] !== NONE) slot = (slot + 1) & mask;
    this.slots[slot] = entry;
  }

  private reserve(length: number): void {
    if (this.stored + length <= this.arena.length) return;
    const larger = Buffer.alloc(Math.max(2 * this.arena.length, this.stored + length));
    this.arena.copy(larger, 0, 0, this.stored);
    this.arena = larger;
    this.arenaView = viewOf(larger);
  }

  private growEntries(): void {
    const capacity = 2 * this.lengths.length;
    const starts = new Float64Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    this.lengths = widened(this.lengths, capacity);
    this.spaces = widened(this.spaces, capacity);
    this.hashes = widened(this.hashes, capacity);
    this.followers = widened(this.followers, capacity);
  }

  private growSlots(): void {
    this.slots = new Int32Array(2 * this.slots.length).fill(NONE);
    for (let entry = 0; entry < this.size; entry++) this.place(entry);
  }
}

function widened(values: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity).fill(NONE);
  larger.set(values);
  return larger;
}
