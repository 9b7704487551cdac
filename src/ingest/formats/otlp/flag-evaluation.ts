import type { Attributes } from '../../../domain/telemetry.ts';

/** The event's name in the semantic conventions, and the one before it. */
const EVENT_NAMES: readonly string[] = ['feature_flag.evaluation', 'feature_flag'];
const VARIANT_KEYS = ['feature_flag.result.variant', 'feature_flag.variant', 'feature_flag.result.value'];

export function isFlagEvent(name: string): boolean {
  return EVENT_NAMES.includes(name);
}

/** The flag an evaluation event tells about, or null where it names no flag or no outcome. */
export function flagOutcome(attributes: Attributes): { readonly flag: string; readonly variant: string } | null {
  const flag = attributes.get('feature_flag.key') ?? '';
  const variantKey = VARIANT_KEYS.find((key) => attributes.has(key));
  if (flag === '' || variantKey === undefined) return null;
  return { flag, variant: attributes.get(variantKey)! };
}
