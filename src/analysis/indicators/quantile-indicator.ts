import type { CellSeries } from '../../domain/cells.ts';
import { bucketCdf, bucketQuantile } from '../../statistics/bucket-distribution.ts';
import { type Estimate, relativeEstimate } from '../estimate.ts';
import { addBuckets, type HistogramSample, poolHistograms, shareAbove } from '../histogram-sample.ts';
import { jointLayout } from '../joint-layout.ts';
import { BASELINE } from '../phases.ts';
import type { ResponseMargins } from '../placebo.ts';
import { quantileArms } from '../quantile-estimate.ts';
import type { Indicator, Steps } from './indicator.ts';

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
    responseMargins: (sample, estimate) => marginsOfShare(poolHistograms(sample), p, estimate),
    timeline: (sample, steps) => quantileTimeline(sample.series, steps, p),
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

function quantileTimeline(series: readonly CellSeries[], steps: Steps, p: number): (number | null)[] {
  const layout = jointLayout(series);
  if (layout === null) return [];
  const counts = Array.from({ length: steps.count }, () => new Float64Array(layout.bounds.length + 1));
  for (const one of series) {
    for (let row = 0; row < one.block.length; row++) {
      const into = counts[steps.stepOf(one.block[row]!)];
      if (into !== undefined) addBuckets(one, row, layout, into);
    }
  }
  return counts.map((step) => finiteOrNull(bucketQuantile(layout.bounds, step, p, layout.interpolation).value));
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
