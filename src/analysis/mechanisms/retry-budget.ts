import { formatPercent } from '../../domain/numbers.ts';
import { clusterRatio } from '../../statistics/cluster-ratio.ts';
import { varianceRatioTail } from '../../statistics/variance-ratio.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { differenceEstimate, estimateArms } from '../estimating/estimate.ts';
import { POST } from '../phases.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import { countByCluster, type Sample } from '../sampling/sample.ts';
import { failedAt, madeAt, ratioOf, requests } from './attempt-ratios.ts';
import { figureOf, figureSentence } from './figures.ts';
import type { MechanismKind } from './mechanism.ts';

/** Fewer repetitions than this share of failures less are no exhausted budget. */
const MARGIN = 0.1;
/** Below this share retries were turned off rather than capped. */
const LEAST_REPEATED = 0.02;
/** Fewer blocks cannot tell what the retries follow. */
const FEWEST_BLOCKS = 8;
const SIGNIFICANCE = 0.05;

const REPEATED = ratioOf(madeAt(2), failedAt(1));

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
    const figures = [figureOf('share of failed first attempts that are repeated', '1', repeated.arms)];
    const retries = estimateArms(sample, ratioOf(madeAt(2), requests), 'share');
    if ('arms' in retries) figures.push(figureOf('share of calls that are repeated', '1', retries.arms));
    const failures = estimateArms(sample, columnRatio('errors', 'count'), 'share');
    if ('arms' in failures) figures.push(figureOf('share of calls that fail in the end', '1', failures.arms));
    return {
      manner: 'running out of a retry budget',
      sentences: [
        ...figures.slice(0, 1).map((figure) => figureSentence(figure, arms)),
        `retries are capped ${arms.post}: from block to block they vary by ${formatPercent(cap.overRequests)} of a constant share of the calls, by ${formatPercent(cap.overFailures)} of a constant share of the failures`,
      ],
      figures,
    };
  },
};

interface Cap {
  /** Coefficients of variation of the retries over the one and the other. */
  readonly overRequests: number;
  readonly overFailures: number;
}

/**
 * Where every failure is repeated with the same chance, retries vary less over failures than over requests; clearly more is
 * the mark of a cap. F test of the two relative variances.
 */
function capOf(sample: Sample): Cap | null {
  const overFailures = relativeVariance(sample, REPEATED);
  const overRequests = relativeVariance(sample, ratioOf(madeAt(2), requests));
  if (overFailures === null || overRequests === null) return null;
  const degrees = Math.min(overFailures.clusters, overRequests.clusters) - 1;
  if (degrees + 1 < FEWEST_BLOCKS) return null;
  const tail = varianceRatioTail(overFailures.variance / overRequests.variance, degrees, degrees);
  if (!(tail < SIGNIFICANCE)) return null;
  const deviation = ({ variance, clusters }: RelativeVariance): number => Math.sqrt(variance * clusters);
  return { overRequests: deviation(overRequests), overFailures: deviation(overFailures) };
}

interface RelativeVariance {
  readonly variance: number;
  readonly clusters: number;
}

function relativeVariance(sample: Sample, ratio: typeof REPEATED): RelativeVariance | null {
  const { numerators, denominators } = countByCluster(sample, ratio)[POST];
  const { ratio: level, variance, clusters } = clusterRatio(numerators, denominators);
  return level > 0 ? { variance: variance / level ** 2, clusters } : null;
}
