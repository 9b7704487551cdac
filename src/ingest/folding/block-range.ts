import { blockOf } from '../../domain/cells.ts';

const LARGEST_BLOCK = 2 ** 31 - 1;

/** The blocks that are kept: those that begin before `toMs` and end after `fromMs`. */
export class BlockRange {
  readonly resolutionMs: number;
  readonly #first: number;
  readonly #end: number;

  constructor(resolutionMs: number, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY) {
    this.resolutionMs = resolutionMs;
    this.#first = Math.max(-LARGEST_BLOCK, blockOf(fromMs, resolutionMs));
    this.#end = Math.min(LARGEST_BLOCK, Math.ceil(toMs / resolutionMs));
  }

  /** The block of an instant, or null where it is not kept. */
  block(timeMs: number): number | null {
    const block = blockOf(timeMs, this.resolutionMs);
    return block >= this.#first && block < this.#end ? block : null;
  }

  /** Where in its block an instant lies: 0 at the start, 1 at the end. */
  placeIn(block: number, timeMs: number): number {
    return timeMs / this.resolutionMs - block;
  }
}
