import { bucketCdf, bucketQuantile } from '../../statistics/bucket-distribution.ts';
import { type Estimate, relativeEstimate } from '../estimating/estimate.ts';
import { quantileArms } from '../estimating/quantile-estimate.ts';
import type { ResponseMargins } from '../past/placebo.ts';
import { BASELINE } from '../phases.ts';
import { type HistogramSample, poolHistograms, shareAbove } from '../sampling/histogram-sample.ts';
import { quantileMix } from '../strata/mix.ts';
import type { Indicator } from './indicator.ts';
import { quantileTimeline } from './quantile-timeline.ts';

type Described = Pick<Indicator, 'name' | 'unit' | 'better' | 'about' | 'primary'>;

/** A quantile of a histogram, compared as a ratio. */
export function quantileIndicator(described: Described, p: number, margin: number): Indicator {
  return {
    ...described,
    levelPower: 1,
    isRatio: false,
    quantile: p,
    estimate(sample, calibration = null) {
      const pair = quantileArms(sample, p, calibration);
      return 'arms' in pair ? relativeEstimate(pair, margin) : pair;
    },
    response(sample) {
      const histograms = poolHistograms(sample);
      if (histograms === null) return null;
      const { bounds, interpolation } = histograms.layout;
      const baseline = bucketQuantile(bounds, histograms.pooled[0], p, interpolation).value;
      return Number.isFinite(baseline) ? shareAbove(histograms.layout, baseline) : null;
    },
    responseMargins: (sample, estimate) => marginsOfShare(poolHistograms(sample), p, estimate),
    mix: (sample) => quantileMix(sample, p),
    timeline: (sample, steps) => quantileTimeline(sample, steps, p),
  };
}

/** How the share above the baseline's quantile changes when all values rise or fall by the margin. */
function marginsOfShare(histograms: HistogramSample | null, p: number, estimate: Estimate): ResponseMargins {
  if (histograms === null) return { rise: 0, fall: 0 };
  const { bounds, interpolation } = histograms.layout;
  const baseline = histograms.pooled[BASELINE];
  const quantile = bucketQuantile(bounds, baseline, p, interpolation).value;
  const below = (value: number): number => bucketCdf(bounds, baseline, value, interpolation);
  return {
    rise: below(quantile) - below(quantile / (1 + estimate.riseMargin)),
    fall: below(quantile / (1 - estimate.fallMargin)) - below(quantile),
  };
}
