import { attemptsPerRequest } from './attempts-per-request.ts';
import { errorRatio } from './error-ratio.ts';
import type { IndicatorKind } from './indicator.ts';
import { latencyExceedance } from './latency-exceedance.ts';
import { latencyQuantile } from './latency-quantile.ts';
import { latencyTail } from './latency-tail.ts';
import { namedGauge } from './named-gauge.ts';
import { namedHistogram } from './named-histogram.ts';
import { namedRatio } from './named-ratio.ts';
import { retryRatio } from './retry-ratio.ts';

/** Everything that can be compared, in the order reports list it. */
export const INDICATOR_KINDS: ReadonlyMap<string, IndicatorKind> = new Map([
  ['latency quantile', latencyQuantile],
  ['latency exceedance', latencyExceedance],
  ['latency tail', latencyTail],
  ['error ratio', errorRatio],
  ['retry ratio', retryRatio],
  ['attempts per request', attemptsPerRequest],
  ['named gauge', namedGauge],
  ['named ratio', namedRatio],
  ['named histogram', namedHistogram],
]);
