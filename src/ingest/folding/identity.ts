import type { Attributes } from '../../domain/telemetry.ts';
import { compareTexts } from '../../domain/text-order.ts';

/** Lengths in front keep hostile values from imitating a separator. */
export function textKey(text: string | null): string {
  return text === null ? '-' : `${text.length}:${text}`;
}

/** Equal for equal attributes in the same order. */
export function orderedAttributesKey(attributes: Attributes): string {
  let key = '';
  for (const [name, value] of attributes) key += `${name.length}:${name}${value.length}:${value}`;
  return key;
}

/** Equal for equal attributes in any order. */
export function attributesKey(attributes: Attributes): string {
  return orderedAttributesKey(sortedAttributes(attributes));
}

export function sortedAttributes(attributes: Attributes): Attributes {
  return attributes.size < 2 ? attributes : new Map([...attributes].sort(byName));
}

function byName(a: readonly [string, string], b: readonly [string, string]): number {
  return compareTexts(a[0], b[0]);
}

/** Numbers texts in the order they come. */
export class TextNumbering {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [];

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }

  text(number: number): string {
    return this.#texts[number] ?? '';
  }
}
