import { counted } from '../../domain/numbers.ts';
import { smallestEstimableSample } from '../../statistics/order-statistic.ts';
import { prepareQuantileFrom, quantileInterval } from '../../statistics/woodruff.ts';
import type { Calibration } from '../past/calibration.ts';
import { BASELINE, POST } from '../phases.ts';
import { type HistogramSample, shareAbove } from '../sampling/histogram-sample.ts';
import type { Sample } from '../sampling/sample.ts';
import { clusteredRatios } from './clustered-ratios.ts';
import { comparableHistograms, isComparable, leftOutNotes, requestsOf } from './comparable-histograms.ts';
import { type ArmPair, type ArmRatio, type NoEstimate, withoutVariance } from './estimate.ts';

/** Said where only the least that the quantile can be is known. */
export const SATURATED = 'the quantile lies beyond the last bucket bound: at least the value shown';
/** Said where more data would not help. */
export const COARSE = 'the quantile lies somewhere inside a bucket that is wider than its sampling error';

/**
 * A quantile in each arm with Woodruff intervals (Woodruff 1952): the share below the quantile gets a cluster-robust
 * standard error, and the interval's ends are read back off the pooled distribution.
 */
export function quantileArms(sample: Sample, p: number, calibration: Calibration | null): ArmPair | NoEstimate {
  const histograms = comparableHistograms(sample);
  if (!isComparable(histograms)) return histograms;
  const totals = requestsOf(histograms);
  const least = smallestEstimableSample(p, 0.95);
  const clusters = sample.clusters;
  for (const arm of [BASELINE, POST] as const) {
    const where = arm === BASELINE ? 'baseline' : 'post';
    if (totals[arm] < least || clusters[arm] < 2) return tooFew(where, totals, clusters, arm, least);
  }
  const baseline = quantileArm(histograms, BASELINE, p, calibration);
  const post = quantileArm(histograms, POST, p, calibration);
  const saturated = baseline.saturated || post.saturated;
  return {
    arms: [baseline.arm, post.arm],
    clusters: [baseline.arm.clusters, post.arm.clusters],
    requests: totals,
    independent: calibration === null,
    notes: [
      ...new Set([...baseline.notes, ...post.notes]),
      ...(histograms.layout.coarsened ? ['bucket bounds differ; compared on the ones all share'] : []),
      ...leftOutNotes(histograms),
      ...(baseline.coarse || post.coarse ? [COARSE] : []),
      ...(saturated ? [SATURATED] : []),
    ],
  };
}

function tooFew(
  where: 'baseline' | 'post',
  totals: readonly [number, number],
  clusters: readonly [number, number],
  arm: 0 | 1,
  least: number,
): NoEstimate {
  const [requests, blocks] = [totals[arm], clusters[arm]];
  return {
    because: requests === 0 ? `no data in the ${where} window` : reasonOf(where, requests, blocks, least),
    needed: `at least ${least} requests in two or more blocks of the ${where} window`,
    clusters,
    requests: totals,
    ...(blocks < 2 ? { thin: where } : {}),
  };
}

function reasonOf(where: 'baseline' | 'post', requests: number, blocks: number, least: number): string {
  if (requests >= least) return withoutVariance(where);
  const amount = `${requests} ${requests === 1 ? 'request' : 'requests'} in ${counted(blocks, 'block')}`;
  return `${amount} of the ${where} window cannot hold this quantile`;
}

function quantileArm(
  { layout, pooled, sample }: HistogramSample,
  arm: 0 | 1,
  p: number,
  calibration: Calibration | null,
): { arm: ArmRatio; saturated: boolean; coarse: boolean; notes: readonly string[] } {
  let notes: readonly string[] = [];
  const { bounds, interpolation } = layout;
  const prepared = prepareQuantileFrom({ bounds, counts: pooled[arm], p, interpolation }, ({ value }) => {
    const clustered = clusteredRatios(sample, shareAbove(layout, value), calibration);
    notes = clustered.notes;
    return clustered.ratioOf(arm);
  });
  return {
    saturated: prepared.saturated,
    coarse: interpolation === 'linear' && (prepared.coarseLow || prepared.coarseHigh),
    notes,
    arm: {
      ratio: prepared.estimate,
      clusters: prepared.clusters,
      total: prepared.total,
      designEffect: prepared.designEffect,
      degreesOfFreedom: prepared.degreesOfFreedom,
      intervalAt(level, degreesOfFreedom = prepared.degreesOfFreedom) {
        const interval = quantileInterval({ ...prepared, degreesOfFreedom }, level);
        // Inside exponential buckets the logarithm interpolates both arms alike; inside coarse ones nothing is known.
        const isFine = interpolation === 'logarithmic';
        return isFine ? { ...interval, low: interval.interpolatedLow, high: interval.interpolatedHigh } : interval;
      },
    },
  };
}
