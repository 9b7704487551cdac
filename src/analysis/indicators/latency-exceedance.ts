import { REQUESTS } from '../../domain/cells.ts';
import { formatQuantity } from '../../domain/quantities.ts';
import { bucketQuantile } from '../../statistics/bucket-distribution.ts';
import { slosOf } from '../endpoint-slos.ts';
import { comparableHistograms, isComparable, leftOutNotes } from '../estimating/comparable-histograms.ts';
import { differenceEstimate, estimateArms } from '../estimating/estimate.ts';
import { type HistogramSample, poolHistograms, shareAbove } from '../sampling/histogram-sample.ts';
import type { Sample } from '../sampling/sample.ts';
import { ratioMix } from '../strata/mix.ts';
import { withinStrata } from '../strata/stratum-weights.ts';
import type { Indicator, IndicatorKind } from './indicator.ts';
import { marginsOfLevel } from './margins-of-level.ts';
import { ratioTimeline } from './ratio-timeline.ts';

/** A tenth of the error budget is a tolerable loss; without an SLO, a quarter more slow requests, at least 0.1 points. */
const BUDGET_SHARE = 0.1;
export const WITHOUT_SLO = { relative: 0.25, floor: 0.001 };

/**
 * Share of requests slower than a threshold: the SLO's, or the bucket bound nearest the baseline's p99, where the count is
 * exact and no interpolation is trusted.
 */
export const latencyExceedance: IndicatorKind = {
  of(subject, { slos }) {
    if (subject.measure !== REQUESTS || subject.series.every((series) => series.histogram === null)) return [];
    const bound = slosOf(subject, slos).flatMap((slo) =>
      slo.indicator.kind === 'latency'
        ? [{ thresholdSeconds: slo.indicator.thresholdSeconds, floor: BUDGET_SHARE * (1 - slo.objective) }]
        : [],
    );
    if (bound.length > 0) {
      return bound.map(({ thresholdSeconds, floor }) =>
        exceedance(`latency.exceedance.${thresholdSeconds}s`, { relative: 0, floor }, () => thresholdSeconds),
      );
    }
    // Fine buckets resolve the quantiles themselves; coarse ones only the share beyond a bound.
    const coarse = subject.series.some((one) => one.histogram?.layouts.some((layout) => layout.kind === 'explicit'));
    return coarse ? [exceedance('latency.exceedance', WITHOUT_SLO, nearestBoundToTail, nearestBoundNote)] : [];
  },
};

function exceedance(
  name: string,
  margin: { relative: number; floor: number },
  thresholdOf: (histograms: HistogramSample) => number,
  /** Says the threshold where the name does not. */
  thresholdNote: ((thresholdSeconds: number) => string) | null = null,
): Indicator {
  const responseOf = (sample: Sample) => {
    const histograms = poolHistograms(sample);
    return histograms === null ? null : shareAbove(histograms.layout, thresholdOf(histograms));
  };
  return {
    name,
    unit: '1',
    better: 'lower',
    about: 'time',
    primary: true,
    levelPower: 1,
    isRatio: true,
    estimate(sample, calibration) {
      const histograms = comparableHistograms(sample);
      if (!isComparable(histograms)) return histograms;
      const thresholdSeconds = thresholdOf(histograms);
      const pair = estimateArms(sample, shareAbove(histograms.layout, thresholdSeconds), 'share', calibration);
      if (!('arms' in pair)) return pair;
      const ofThreshold = thresholdNote === null ? [] : [thresholdNote(thresholdSeconds)];
      return differenceEstimate(
        { ...pair, notes: [...pair.notes, ...ofThreshold, ...leftOutNotes(histograms)] },
        margin,
      );
    },
    response: responseOf,
    responseMargins: (_sample, estimate) => marginsOfLevel(estimate),
    mix(sample, levelFactor) {
      const response = responseOf(sample);
      return response === null ? null : ratioMix(sample, response, levelFactor);
    },
    timeline(sample, steps) {
      const response = responseOf(sample);
      return response === null ? [] : ratioTimeline(withinStrata(sample, response), sample.series, steps);
    },
  };
}

/** What a share of slow requests counts, in words. */
export function slowerThan(thresholdSeconds: number): string {
  return `counts requests slower than ${formatQuantity(thresholdSeconds, { indicator: '', unit: 's' })}`;
}

function nearestBoundNote(thresholdSeconds: number): string {
  return `${slowerThan(thresholdSeconds)}, the bucket bound nearest the baseline's p99`;
}

function nearestBoundToTail({ layout, pooled }: HistogramSample): number {
  const tail = bucketQuantile(layout.bounds, pooled[0], 0.99, layout.interpolation).value;
  let nearest = layout.bounds[0] ?? 0;
  for (const bound of layout.bounds) if (Math.abs(bound - tail) < Math.abs(nearest - tail)) nearest = bound;
  return nearest;
}
