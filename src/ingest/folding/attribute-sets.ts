import type { Attributes } from '../../domain/telemetry.ts';
import { united } from './exposure.ts';
import { orderedAttributesKey } from './identity.ts';

/** The number of the set without attributes. */
export const EMPTY_SET = 0;

const LARGEST_SET = 2 ** 26;

/** Sets of attributes by number: spans by the million share a few of them. */
export class AttributeSets {
  readonly #sets: Attributes[] = [new Map()];
  readonly #numbers = new Map<string, number>([['', EMPTY_SET]]);
  readonly #unions = new Map<number, number>();

  /** The number of a set whose attributes are in order of name. */
  numberOf(sorted: Attributes): number {
    if (sorted.size === 0) return EMPTY_SET;
    const key = orderedAttributesKey(sorted);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#sets.push(sorted) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  get(number: number): Attributes {
    return this.#sets[number] ?? new Map();
  }

  union(a: number, b: number): number {
    if (a === b || b === EMPTY_SET) return a;
    if (a === EMPTY_SET) return b;
    const pair = Math.min(a, b) * LARGEST_SET + Math.max(a, b);
    const known = this.#unions.get(pair);
    if (known !== undefined) return known;
    const number = this.numberOf(united(this.get(a), this.get(b)));
    this.#unions.set(pair, number);
    return number;
  }
}
