import type { BucketLayout, CellSeries, HistogramColumn } from '../domain/cells.ts';
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
  const divided = new DividedRow(layout, value);
  return {
    numerator: (series, row) => divided.at(series, row).above,
    denominator: (series, row) => divided.at(series, row).total,
  };
}

/** The latest row that was asked for, divided at a value: a ratio asks for both of its sides. */
class DividedRow {
  above = 0;
  total = 0;
  private readonly layout: JointLayout;
  private readonly bucket: number;
  private readonly aboveInside: number;
  private series: CellSeries | null = null;
  private totals: Float64Array = new Float64Array(0);
  private row = -1;

  constructor(layout: JointLayout, value: number) {
    const { index, inside } = bucketPosition(layout.bounds, value, layout.interpolation);
    this.layout = layout;
    this.bucket = index;
    this.aboveInside = 1 - inside;
  }

  at(series: CellSeries, row: number): this {
    if (row === this.row && series === this.series) return this;
    const column = series.histogram;
    if (series !== this.series && column !== null) this.totals = this.layout.totalsOf(column);
    this.series = series;
    this.row = row;
    this.above = 0;
    this.total = 0;
    const own = column?.layouts[column.layoutOfRow[row]!];
    if (column && own !== undefined) this.divide(column, row, own);
    return this;
  }

  private divide({ counts, firstCount, offsetOfRow }: HistogramColumn, row: number, own: BucketLayout): void {
    const { layout, bucket, aboveInside } = this;
    const upTo = layout.countsUpTo(own, offsetOfRow[row]!, bucket);
    if (upTo < 0) return;
    const end = firstCount[row + 1]!;
    const firstAbove = Math.min(end, firstCount[row]! + upTo);
    let k = firstCount[row]! + layout.countsUpTo(own, offsetOfRow[row]!, bucket - 1);
    let above = 0;
    for (; k < firstAbove; k++) above += counts[k]! * aboveInside;
    for (; k < end; k++) above += counts[k]!;
    this.above = above;
    this.total = this.totals[row]!;
  }
}

/** Adds a row's counts to `into`, which has a place for every bucket of the layout. */
export function addBuckets(series: CellSeries, row: number, layout: JointLayout, into: Float64Array): void {
  const column = series.histogram;
  const own = column?.layouts[column.layoutOfRow[row]!];
  if (!column || own === undefined) return;
  const counts = column.counts.subarray(column.firstCount[row], column.firstCount[row + 1]);
  layout.addCounts(own, column.offsetOfRow[row]!, counts, into);
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
