import { counted, formatCount, formatProbability } from '../domain/numbers.ts';
import type { Comparison, Onset } from '../domain/report.ts';
import { formatTime, formatUncertainty } from '../domain/times.ts';
import { methodWords } from './wording.ts';

/** What says how sure a comparison is: q or p, the method, and how much there was to compare. */
export function certaintyPieces(comparison: Comparison): readonly string[] {
  const { clusters, requests } = comparison;
  return [
    ...probabilityPieces(comparison),
    methodWords(comparison),
    `${formatCount(clusters[0])} and ${counted(clusters[1], 'cluster')}`,
    `${formatCount(requests[0])} and ${counted(requests[1], 'request')}`,
  ];
}

function probabilityPieces({ p, q }: Comparison): readonly string[] {
  if (q !== null) return [`q ${formatProbability(q)}`];
  return p === null ? [] : [`p ${formatProbability(p)}`];
}

export function onsetSentence(onset: Onset): string {
  const between = formatUncertainty(onset.at, onset.low, onset.high);
  return `${formatTime(onset.at)}, between ${between}`;
}
