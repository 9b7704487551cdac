import { formatCount } from '../../domain/numbers.ts';
import { totalCount } from '../../statistics/bucket-distribution.ts';
import { BASELINE, POST } from '../phases.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import { countsOfOtherKind, type HistogramSample, poolHistograms } from '../sampling/histogram-sample.ts';
import { countByCluster, type Sample } from '../sampling/sample.ts';
import type { NoEstimate } from './estimate.ts';

/** The histograms of a sample in one layout, or why there is none that both arms can be read in. */
export function comparableHistograms(sample: Sample): HistogramSample | NoEstimate {
  const histograms = poolHistograms(sample);
  if (histograms === null) return hasBuckets(sample) ? noSharedBound(sample) : noBuckets(sample);
  const requests = requestsOf(histograms);
  return histograms.layout.foreign && Math.min(...requests) === 0 ? twoKinds(sample, requests) : histograms;
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

function twoKinds({ clusters }: Sample, requests: readonly [number, number]): NoEstimate {
  return {
    because: 'the histograms of the two windows are of different kinds, explicit and exponential',
    needed: 'the same kind of histogram before and after',
    clusters,
    requests,
  };
}

function noSharedBound(sample: Sample): NoEstimate {
  return {
    because: 'the histograms share no bucket bound and cannot be compared',
    needed: 'the same bucket bounds before and after, or exponential histograms',
    clusters: sample.clusters,
    requests: countedIn(sample),
  };
}

function noBuckets(sample: Sample): NoEstimate {
  return {
    because: 'durations came without buckets: no tail can be read off them',
    needed: 'histograms with buckets, best exponential ones',
    clusters: sample.clusters,
    requests: countedIn(sample),
  };
}

function countedIn(sample: Sample): readonly [number, number] {
  const [baseline, post] = countByCluster(sample, columnRatio('count', 'count')).map(({ denominators }) =>
    totalCount(denominators),
  );
  return [baseline ?? 0, post ?? 0];
}
