import { CONFIG_PREFIX, FLAG_PREFIX } from '../../domain/cells.ts';
import type { Attributes } from '../../domain/telemetry.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { unitedVariants } from '../../domain/variants.ts';
import { EVALUATION_ATTRIBUTES, FLAG_KEY, VARIANT_KEYS } from '../conventions/evaluation-attributes.ts';
import { sortedAttributes } from './identity.ts';

const EVALUATION_NAMES: ReadonlySet<string> = new Set(EVALUATION_ATTRIBUTES);

/** `feature_flag.<flag>` and `config.<key>`: what the traffic met, in order of name. */
export function flagsAndConfig(attributes: Attributes): Attributes {
  const found = new Map<string, string>();
  for (const [name, value] of attributes) {
    const isFlag = name.startsWith(FLAG_PREFIX) && !EVALUATION_NAMES.has(name);
    if (isFlag || name.startsWith(CONFIG_PREFIX)) found.set(name, value);
  }
  const flag = attributes.get(FLAG_KEY);
  const variantName = VARIANT_KEYS.find((name) => attributes.has(name));
  if (flag !== undefined && variantName !== undefined) {
    found.set(flagAttribute(flag), attributes.get(variantName) ?? '');
  }
  return sortedAttributes(found);
}

export function flagAttribute(flag: string): string {
  return `${FLAG_PREFIX}${flag}`;
}

/** The attributes that exposure rules name, in order of name. */
export function namedAttributes(attributes: Attributes, names: ReadonlySet<string>): Attributes {
  const found = new Map<string, string>();
  for (const name of [...names].sort(compareTexts)) {
    const value = attributes.get(name);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

/** Later layers win: a point's attributes over its resource's. */
export function layered(...layers: readonly Attributes[]): Attributes {
  const filled = layers.filter((layer) => layer.size > 0);
  if (filled.length < 2) return filled[0] ?? new Map();
  return sortedAttributes(new Map(filled.flatMap((layer) => [...layer])));
}

/** What one request met in several places; different variants of one flag are named together. */
export function united(a: Attributes, b: Attributes): Attributes {
  const all = new Map(a);
  for (const [name, value] of b) {
    const present = all.get(name);
    all.set(name, present === undefined ? value : unitedVariants(present, value));
  }
  return sortedAttributes(all);
}
