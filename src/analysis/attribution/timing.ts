import type { Change } from '../../domain/upgrade.ts';
import { formatInstant } from '../../domain/window.ts';
import type { Finding } from '../comparing/comparing.ts';
import type { OnsetBlocks } from '../course/onset.ts';
import type { Exposure } from '../exposure/exposure.ts';
import type { Phases } from '../phases.ts';
import type { Arrivals } from './arrivals.ts';
import type { Testimony } from './standing.ts';
import { plainly } from './statement.ts';

/** A change and an onset this many blocks apart still count as together: roll-outs take time, clocks differ. */
export const TOLERANCE_BLOCKS = 3;

/**
 * What the time of a change says, where traffic with and without it did not tell. One that walked over the instances did no
 * harm only where the last one had it quietly; that something began while it walked says nothing for or against it.
 */
export function timingTestimony(
  finding: Finding,
  exposure: Exposure,
  walked: Arrivals | null,
  phases: Phases,
): Testimony {
  const { change } = exposure;
  const stated = change.atMs === null ? null : change.atMs / phases.resolutionMs;
  const seen = firstMet(finding, exposure);
  const metBlock = seen ?? stated;
  const { onset } = finding;
  if (metBlock === null) return open(change, `nothing says when ${change.id} took effect`);
  if (onset === null) return open(change, 'the regression has no sharp beginning that could be set against its time');
  const since = formatInstant(onset.at * phases.resolutionMs);
  const met = metWords(metBlock, stated, phases.resolutionMs);
  // What met it may have begun to report late: only what neither was stated nor seen before the onset came after it.
  if (Math.min(metBlock, stated ?? metBlock) > onset.high + TOLERANCE_BLOCKS) {
    return innocent(change, `it came at ${met}, after the regression had begun at ${since}`);
  }
  const metByAll = walked === null ? metBlock : Math.max(...walked.first.values());
  if (metByAll < onset.low - TOLERANCE_BLOCKS && ranQuietly(metByAll, onset, phases)) {
    return innocent(change, `it came at ${met}; traffic met it without harm until ${since}`);
  }
  if (walked !== null)
    return open(change, `the regression began at ${since}, while ${change.id} walked over the instances`);
  return {
    change,
    standing: 'aligned',
    share: null,
    statements: [
      plainly(`it came at ${met}, the regression began at ${since}: together in time, which alone is association`),
    ],
  };
}

/** Where it was stated for another time, both are said: one of them is wrong. */
function metWords(metBlock: number, stated: number | null, resolutionMs: number): string {
  const met = formatInstant(Math.floor(metBlock) * resolutionMs);
  const isAsStated = stated === null || Math.abs(stated - metBlock) <= TOLERANCE_BLOCKS;
  return isAsStated ? met : `${met} (stated: ${formatInstant(Math.floor(stated) * resolutionMs)})`;
}

/** The block in which traffic first met the change, where cells tell. */
function firstMet(finding: Finding, exposure: Exposure): number | null {
  let first: number | null = null;
  finding.subject.series.forEach((series, index) => {
    const block = series.block[0];
    if (exposure.exposed[index] && block !== undefined && (first === null || block < first)) first = block;
  });
  return first;
}

/** Enough compared blocks lie between the change and the onset to say that it did no harm there. */
function ranQuietly(metBlock: number, onset: OnsetBlocks, phases: Phases): boolean {
  if (phases.post === null) return false;
  const postStart = phases.post.startMs / phases.resolutionMs;
  return onset.low - Math.max(metBlock, postStart) >= TOLERANCE_BLOCKS;
}

function open(change: Change, sentence: string): Testimony {
  return { change, standing: 'open', share: null, statements: [plainly(sentence)] };
}

function innocent(change: Change, sentence: string): Testimony {
  return { change, standing: 'innocent', share: null, statements: [plainly(sentence)] };
}
