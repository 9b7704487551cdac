/** Names the flag that the others below speak of. */
export const FLAG_KEY = 'feature_flag.key';

/** What a flag was evaluated to, by newer names first. */
export const VARIANT_KEYS = [
  'feature_flag.result.variant',
  'feature_flag.variant',
  'feature_flag.result.value',
] as const;

/** Attributes that describe one evaluation. */
export const EVALUATION_ATTRIBUTES: readonly string[] = [
  FLAG_KEY,
  'feature_flag.variant',
  'feature_flag.provider.name',
  'feature_flag.provider_name',
  'feature_flag.result.variant',
  'feature_flag.result.value',
  'feature_flag.result.reason',
  'feature_flag.set.id',
  'feature_flag.version',
  'feature_flag.context.id',
  'feature_flag.evaluation.reason',
  'feature_flag.evaluation.error.message',
  'feature_flag.error.message',
];
