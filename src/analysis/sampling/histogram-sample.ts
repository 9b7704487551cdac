import type { CellSeries } from '../../domain/cells.ts';
import { bucketPosition } from '../../statistics/bucket-distribution.ts';
import { NEITHER } from '../phases.ts';
import { stratumWeights } from '../strata/stratum-weights.ts';
import { blockArms } from './block-arms.ts';
import { type BlockHistograms, blockHistograms } from './block-histograms.ts';
import { type JointLayout, jointLayout } from './joint-layout.ts';
import type { BlockSums } from './row-ratio.ts';
import type { RowRatio, Sample } from './sample.ts';

/** The histograms of a sample, read in one layout. */
export interface HistogramSample {
  readonly sample: Sample;
  readonly layout: JointLayout;
  /** Counts of an arm's rows by bucket: baseline, and post at the baseline's mix. */
  readonly pooled: readonly [Float64Array, Float64Array];
  /** Where post was brought to the baseline's mix, the counts as they came; null elsewhere. */
  readonly asTheyCame: UnweightedPools | null;
}

/** Counts by bucket, baseline and post: of all rows, and of those whose stratum both arms have. */
export interface UnweightedPools {
  readonly all: readonly [Float64Array, Float64Array];
  readonly compared: readonly [Float64Array, Float64Array];
}

const pools = new WeakMap<Sample, HistogramSample | null>();

/** Pooled once for all indicators of a sample. Null where no row has buckets. */
export function poolHistograms(sample: Sample): HistogramSample | null {
  const known = pools.get(sample);
  if (known !== undefined) return known;
  const made = pool(sample);
  pools.set(sample, made);
  return made;
}

function pool(sample: Sample): HistogramSample | null {
  const layout = jointLayout(sample.series);
  if (layout === null) return null;
  const all = poolBlocks(sample, layout) ?? poolRows(sample, layout, () => 1);
  const weights = stratumWeights(sample, histogramTotal(layout));
  if (weights === null) return { sample, layout, pooled: all, asTheyCame: null };
  const factorOf = (index: number, arm: 0 | 1): number => weights.factors[arm][weights.strata.ofSeries[index]!] ?? 0;
  const compared = poolRows(sample, layout, (index, arm) => (factorOf(index, arm) > 0 ? 1 : 0));
  return { sample, layout, pooled: poolRows(sample, layout, factorOf), asTheyCame: { all, compared } };
}

/** Counts by arm and bucket; null where rows have to be read. */
function poolBlocks(sample: Sample, layout: JointLayout): [Float64Array, Float64Array] | null {
  const arms = blockArms(sample);
  const histograms = arms === null ? null : blockHistograms(sample.series, layout);
  if (arms === null || histograms === null) return null;
  const { width, fromBucket } = histograms;
  const pooled: [Float64Array, Float64Array] = [new Float64Array(width - 1), new Float64Array(width - 1)];
  for (let i = 0; i < arms.armOfBlock.length; i++) {
    const arm = arms.armOfBlock[i]!;
    if (arm === NEITHER) continue;
    const into = pooled[arm as 0 | 1];
    const place = i * width;
    for (let b = 0; b < into.length; b++) into[b]! += fromBucket[place + b]! - fromBucket[place + b + 1]!;
  }
  return pooled;
}

/** Counts by arm and bucket, each row times the weight of its series. */
function poolRows(
  sample: Sample,
  layout: JointLayout,
  weightOf: (index: number, arm: 0 | 1) => number,
): [Float64Array, Float64Array] {
  const buckets = layout.bounds.length + 1;
  const pooled: [Float64Array, Float64Array] = [new Float64Array(buckets), new Float64Array(buckets)];
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    const weights = [weightOf(index, 0), weightOf(index, 1)] as const;
    for (let row = 0; row < armOf.length; row++) {
      const arm = armOf[row]! as -1 | 0 | 1;
      if (arm !== NEITHER && weights[arm] > 0) addBuckets(series, row, layout, pooled[arm], weights[arm]);
    }
  });
  return pooled;
}

