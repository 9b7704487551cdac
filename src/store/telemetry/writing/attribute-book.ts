import type { Attributes } from '../../../domain/telemetry.ts';
import { type Hash64, hashOf, sortedKey } from './identity-hash.ts';
import type { RowBuffer } from './row-buffer.ts';

/** Of a generation, whichever comes first: sets may be long. */
const MOST_SETS = 50_000;
const MOST_CHARACTERS = 8_000_000;

/** Attributes of spans by content, in two generations: what was not used for long is forgotten, and written again. */
export class AttributeBook {
  readonly #tenant: string;
  readonly #rows: RowBuffer;
  readonly #ofMap = new WeakMap<Attributes, Hash64>();
  #recent = new Map<string, Hash64>();
  #older = new Map<string, Hash64>();
  #recentCharacters = 0;

  constructor(tenant: string, rows: RowBuffer) {
    this.#tenant = tenant;
    this.#rows = rows;
  }

  find(attributes: Attributes): Hash64 {
    const same = this.#ofMap.get(attributes);
    if (same !== undefined) return same;
    const key = sortedKey(attributes);
    const hash = this.#recent.get(key) ?? this.#again(key) ?? this.#add(key, attributes);
    this.#ofMap.set(attributes, hash);
    return hash;
  }

  #again(key: string): Hash64 | undefined {
    const known = this.#older.get(key);
    if (known !== undefined) this.#keep(key, known);
    return known;
  }

  #add(key: string, attributes: Attributes): Hash64 {
    const hash = hashOf(key);
    this.#keep(key, hash);
    const rows = this.#rows;
    rows.putText(this.#tenant);
    rows.reserve(8);
    rows.putHalves(hash.low, hash.high);
    rows.putMap(attributes);
    rows.rows++;
    return hash;
  }

  #keep(key: string, hash: Hash64): void {
    if (this.#recent.size >= MOST_SETS || this.#recentCharacters >= MOST_CHARACTERS) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#recentCharacters = 0;
    }
    this.#recent.set(key, hash);
    this.#recentCharacters += key.length;
  }
}
