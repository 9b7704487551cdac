import { bucketQuantile } from '../../statistics/bucket-distribution.ts';
import { relativeEstimate } from '../estimate.ts';
import { poolHistograms, shareAbove } from '../histogram-sample.ts';
import { quantileMix } from '../mix.ts';
import { quantileArms } from '../quantile-estimate.ts';
import type { Indicator } from './indicator.ts';
import { quantileTimeline } from './quantile-timeline.ts';

type Described = Pick<Indicator, 'name' | 'unit' | 'better' | 'primary'>;

/** A quantile of a histogram, compared as a ratio. */
export function quantileIndicator(described: Described, p: number, margin: number): Indicator {
  return {
    ...described,
    levelPower: 1,
    isRatio: false,
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
    mix: (sample) => quantileMix(sample, p),
    timeline: (sample, steps) => quantileTimeline(sample, steps, p),
  };
}
