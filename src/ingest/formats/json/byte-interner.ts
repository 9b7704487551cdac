import { sameBytes, viewOf } from './same-bytes.ts';

/** Bytes with a place in them: what every cursor is. */
export interface BytesAt {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly position: number;
  readonly end: number;
}

const NONE = -1;
const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/**
 * Numbers for byte strings, each within a space: the same (space, bytes) always answers the same number. Exporters repeat
 * themselves in one order, so the entry that followed the last one before is compared first, without hashing.
 */
export class ByteInterner {
  size = 0;
  /** Bytes kept so far. */
  stored = 0;
  private arena = Buffer.alloc(1 << 12);
  private arenaView = viewOf(this.arena);
  private starts = new Float64Array(64);
  private lengths = new Int32Array(64);
  private spaces = new Int32Array(64);
  private hashes = new Int32Array(64);
  private followers = new Int32Array(64).fill(NONE);
  /** Open addressing by hash; at most half full. */
  private slots = new Int32Array(256).fill(NONE);
  private last = NONE;

  /** The entry whose bytes are at the cursor, if it is the expected one and not empty, else -1. */
  guess(space: number, cursor: BytesAt): number {
    if (this.last === NONE) return NONE;
    const entry = this.followers[this.last]!;
    if (entry === NONE || this.spaces[entry] !== space) return NONE;
    const length = this.lengths[entry]!;
    if (length === 0 || cursor.position + length > cursor.end || !this.holds(entry, cursor, cursor.position))
      return NONE;
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

  /** The entry of the cursor's bytes [start, end), or -1. */
  find(space: number, cursor: BytesAt, start: number, end: number): number {
    const length = end - start;
    const hash = hashOf(space, cursor.bytes, start, end);
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; this.slots[slot] !== NONE; slot = (slot + 1) & mask) {
      const entry = this.slots[slot]!;
      if (this.hashes[entry] !== hash || this.spaces[entry] !== space || this.lengths[entry] !== length) continue;
      if (this.holds(entry, cursor, start)) return this.follow(entry);
    }
    return NONE;
  }

  /** Adds bytes that `find` does not know. */
  add(space: number, bytes: Buffer, start: number, end: number): number {
    const entry = this.size;
    if (entry === this.lengths.length) this.growEntries();
    if (2 * (entry + 1) > this.slots.length) this.growSlots();
    this.reserve(end - start);
    bytes.copy(this.arena, this.stored, start, end);
    this.starts[entry] = this.stored;
    this.lengths[entry] = end - start;
    this.spaces[entry] = space;
    this.hashes[entry] = hashOf(space, bytes, start, end);
    this.stored += end - start;
    this.size++;
    this.place(entry);
    return this.follow(entry);
  }

  private follow(entry: number): number {
    if (this.last !== NONE) this.followers[this.last] = entry;
    this.last = entry;
    return entry;
  }

  private holds(entry: number, cursor: BytesAt, at: number): boolean {
    return sameBytes(this.arenaView, this.starts[entry]!, cursor.view, at, this.lengths[entry]!);
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

/** FNV-1a, seeded by the space. */
function hashOf(space: number, bytes: Buffer, start: number, end: number): number {
  let hash = Math.imul(FNV_OFFSET ^ space, FNV_PRIME);
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, FNV_PRIME);
  return (hash ^ (hash >>> 15)) | 0;
}
