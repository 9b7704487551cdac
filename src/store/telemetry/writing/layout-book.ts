import { type Hash64, hashOf } from './identity-hash.ts';
import type { RowBuffer } from './row-buffer.ts';

export interface Layout extends Hash64 {
  readonly bounds: Float64Array;
}

const MOST_LAYOUTS = 10_000;
/** Of their bounds, written out. */
const MOST_CHARACTERS = 8_000_000;

/** Bounds of explicit histograms by content; each is written once a process, and again when it was forgotten. */
export class LayoutBook {
  readonly #layouts = new Map<string, Layout>();
  readonly #rows: RowBuffer;
  #characters = 0;

  constructor(rows: RowBuffer) {
    this.#rows = rows;
  }

  /** `known` is the layout this stream had before: mostly the one meant. */
  find(bounds: ArrayLike<number>, known: Layout | undefined): Layout {
    if (known !== undefined && hasBounds(known.bounds, bounds)) return known;
    const key = Array.prototype.join.call(bounds, ',');
    let layout = this.#layouts.get(key);
    if (layout === undefined) {
      if (this.#layouts.size >= MOST_LAYOUTS || this.#characters >= MOST_CHARACTERS) this.#forget();
      layout = { ...reserved(hashOf(`bounds ${key}`)), bounds: Float64Array.from(bounds) };
      this.#layouts.set(key, layout);
      this.#characters += key.length;
      this.#write(layout);
    }
    return layout;
  }

  #forget(): void {
    this.#layouts.clear();
    this.#characters = 0;
  }

  #write({ low, high, bounds }: Layout): void {
    const rows = this.#rows;
    rows.reserve(13 + 8 * bounds.length);
    rows.putHalves(low, high);
    rows.putLength(bounds.length);
    for (const bound of bounds) rows.putDouble(bound);
    rows.rows++;
  }
}

/** The two smallest numbers mean no buckets and exponential ones. */
function reserved(hash: Hash64): Hash64 {
  return hash.high === 0 && hash.low < 2 ? { low: hash.low + 2, high: 0 } : hash;
}

function hasBounds(known: Float64Array, bounds: ArrayLike<number>): boolean {
  if (known.length !== bounds.length) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bounds[i]) return false;
  return true;
}