/** Observations of both arms in histograms of the kind that the layout is not of. */
export function countsOfOtherKind({ sample, layout }: HistogramSample): number {
  let total = 0;
  sample.series.forEach(({ histogram }, index) => {
    const armOf = sample.armOf[index]!;
    if (histogram === null) return;
    const isOther = histogram.layouts.map((own) => layout.countsUpTo(own, 0, 0) < 0);
    for (let row = 0; row < armOf.length; row++) {
      if (armOf[row] === NEITHER || isOther[histogram.layoutOfRow[row]!] !== true) continue;
      for (let k = histogram.firstCount[row]!; k < histogram.firstCount[row + 1]!; k++) total += histogram.counts[k]!;
    }
  });
  return total;
}

/** All observations of a row over themselves: the mix of strata as histograms count it. */
export function histogramTotal(layout: JointLayout): RowRatio {
  const { denominator } = shareAbove(layout, 0);
  return { numerator: denominator, denominator };
}

const shares = new WeakMap<JointLayout, Map<number, RowRatio>>();

/** Share of observations above a value, row by row, so that any ratio method works on a tail; always the same object. */
export function shareAbove(layout: JointLayout, value: number): RowRatio {
  const ofLayout = shares.get(layout) ?? new Map<number, RowRatio>();
  shares.set(layout, ofLayout);
  const ratio = ofLayout.get(value) ?? ratioAbove(layout, value);
  ofLayout.set(value, ratio);
  return ratio;
}

function ratioAbove(layout: JointLayout, value: number): RowRatio {
  const { index: bucketOfValue, inside: belowInside } = bucketPosition(layout.bounds, value, layout.interpolation);
  const aboveInside = 1 - belowInside;
  return {
    numerator(series, row) {
      const column = series.histogram;
      const own = column?.layouts[column.layoutOfRow[row]!];
      if (!column || own === undefined) return 0;
      const offset = column.offsetOfRow[row]!;
      const upToValue = layout.countsUpTo(own, offset, bucketOfValue);
      if (upToValue < 0) return 0;
      const { counts } = column;
      const first = column.firstCount[row]!;
      const end = column.firstCount[row + 1]!;
      const firstAbove = Math.min(end, first + upToValue);
      let above = 0;
      for (let k = first + layout.countsUpTo(own, offset, bucketOfValue - 1); k < firstAbove; k++) {
        above += counts[k]! * aboveInside;
      }
      for (let k = firstAbove; k < end; k++) above += counts[k]!;
      return above;
    },
    denominator(series, row) {
      const column = series.histogram;
      const own = column?.layouts[column.layoutOfRow[row]!];
      if (!column || own === undefined || layout.countsUpTo(own, 0, 0) < 0) return 0;
      const end = column.firstCount[row + 1]!;
      let total = 0;
      for (let k = column.firstCount[row]!; k < end; k++) total += column.counts[k]!;
      return total;
    },
    sumByBlock(series) {
      const histograms = Number.isNaN(aboveInside) ? null : blockHistograms(series, layout);
      return histograms === null ? null : sharesOf(histograms, bucketOfValue, aboveInside);
    },
  };
}

function sharesOf({ span, width, fromBucket }: BlockHistograms, bucket: number, aboveInside: number): BlockSums {
  const numerators = new Float64Array(span.length);
  const denominators = new Float64Array(span.length);
  for (let i = 0; i < span.length; i++) {
    const place = i * width;
    const above = fromBucket[place + bucket + 1]!;
    numerators[i] = above + aboveInside * (fromBucket[place + bucket]! - above);
    denominators[i] = fromBucket[place]!;
  }
  return { numerators, denominators };
}

/** Adds a row's counts, each `weight` times, to `into`, which has a place for every bucket of the layout. */
export function addBuckets(series: CellSeries, row: number, layout: JointLayout, into: Float64Array, weight = 1): void {
  const column = series.histogram;
  const own = column?.layouts[column.layoutOfRow[row]!];
  if (!column || own === undefined) return;
  const first = column.firstCount[row]!;
  const length = column.firstCount[row + 1]! - first;
  const offset = column.offsetOfRow[row]!;
  for (let k = 0; k < length; k++) {
    const count = column.counts[first + k]!;
    if (count === 0) continue;
    const bucket = layout.bucketOf(own, offset, k);
    if (bucket >= 0) into[bucket]! += weight * count;
  }
}
