import type { CellSeries } from '../domain/cells.ts';
import { bucketPosition } from '../statistics/bucket-distribution.ts';
import { type JointLayout, jointLayout } from './joint-layout.ts';
import { NEITHER } from './phases.ts';
import type { RowRatio, Sample } from './sample.ts';

/** The histograms of a sample, read in one layout. */
export interface HistogramSample {
  readonly sample: Sample;
  readonly layout: JointLayout;
  /** Counts of all rows of an arm by bucket: baseline, post. */
  readonly pooled: readonly [Float64Array, Float64Array];
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
  const buckets = layout.bounds.length + 1;
  const pooled: [Float64Array, Float64Array] = [new Float64Array(buckets), new Float64Array(buckets)];
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      const arm = armOf[row]!;
      if (arm === NEITHER) continue;
      const into = pooled[arm as 0 | 1];
      eachBucket(series, row, layout, (bucket, count) => {
        into[bucket]! += count;
      });
    }
  });
  return { sample, layout, pooled };
}

/** Share of observations above a value, row by row, so that any ratio method works on a tail. */
export function shareAbove(layout: JointLayout, value: number): RowRatio {
  const { index: bucketOfValue, inside: belowInside } = bucketPosition(layout.bounds, value, layout.interpolation);
  return {
    numerator(series, row) {
      let above = 0;
      eachBucket(series, row, layout, (bucket, count) => {
        if (bucket > bucketOfValue) above += count;
        else if (bucket === bucketOfValue) above += count * (1 - belowInside);
      });
      return above;
    },
    denominator(series, row) {
      let total = 0;
      eachBucket(series, row, layout, (_bucket, count) => {
        total += count;
      });
      return total;
    },
  };
}

export function eachBucket(
  series: CellSeries,
  row: number,
  layout: JointLayout,
  visit: (bucket: number, count: number) => void,
): void {
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
    if (bucket >= 0) visit(bucket, count);
  }
}
