import { formatCount } from '../../domain/numbers.ts';
import { totalCount } from '../../statistics/bucket-distribution.ts';
import { BASELINE, POST } from '../phases.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import { countsOfOtherKind, type HistogramSample, poolHistograms } from '../sampling/histogram-sample.ts';
import { countByCluster, type Sample } from '../sampling/sample.ts';
import type { NoEstimate } from './estimate.ts';

type Reason = Pick<NoEstimate, 'because' | 'needed'>;

const TWO_KINDS: Reason = {
  because: 'the histograms of the two windows are of different kinds, explicit and exponential',
  needed: 'the same kind of histogram before and after',
};
const NO_SHARED_BOUND: Reason = {
  because: 'the histograms share no bucket bound and cannot be compared',
  needed: 'the same bucket bounds before and after, or exponential histograms',
};
const NO_BUCKETS: Reason = {
  because: 'durations came without buckets: no tail can be read off them',
  needed: 'histograms with buckets, best exponential ones',
};

/** The histograms of a sample in one layout, or why there is none that both arms can be read in. */
export function comparableHistograms(sample: Sample): HistogramSample | NoEstimate {
  const histograms = poolHistograms(sample);
  if (histograms === null) return { ...(hasBuckets(sample) ? NO_SHARED_BOUND : NO_BUCKETS), ...sizeOf(sample) };
  const requests = requestsOf(histograms);
  if (!histograms.layout.foreign || Math.min(...requests) > 0) return histograms;
  return { ...TWO_KINDS, clusters: sample.clusters, requests };
}

export function isComparable(result: HistogramSample | NoEstimate): result is HistogramSample {
  return 'layout' in result;
}

export function requestsOf({ pooled }: HistogramSample): [number, number] {
  return [Math.round(totalCount(pooled[BASELINE])), Math.round(totalCount(pooled[POST]))];
}

/** Said where part of the traffic is not in the numbers. */
export function leftOutNotes(histograms: HistogramSample): string[] {
  if (!histograms.layout.foreign) return [];
  const others = countsOfOtherKind(histograms);
  if (others === 0) return [];
  return [
    `${formatCount(others)} requests are left out: their histograms are of another kind, and the two kinds cannot be compared`,
  ];
}

function hasBuckets({ series }: Sample): boolean {
  return series.some(({ histogram }) => histogram?.layoutOfRow.some((layout) => layout >= 0));
}

function sizeOf(sample: Sample): Pick<NoEstimate, 'clusters' | 'requests'> {
  const [baseline = 0, post = 0] = countByCluster(sample, columnRatio('count', 'count')).map(({ denominators }) =>
    totalCount(denominators),
  );
  return { clusters: sample.clusters, requests: [baseline, post] };
}
