import type { AppError } from '../../domain/error.ts';
import { moreThanFits } from './byte-budget.ts';

/** A byte of a packed body stands for so many: telemetry packs 5 to 30 times. */
const UNPACKED_TIMES = 8;
/** Who sends nothing for so long does not count until something comes again. */
const STALLED_MS = 1_000;

/** What stands in line to be stored. */
interface Line {
  /** What was said to be on its way, and still is. */
  readonly comingBytes: number;
  /** Why nothing would be taken now of what is not on its way yet; null where something would. */
  refusal(): AppError | null;
  /** So many bytes are on their way; negative: no longer. */
  expect(bytes: number): void;
}

interface Limits {
  /** What one body may be. */
  readonly bodyBytes: number;
  /** What all that are on their way may be. */
  readonly allBytes: number;
}

/** The chunks of one body, counted as they come. */
type Admit = (chunks: AsyncIterable<Uint8Array>, isPacked: boolean) => AsyncGenerator<Uint8Array>;

/**
 * What has come over the wire and is not in the store's queue yet: it is in line before whatever comes now. Counted as it comes,
 * not as it is announced, and only while it comes: a sender that stalls keeps nobody out.
 */
export class Intake {
  readonly #line: Line;
  readonly #limits: Limits;

  constructor(line: Line, limits: Limits) {
    this.#line = line;
    this.#limits = limits;
  }

  /** Why nothing is taken from anybody now; null where something is. */
  refusal(): AppError | null {
    return this.#line.refusal() ?? (this.#line.comingBytes < this.#limits.allBytes ? null : moreThanFits());
  }

  /**
   * Runs what brings a body as far as the queue. A body is refused before it is read, or with the first of it: later, what it
   * took to unpack it would have been for nothing.
   */
  async take<Result>(bring: (admit: Admit) => Promise<Result>): Promise<Result> {
    const share = new Share((bytes) => this.#line.expect(bytes), this.#limits.bodyBytes);
    try {
      this.#expectRoom();
      return await bring((chunks, isPacked) => this.#counted(chunks, isPacked ? UNPACKED_TIMES : 1, share));
    } finally {
      share.close();
    }
  }

  async *#counted(chunks: AsyncIterable<Uint8Array>, times: number, share: Share): AsyncGenerator<Uint8Array> {
    const iterator = chunks[Symbol.asyncIterator]();
    try {
      for (let next = await iterator.next(); next.done !== true; next = await share.whileWaiting(iterator.next())) {
        if (share.isEmpty) this.#expectRoom();
        share.add(next.value.length * times);
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  #expectRoom(): void {
    const refusal = this.refusal();
    if (refusal !== null) throw refusal;
  }
}

/** What one body counts. */
class Share {
  readonly #note: (bytes: number) => void;
  readonly #mostBytes: number;
  #bytes = 0;
  #isCounted = true;

  constructor(note: (bytes: number) => void, mostBytes: number) {
    this.#note = note;
    this.#mostBytes = mostBytes;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  add(bytes: number): void {
    const more = Math.min(bytes, this.#mostBytes - this.#bytes);
    this.#bytes += more;
    this.#note(more);
  }

  /** What came before does not count while its sender lets us wait too long. */
  async whileWaiting<Value>(coming: Promise<Value>): Promise<Value> {
    const timer = setTimeout(() => this.#count(false), STALLED_MS);
    try {
      return await coming;
    } finally {
      clearTimeout(timer);
      this.#count(true);
    }
  }

  close(): void {
    this.#count(false);
  }

  #count(isCounted: boolean): void {
    if (isCounted === this.#isCounted) return;
    this.#isCounted = isCounted;
    this.#note(isCounted ? this.#bytes : -this.#bytes);
  }
}
