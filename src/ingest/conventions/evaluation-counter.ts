import type { Attributes } from '../../domain/telemetry.ts';
import type { Alternatives } from './protocol.ts';
import { firstOf } from './reading.ts';

/** The counter of OpenFeature's metrics hooks (open-feature/js-sdk-contrib, libs/hooks/open-telemetry), in OTLP and Prometheus. */
const COUNTERS: readonly string[] = [
  'feature_flag.evaluation_success_total',
  'feature_flag_evaluation_success_total',
  'feature_flag_evaluation_success',
];
/** Semantic conventions, what they replaced, the same in Prometheus, and the .NET SDK (MetricsConstants.cs). */
const FLAG_NAMES: Alternatives = ['feature_flag.key', 'feature_flag_key', 'key'];
const VARIANT_NAMES: Alternatives = [
  'feature_flag.result.variant',
  'feature_flag.variant',
  'feature_flag.result.value',
  'feature_flag_result_variant',
  'feature_flag_variant',
  'feature_flag_result_value',
  'variant',
];

export function isEvaluationCounter(metric: string): boolean {
  return COUNTERS.includes(metric);
}

/** What a stream of the counter counts; null where it names no flag or no outcome. */
export function countedEvaluation(attributes: Attributes): { readonly flag: string; readonly variant: string } | null {
  const flag = firstOf(attributes, FLAG_NAMES);
  const variant = firstOf(attributes, VARIANT_NAMES);
  return flag === null || variant === null ? null : { flag, variant };
}
