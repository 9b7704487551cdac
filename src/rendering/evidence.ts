import { counted, formatCount, formatProbability } from '../domain/numbers.ts';
import type { Comparison, Onset } from '../domain/report.ts';
import { formatTime, formatUncertainty } from '../domain/times.ts';
import { methodWords } from './wording.ts';

/** What says how sure a comparison is: q or p, the method and how it did in the past, and how much there was to compare. */
export function certaintyPieces(comparison: Comparison): readonly string[] {
  const { clusters, requests } = comparison;
  return [
    ...probabilityPieces(comparison),
    methodWords(comparison),
    ...pastPieces(comparison),
    `${formatCount(clusters[0])} and ${counted(clusters[1], 'cluster')}`,
    `${formatCount(requests[0])} and ${counted(requests[1], 'request')}`,
  ];
}

function probabilityPieces({ p, q }: Comparison): readonly string[] {
  if (q !== null) return [`q ${formatProbability(q)}`];
  return p === null ? [] : [`p ${formatProbability(p)}`];
}

/** How often the method alarmed where nothing happened; nothing where it was not tried on the past. */
export function pastPieces({ working }: Pick<Comparison, 'working'>): readonly string[] {
  const calibration = working?.calibration ?? null;
  if (calibration === null) return [];
  const alarms = formatCount(calibration.false_alarms_after);
  return [`${alarms} of ${counted(calibration.windows, 'quiet window')} alarmed`];
}

export function onsetSentence(onset: Onset): string {
  const between = formatUncertainty(onset.at, onset.low, onset.high);
  return `${formatTime(onset.at)}, between ${between}`;
}
