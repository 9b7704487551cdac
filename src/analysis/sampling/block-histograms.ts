import type { BucketLayout, CellSeries } from '../../domain/cells.ts';
import { type BlockSpan, blockSpan } from './block-arms.ts';
import type { JointLayout } from './joint-layout.ts';

/** Histograms of all series added up by block, so that a share above any value is one look at each block. */
export interface BlockHistograms {
  readonly span: BlockSpan;
  /** Numbers a block: one a bucket, and a zero behind the last. */
  readonly width: number;
  /** Observations of block i in bucket b and above: entry i × width + b. */
  readonly fromBucket: Float64Array;
}

/** 32 MB; beyond it rows are read. */
const MOST_ENTRIES = 2 ** 22;

let latest: { series: readonly CellSeries[]; layout: JointLayout; histograms: BlockHistograms | null } | null = null;

/** Remembered until other series are asked about; null where blocks or buckets are too many. */
export function blockHistograms(series: readonly CellSeries[], layout: JointLayout): BlockHistograms | null {
  if (latest?.series === series && latest.layout === layout) return latest.histograms;
  const histograms = addedByBlock(series, layout);
  latest = { series, layout, histograms };
  return histograms;
}

function addedByBlock(series: readonly CellSeries[], layout: JointLayout): BlockHistograms | null {
  const span = blockSpan(series);
  const width = layout.bounds.length + 2;
  if (span === null || span.length * width > MOST_ENTRIES) return null;
  const fromBucket = new Float64Array(span.length * width);
  for (const one of series) addSeries(one, layout, { span, width, fromBucket });
  for (let block = 0; block < span.length; block++) {
    for (let at = (block + 1) * width - 2; at >= block * width; at--) fromBucket[at]! += fromBucket[at + 1]!;
  }
  return { span, width, fromBucket };
}

function addSeries({ block, histogram }: CellSeries, layout: JointLayout, into: BlockHistograms): void {
  if (histogram === null) return;
  const { layouts, layoutOfRow, firstCount, offsetOfRow, counts } = histogram;
  const { span, width, fromBucket } = into;
  for (let row = 0; row < block.length; row++) {
    const own = layouts[layoutOfRow[row]!];
    if (own === undefined) continue;
    const first = firstCount[row]!;
    const length = firstCount[row + 1]! - first;
    const place = (block[row]! - span.first) * width;
    if (isJoint(own, layout)) {
      for (let k = 0; k < length; k++) fromBucket[place + k]! += counts[first + k]!;
      continue;
    }
    for (let k = 0; k < length; k++) {
      const count = counts[first + k]!;
      if (count === 0) continue;
      const bucket = layout.bucketOf(own, offsetOfRow[row]!, k);
      if (bucket >= 0) fromBucket[place + bucket]! += count;
    }
  }
}

/** Most series have one layout for good: their buckets are the common ones. */
function isJoint(own: BucketLayout, { bounds, interpolation, coarsened }: JointLayout): boolean {
  return own.kind === 'explicit' && interpolation === 'linear' && !coarsened && own.bounds.length === bounds.length;
}
