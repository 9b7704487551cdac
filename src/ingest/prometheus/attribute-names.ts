import { FLAG_PREFIX } from '../../domain/cells.ts';
import type { Attributes } from '../../domain/telemetry.ts';
import { POINT_ATTRIBUTES, RESOURCE_ATTRIBUTES } from '../conventions/attribute-names.ts';
import { spelled } from './spelling.ts';

/** Labels in the words of the conventions. */
export interface NamedLabels {
  /** Those that describe the process: resource attributes that were promoted to labels. */
  readonly resource: Attributes;
  readonly attributes: Attributes;
}

/** Names of labels as the names that conventions and exposure rules have for the same attribute. */
export class AttributeNames {
  readonly #names: ReadonlyMap<string, string>;
  readonly #resource: ReadonlySet<string> = new Set(RESOURCE_ATTRIBUTES);

  /** `others` are attributes to be known beside those of the conventions. */
  constructor(others: Iterable<string>) {
    const names = [...others, ...RESOURCE_ATTRIBUTES, ...POINT_ATTRIBUTES];
    this.#names = new Map(names.reverse().map((name) => [spelled(name), name]));
  }

  nameOf(label: string): string {
    const known = this.#names.get(label);
    if (known !== undefined) return known;
    const flag = spelled(FLAG_PREFIX);
    return label.startsWith(flag) && label.length > flag.length ? `${FLAG_PREFIX}${label.slice(flag.length)}` : label;
  }

  /** Every label with its name changed. */
  named(labels: Attributes): Attributes {
    return new Map([...labels].map(([label, value]) => [this.nameOf(label), value]));
  }

  split(labels: Attributes): NamedLabels {
    const named = [...this.named(labels)];
    const isResource = ([name]: readonly [string, string]) => this.#resource.has(name);
    return {
      resource: new Map(named.filter(isResource)),
      attributes: new Map(named.filter((entry) => !isResource(entry))),
    };
  }
}
