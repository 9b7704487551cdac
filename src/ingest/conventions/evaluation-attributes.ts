/** Attributes that describe one evaluation; the flag they speak of is named by `feature_flag.key`. */
export const EVALUATION_ATTRIBUTES: readonly string[] = [
  'feature_flag.key',
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
