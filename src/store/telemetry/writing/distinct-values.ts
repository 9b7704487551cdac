import type { Attributes } from '../../../domain/telemetry.ts';

/** Beyond it two attributes are both as good as unbounded. */
const MOST_COUNTED = 10_000;
const MOST_NAMES = 1_000;
/** Of all values: what names the culprit must not be one. */
const MOST_CHARACTERS = 8_000_000;

/** How many values each attribute takes: what names the culprit when the series of a tenant run out. */
export class DistinctValues {
  readonly #values = new Map<string, Set<string>>();
  #characters = 0;

  add(attributes: Attributes): void {
    for (const [name, value] of attributes) {
      let seen = this.#values.get(name);
      if (seen === undefined) {
        if (this.#values.size >= MOST_NAMES) continue;
        seen = new Set();
        this.#values.set(name, seen);
      }
      if (seen.size >= MOST_COUNTED || seen.has(value) || this.#characters + value.length > MOST_CHARACTERS) continue;
      seen.add(value);
      this.#characters += value.length;
    }
  }

  /** The attribute with most values, in words. */
  describe(): string {
    let most = '';
    let size = 0;
    for (const [name, values] of this.#values) {
      if (values.size <= size) continue;
      most = name;
      size = values.size;
    }
    const count = size === MOST_COUNTED ? `${MOST_COUNTED} or more` : `${size}`;
    return most === '' ? 'no attribute varies' : `attribute ${most} has ${count} values`;
  }
}
