import { REQUESTS } from '../../domain/cells.ts';
import { formatCount } from '../../domain/numbers.ts';
import { totalCount } from '../../statistics/bucket-distribution.ts';
import { bucketOfLargest } from '../../statistics/largest-values.ts';
import { comparableHistograms, isComparable, leftOutNotes } from '../estimating/comparable-histograms.ts';
import { differenceEstimate } from '../estimating/estimate.ts';
import { rareArms } from '../estimating/rare-arms.ts';
import { poolHistograms, shareAbove } from '../sampling/histogram-sample.ts';
import type { Sample } from '../sampling/sample.ts';
import { ratioMix } from '../strata/mix.ts';
import type { Indicator, IndicatorKind } from './indicator.ts';
import { slowerThan, WITHOUT_SLO } from './latency-exceedance.ts';
import { marginsOfLevel } from './margins-of-level.ts';
import { ratioTimeline } from './ratio-timeline.ts';

/** One request in a thousand of the baseline, but never fewer than three: two freak requests must not set a threshold. */
const RARE_SHARE = 0.001;
const LOWEST_RANK = 3;

/**
 * Share of requests slower than nearly all of the baseline. Where a window is too small to hold a p99.9, or a p99 is hard to
 * pin, a hundred requests of which a few take far longer than any did before still say so.
 */
export const latencyTail: IndicatorKind = {
  of(subject) {
    const isFine = subject.series.some((one) => one.histogram?.layouts.some(({ kind }) => kind === 'exponential'));
    return subject.measure === REQUESTS && isFine ? [TAIL_SHARE] : [];
  },
};

const TAIL_SHARE: Indicator = {
  name: 'latency.tail_share',
  unit: '1',
  better: 'lower',
  about: 'time',
  primary: false,
  levelPower: 1,
  isRatio: false,
  estimate(sample, calibration = null) {
    const histograms = comparableHistograms(sample);
    if (!isComparable(histograms)) return histograms;
    const tail = tailOf(sample);
    if (tail === null) {
      return { because: 'no data in the baseline window', needed: 'histograms', clusters: [0, 0], requests: [0, 0] };
    }
    const pair = rareArms(sample, tail.response, calibration);
    if (!('arms' in pair)) return pair;
    return differenceEstimate({ ...pair, notes: [...pair.notes, tail.note, ...leftOutNotes(histograms)] }, WITHOUT_SLO);
  },
  response: (sample) => tailOf(sample)?.response ?? null,
  responseMargins: (_sample, estimate) => marginsOfLevel(estimate),
  mix(sample, levelFactor) {
    const tail = tailOf(sample);
    return tail === null ? null : ratioMix(sample, tail.response, levelFactor);
  },
  timeline(sample, steps) {
    const tail = tailOf(sample);
    return tail === null ? [] : ratioTimeline(tail.response, sample.series, steps);
  },
};

/** The threshold comes from the baseline alone, at a bucket bound, so that requests beyond it are counted exactly. */
function tailOf(sample: Sample) {
  const histograms = poolHistograms(sample);
  if (histograms === null) return null;
  const { layout, pooled } = histograms;
  const requests = totalCount(pooled[0]);
  const rank = Math.max(LOWEST_RANK, Math.ceil(RARE_SHARE * requests));
  const thresholdSeconds = layout.bounds[bucketOfLargest(pooled[0], rank)];
  if (thresholdSeconds === undefined) return null;
  return {
    response: shareAbove(layout, thresholdSeconds),
    note: `${slowerThan(thresholdSeconds)}, about the ${rank} slowest of the baseline's ${formatCount(requests)}`,
  };
}
