import type { Attributes } from '../../../domain/telemetry.ts';
import { FLAG_KEY, VARIANT_KEYS } from '../../conventions/evaluation-attributes.ts';

/** The event's name in the semantic conventions, and the one before it. */
const EVENT_NAMES: readonly string[] = ['feature_flag.evaluation', 'feature_flag'];

export function isFlagEvent(name: string): boolean {
  return EVENT_NAMES.includes(name);
}

/** The flag an evaluation event tells about, or null where it names no flag or no outcome. */
export function flagOutcome(attributes: Attributes): { readonly flag: string; readonly variant: string } | null {
  const flag = attributes.get(FLAG_KEY) ?? '';
  const variantKey = VARIANT_KEYS.find((key) => attributes.has(key));
  if (flag === '' || variantKey === undefined) return null;
  return { flag, variant: attributes.get(variantKey)! };
}
