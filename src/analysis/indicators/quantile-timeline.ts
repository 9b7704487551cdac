import { bucketQuantile } from '../../statistics/bucket-distribution.ts';
import { addBuckets, histogramTotal } from '../sampling/histogram-sample.ts';
import { type JointLayout, jointLayout } from '../sampling/joint-layout.ts';
import type { Sample } from '../sampling/sample.ts';
import { stratumWeights } from '../strata/stratum-weights.ts';
import type { Steps } from './indicator.ts';

/** A quantile in each step of time, every step at the baseline's mix where strata are told apart. */
export function quantileTimeline(sample: Sample, steps: Steps, p: number): (number | null)[] {
  const layout = jointLayout(sample.series);
  if (layout === null) return [];
  const weightOf = stepWeights(sample, steps, layout);
  const counts = Array.from({ length: steps.count }, () => new Float64Array(layout.bounds.length + 1));
  sample.series.forEach((series, index) => {
    for (let row = 0; row < series.block.length; row++) {
      const step = steps.stepOf(series.block[row]!);
      const into = counts[step];
      const weight = into === undefined ? 0 : weightOf(index, step);
      if (into !== undefined && weight > 0) addBuckets(series, row, layout, into, weight);
    }
  });
  return counts.map((step) => finiteOrNull(bucketQuantile(layout.bounds, step, p, layout.interpolation).value));
}

/** The baseline's share of a series' stratum over that stratum's requests in the step. */
function stepWeights(sample: Sample, steps: Steps, layout: JointLayout): (index: number, step: number) => number {
  const total = histogramTotal(layout);
  const weights = stratumWeights(sample, total);
  if (weights === null) return () => 1;
  const { ofSeries, count } = weights.strata;
  const requests = new Float64Array(steps.count * count);
  sample.series.forEach((series, index) => {
    const stratum = ofSeries[index]!;
    if (stratum < 0) return;
    for (let row = 0; row < series.block.length; row++) {
      const step = steps.stepOf(series.block[row]!);
      if (step >= 0) requests[step * count + stratum]! += total.denominator(series, row);
    }
  });
  return (index, step) => {
    const stratum = ofSeries[index]!;
    const inStep = stratum < 0 ? 0 : requests[step * count + stratum]!;
    return inStep > 0 ? weights.mix[stratum]! / inStep : 0;
  };
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
