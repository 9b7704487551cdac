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
      if (arm !== NEITHER) addBuckets(series, row, layout, pooled[arm as 0 | 1]);
    }
  });
  return { sample, layout, pooled };
}

/** Share of observations above a value, row by row, so that any ratio method works on a tail. */
export function shareAbove(layout: JointLayout, value: number): RowRatio {
  const position = bucketPosition(layout.bounds, value, layout.interpolation);
  let latest: { readonly series: CellSeries; readonly sides: SidesOfValue } | null = null;
  // Callers go from series to series: the rows of one are divided in one run over its counts.
  const sidesOf = (series: CellSeries): SidesOfValue => {
    if (latest?.series !== series) latest = { series, sides: divideRows(series, layout, position) };
    return latest.sides;
  };
  return {
    numerator: (series, row) => sidesOf(series).above[row]!,
    denominator: (series, row) => sidesOf(series).total[row]!,
  };
}

/** Observations by row; 0 where a row cannot be compared. */
interface SidesOfValue {
  readonly above: Float64Array;
  readonly total: Float64Array;
}

/** Divides every row at a value: all of the buckets above `index`, and of that bucket what is not `inside`. */
function divideRows(
  series: CellSeries,
  layout: JointLayout,
  { index, inside }: { readonly index: number; readonly inside: number },
): SidesOfValue {
  const above = new Float64Array(series.block.length);
  const total = new Float64Array(series.block.length);
  const column = series.histogram;
  if (column === null) return { above, total };
  const { layouts, layoutOfRow, firstCount, offsetOfRow, counts } = column;
  const aboveInside = 1 - inside;
  for (let row = 0; row < total.length; row++) {
    const own = layouts[layoutOfRow[row]!];
    const upTo = own === undefined ? -1 : layout.countsUpTo(own, offsetOfRow[row]!, index);
    if (own === undefined || upTo < 0) continue;
    const first = firstCount[row]!;
    const end = firstCount[row + 1]!;
    const firstInside = Math.min(end, first + layout.countsUpTo(own, offsetOfRow[row]!, index - 1));
    const firstAbove = Math.min(end, first + upTo);
    let all = 0;
    let tail = 0;
    for (let k = first; k < firstInside; k++) all += counts[k]!;
    for (let k = firstInside; k < firstAbove; k++) {
      all += counts[k]!;
      tail += counts[k]! * aboveInside;
    }
    for (let k = firstAbove; k < end; k++) {
      all += counts[k]!;
      tail += counts[k]!;
    }
    total[row] = all;
    above[row] = tail;
  }
  return { above, total };
}

/** Adds a row's counts to `into`, which has a place for every bucket of the layout. */
export function addBuckets(series: CellSeries, row: number, layout: JointLayout, into: Float64Array): void {
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
    if (bucket >= 0) into[bucket]! += count;
  }
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
