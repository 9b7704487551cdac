import { formatNumber } from '../../domain/numbers.ts';
import { binomialCdf } from '../../statistics/binomial.ts';
import { median } from '../../statistics/descriptive.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { differenceEstimate, estimateArms } from '../estimating/estimate.ts';
import { POST } from '../phases.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import { countByCluster, type Sample } from '../sampling/sample.ts';
import { failures, ratioOf, repetitions, requests } from './attempt-ratios.ts';
import { figureOf, figureSentence } from './figures.ts';
import type { MechanismKind } from './mechanism.ts';

/** Fewer repetitions than this share of failures less are no exhausted budget. */
const MARGIN = 0.1;
/** Below this share retries were turned off rather than capped. */
const LEAST_REPEATED = 0.02;
const SIGNIFICANCE = 0.05;

const REPEATED = ratioOf(repetitions, failures);
const RETRIES = ratioOf(repetitions, requests);

/**
 * Failures are repeated less often than before, and retries follow the requests, as under a budget of so many a request
 * (Finagle's RetryBudget, Envoy's retry budgets), rather than the failures, as they do where each is repeated on its own.
 */
export const retryBudget: MechanismKind = {
  explains: (indicator) => indicator === 'error_ratio',
  comparesArms: true,
  signatureOf({ sample: placed, arms }) {
    const sample = { ...placed, strata: null };
    const repeated = estimateArms(sample, REPEATED, 'share');
    if (!('arms' in repeated)) return null;
    const { high } = differenceEstimate(repeated, { relative: 0, floor: MARGIN }).effectAt(CONFIDENCE);
    if (!(high < -MARGIN) || !(repeated.arms[1].intervalAt(CONFIDENCE).low > LEAST_REPEATED)) return null;
    const cap = capOf(sample);
    if (cap === null) return null;
    const figures = [figureOf('share of failed attempts that are repeated', '1', repeated.arms)];
    const retries = estimateArms(sample, RETRIES, 'positive');
    if ('arms' in retries) figures.push(figureOf('number of retries a call', '1', retries.arms));
    const failing = estimateArms(sample, columnRatio('errors', 'count'), 'share');
    if ('arms' in failing) figures.push(figureOf('share of calls that fail in the end', '1', failing.arms));
    return {
      manner: 'running out of a retry budget',
      sentences: [
        ...figures.slice(0, 1).map((figure) => figureSentence(figure, arms)),
        `in ${cap.nearerRequests} of ${cap.blocks} blocks, retries ${arms.post} lie nearer to ${formatNumber(cap.perRequest)} a call than to ${formatNumber(cap.perFailure)} a failure, as under a cap`,
      ],
      figures,
    };
  },
};

interface Cap {
  readonly blocks: number;
  /** Blocks whose retries lie nearer to so many a request than to so many a failure. */
  readonly nearerRequests: number;
  /** Those numbers: medians over the blocks, so that a budget saved up and spent at once does not count. */
  readonly perRequest: number;
  readonly perFailure: number;
}

/**
 * Where every failure is repeated with the same chance, retries lie nearer to their failures than to the requests in at least
 * half of the blocks. Sign test against that.
 */
function capOf(sample: Sample): Cap | null {
  const ofRequests = countByCluster(sample, RETRIES)[POST];
  const ofFailures = countByCluster(sample, REPEATED)[POST];
  const retried = ofRequests.numerators;
  const blocks = [...retried.keys()].filter(
    (block) => ofRequests.denominators[block]! > 0 && ofFailures.denominators[block]! > 0,
  );
  const perRequest = median(blocks.map((block) => retried[block]! / ofRequests.denominators[block]!));
  const perFailure = median(blocks.map((block) => retried[block]! / ofFailures.denominators[block]!));
  const nearerRequests = blocks.filter((block) => {
    const fromRequests = Math.abs(retried[block]! - perRequest * ofRequests.denominators[block]!);
    const fromFailures = Math.abs(retried[block]! - perFailure * ofFailures.denominators[block]!);
    return fromRequests < fromFailures;
  }).length;
  if (blocks.length === 0 || !(binomialCdf(nearerRequests - 1, blocks.length, 0.5) > 1 - SIGNIFICANCE)) return null;
  return { blocks: blocks.length, nearerRequests, perRequest, perFailure };
}
