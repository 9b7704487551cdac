import type { BucketLayout, CellSeries, HistogramColumn } from '../../domain/cells.ts';
import { exponentialUpperBound } from '../../statistics/exponential-mapping.ts';

export type Interpolation = 'linear' | 'logarithmic';

/**
 * One layout for rows that came in several: explicit bounds shrink to those all share, exponential ones to the coarsest
 * scale. Bucket i is (bounds[i-1], bounds[i]]; one more bucket above the last bound is open.
 */
export interface JointLayout {
  readonly bounds: Float64Array;
  readonly interpolation: Interpolation;
  /** Number of the common bucket of a row's k-th count; -1 where the row's layout cannot be compared. */
  bucketOf(layout: BucketLayout, offset: number, k: number): number;
  /** How many of a row's counts, from the first one on, lie in common buckets up to this one; -1 as above. */
  countsUpTo(layout: BucketLayout, offset: number, bucket: number): number;
  /** Some rows had other bounds or another kind of buckets. */
  readonly coarsened: boolean;
  readonly foreign: boolean;
}

type Explicit = Extract<BucketLayout, { kind: 'explicit' }>;
type Exponential = Extract<BucketLayout, { kind: 'exponential' }>;

/** More buckets than this say nothing more: the scale is lowered until the range fits. */
const MAX_BUCKETS = 1280;

const known = new WeakMap<readonly CellSeries[], JointLayout | null>();

/** The layout all histograms of these series can be read in; null where there are no buckets. */
export function jointLayout(series: readonly CellSeries[]): JointLayout | null {
  const before = known.get(series);
  if (before !== undefined) return before;
  const made = findJointLayout(series);
  known.set(series, made);
  return made;
}

function findJointLayout(series: readonly CellSeries[]): JointLayout | null {
  const explicit = new Map<string, Explicit>();
  const exponential: ExponentialRange[] = [];
  const totals = { explicit: 0, exponential: 0 };
  for (const { histogram } of series) {
    for (const used of histogram === null ? [] : usedLayouts(histogram)) {
      totals[used.layout.kind] += used.total;
      if (used.layout.kind === 'explicit') explicit.set(used.layout.bounds.join(), used.layout);
      else exponential.push({ layout: used.layout, low: used.low, high: used.high });
    }
  }
  const foreign = totals.explicit > 0 && totals.exponential > 0;
  if (totals.exponential > totals.explicit) return exponentialLayout(exponential, foreign);
  return explicit.size === 0 ? null : explicitLayout([...explicit.values()], foreign);
}

interface ExponentialRange {
  readonly layout: Exponential;
  /** Lowest and highest index of a positive bucket. */
  readonly low: number;
  readonly high: number;
}

interface UsedLayout {
  readonly layout: BucketLayout;
  total: number;
  low: number;
  high: number;
}

function usedLayouts(histogram: HistogramColumn): UsedLayout[] {
  const used = histogram.layouts.map((layout) => ({ layout, total: 0, low: Infinity, high: -Infinity }));
  for (let row = 0; row < histogram.layoutOfRow.length; row++) {
    const one = used[histogram.layoutOfRow[row]!];
    if (one === undefined) continue;
    const first = histogram.firstCount[row]!;
    const end = histogram.firstCount[row + 1]!;
    for (let k = first; k < end; k++) one.total += histogram.counts[k]!;
    const offset = histogram.offsetOfRow[row]!;
    if (end - first < 2) continue;
    one.low = Math.min(one.low, offset);
    one.high = Math.max(one.high, offset + (end - first) - 2);
  }
  return used.filter((one) => one.total > 0);
}

function explicitLayout(layouts: readonly Explicit[], foreign: boolean): JointLayout | null {
  const bounds = layouts.reduce<Float64Array>(
    (shared, layout) => shared.filter((bound) => layout.bounds.includes(bound)),
    layouts[0]!.bounds,
  );
  if (bounds.length === 0) return null;
  const projections = new Map<string, Projection>();
  let latest: { layout: BucketLayout; projection: Projection } | null = null;
  const projectionOf = (layout: BucketLayout): Projection | null => {
    if (latest?.layout === layout) return latest.projection;
    if (layout.kind !== 'explicit') return null;
    const name = layout.bounds.join();
    const projection = projections.get(name) ?? projectionOnto(bounds, layout);
    projections.set(name, projection);
    latest = { layout, projection };
    return projection;
  };
  return {
    bounds,
    interpolation: 'linear',
    bucketOf: (layout, _offset, k) => projectionOf(layout)?.bucketOf[k] ?? -1,
    countsUpTo: (layout, _offset, bucket) => projectionOf(layout)?.upTo[bucket + 1] ?? -1,
    coarsened: layouts.length > 1,
    foreign,
  };
}

/** Common bucket of every own bucket; `upTo[b + 1]` own buckets lie in common ones up to b. */
interface Projection {
  readonly bucketOf: Int32Array;
  readonly upTo: Int32Array;
}

function projectionOnto(bounds: Float64Array, layout: Explicit): Projection {
  const bucketOf = new Int32Array(layout.bounds.length + 1);
  const upTo = new Int32Array(bounds.length + 2);
  for (let own = 0; own < bucketOf.length; own++) {
    const bucket = firstAtLeast(bounds, layout.bounds[own] ?? Number.POSITIVE_INFINITY);
    bucketOf[own] = bucket;
    upTo.fill(own + 1, bucket + 1);
  }
  return { bucketOf, upTo };
}

function firstAtLeast(bounds: Float64Array, value: number): number {
  let index = 0;
  while (index < bounds.length && bounds[index]! < value) index++;
  return index;
}

function exponentialLayout(used: readonly ExponentialRange[], foreign: boolean): JointLayout {
  const positive = used.filter((one) => one.low <= one.high);
  const found = positive.length > 0 ? positive : used.map((one) => ({ ...one, low: 0, high: 0 }));
  let scale = Math.min(...found.map(({ layout }) => layout.scale));
  const range = (): [number, number] => [
    Math.min(...found.map((one) => shifted(one.low, one.layout.scale - scale))),
    Math.max(...found.map((one) => shifted(one.high, one.layout.scale - scale))),
  ];
  let [low, high] = range();
  while (high - low + 1 > MAX_BUCKETS) {
    scale--;
    [low, high] = range();
  }
  // Bucket 0 holds what lies at or below the first positive bucket's lower edge: the zero bucket.
  const bounds = Float64Array.from({ length: Math.max(1, high - low + 2) }, (_, i) =>
    exponentialUpperBound(low - 1 + i, scale),
  );
  let latest = { scale, width: 1 };
  const widthOf = (layout: Exponential): number => {
    if (latest.scale !== layout.scale) latest = { scale: layout.scale, width: 2 ** (layout.scale - scale) };
    return latest.width;
  };
  return {
    bounds,
    interpolation: 'logarithmic',
    bucketOf(layout, offset, k) {
      if (layout.kind !== 'exponential') return -1;
      return k === 0 ? 0 : Math.floor((offset + k - 1) / widthOf(layout)) - low + 1;
    },
    countsUpTo(layout, offset, bucket) {
      if (layout.kind !== 'exponential') return -1;
      return bucket < 0 ? 0 : Math.max(1, (low + bucket) * widthOf(layout) - offset + 1);
    },
    coarsened: new Set(found.map((one) => one.layout.scale)).size > 1,
    foreign,
  };
}

/** Downscaling by s halves the resolution s times: index >> s, exact by perfect subsetting (OpenTelemetry data model). */
function shifted(index: number, steps: number): number {
  return Math.floor(index / 2 ** steps);
}
