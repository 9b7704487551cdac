import { formatNumber } from '../../domain/numbers.ts';
import type { MechanismFigure } from '../../domain/report.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { clusterRatio, logRatioInterval } from '../../statistics/cluster-ratio.ts';
import { morisitaPairs } from '../../statistics/morisita-index.ts';
import { type Interval, moverDifference, moverRatio } from '../../statistics/mover.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { estimateArms, relativeEstimate } from '../estimating/estimate.ts';
import { BASELINE, NEITHER, POST } from '../phases.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import { countByCluster, type Sample } from '../sampling/sample.ts';
import { figureOf, figureSentence } from './figures.ts';
import { isLatency, isRetries, type MechanismKind, type Traffic } from './mechanism.ts';

/** Twice as many meetings as before. */
const SYNCHRONY_MARGIN = 1;
const SYNCHRONY = 'pairs of retries in one second over evenly spread ones';

/** More attempts for each request, and their first retries come together within seconds. */
export const retryStorm: MechanismKind = {
  explains: (indicator) => isRetries(indicator) || isLatency(indicator) || indicator === 'error_ratio',
  comparesArms: true,
  signatureOf(traffic) {
    const sample = { ...traffic.sample, strata: null };
    const load = estimateArms(sample, columnRatio('attempts', 'count'), 'positive');
    if (!('arms' in load)) return null;
    const { low } = relativeEstimate(load, traffic.margins.retryRatio).effectAt(CONFIDENCE);
    if (!(low > traffic.margins.retryRatio)) return null;
    const synchrony = synchronyOf(traffic);
    if (synchrony === null || !(synchrony.ratio.low > 1 + SYNCHRONY_MARGIN)) return null;
    const attempts = figureOf('number of attempts a request', '1', load.arms);
    const figures = [attempts, synchrony.figure, ...requestFigure(sample)];
    return {
      manner: 'repeating calls at the same moments',
      sentences: [
        `${figureSentence(attempts, traffic.arms)}; retries come together: in one second they meet ${formatNumber(synchrony.figure.post ?? Number.NaN)} times as often as evenly spread ones would ${traffic.arms.post}, ${formatNumber(synchrony.figure.baseline ?? Number.NaN)} times ${traffic.arms.baseline} (ratio ${formatNumber(synchrony.ratio.low)} to ${formatNumber(synchrony.ratio.high)})`,
      ],
      figures,
    };
  },
};

interface Synchrony {
  readonly figure: MechanismFigure;
  readonly ratio: Interval;
}

/** Morisita's index of dispersion of the first retries over the seconds of a block, in each arm. */
function synchronyOf({ sample, phases }: Traffic): Synchrony | null {
  const baseline = meetingsOf(sample, BASELINE, phases.resolutionMs);
  const post = meetingsOf(sample, POST, phases.resolutionMs);
  if (baseline === null || post === null) return null;
  const { estimate, low, high } = moverDifference(baseline, post);
  if (Number.isNaN(estimate)) return null;
  return {
    figure: { name: SYNCHRONY, unit: '1', baseline: baseline.estimate, post: post.estimate, low, high },
    ratio: moverRatio(baseline, post),
  };
}

function meetingsOf(sample: Sample, arm: 0 | 1, resolutionMs: number): Interval | null {
  const seconds = Math.max(1, Math.round(resolutionMs / 1000));
  const { met, expected } = morisitaPairs(firstRetries(sample, arm), (second) => Math.floor(second / seconds), seconds);
  const result = clusterRatio(met, expected);
  if (result.clusters < 2 || !(result.ratio > 0)) return null;
  return { estimate: result.ratio, ...logRatioInterval(result, CONFIDENCE) };
}

/** First retries of an arm by second and instance. */
function firstRetries(sample: Sample, arm: 0 | 1) {
  const names = [...new Set(sample.series.map(({ key }) => key.instance ?? ''))].sort(compareTexts);
  const numberOf = new Map(names.map((name, number) => [name, number]));
  const counts: { second: number; unit: number; count: number }[] = [];
  sample.series.forEach((series, index) => {
    const times = series.attemptDetail?.firstRetries;
    if (times === undefined) return;
    const armOf = sample.armOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      if (armOf[row] === NEITHER || armOf[row] !== arm) continue;
      for (let i = times.first[row]!; i < times.first[row + 1]!; i++) {
        counts.push({
          second: times.second[i]!,
          unit: numberOf.get(series.key.instance ?? '')!,
          count: times.retries[i]!,
        });
      }
    }
  });
  return counts;
}

/** Requests a block, where blocks are the clusters: a storm is more attempts, not more requests. */
function requestFigure(sample: Sample): MechanismFigure[] {
  if (!sample.ordered) return [];
  const arms = countByCluster(sample, columnRatio('count', 'count')).map(({ denominators }) => {
    const filled = denominators.filter((count) => count > 0);
    const result = clusterRatio(filled, new Float64Array(filled.length).fill(1));
    return { estimate: result.ratio, ...logRatioInterval(result, CONFIDENCE) };
  });
  const [baseline, post] = arms as [Interval, Interval];
  const { low, high } = moverDifference(baseline, post);
  return [
    { name: 'number of requests a block', unit: '1', baseline: baseline.estimate, post: post.estimate, low, high },
  ];
}
