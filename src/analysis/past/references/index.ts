import { formatDuration } from '../../../domain/times.ts';
import type { Phases } from '../../phases.ts';
import { type Season, seasonsAt } from '../seasons.ts';
import { recentPast } from './recent-past.ts';
import type { BaselineBlocks, Reference } from './reference.ts';
import { sameHours } from './same-hours.ts';
import { sameHoursAtLevel } from './same-hours-at-level.ts';
import { wholeBaseline } from './whole-baseline.ts';

/** Multiples of the post window that a recent past may be long. */
const RECENT_LENGTHS = [1, 3];

/**
 * Everything before-after can compare with, in order: a later one must predict the past clearly better. Where the past holds
 * four windows or more at post's hour of the week, or else of the day, those come first: what is true of the average window
 * need not be true at this hour.
 *
 * @param gapBlocks blocks with data that would fit between the end of the baseline and post
 */
export function referencesFor(
  { blocks }: BaselineBlocks,
  postBlocks: number,
  { post, resolutionMs }: Phases,
  gapBlocks: number,
): Reference[] {
  const postSeconds = post === null ? 0 : (post.endMs - post.startMs) / 1000;
  const pastBlocks = (blocks.at(-1) ?? 0) - (blocks[0] ?? 0) + 1;
  const seasons = seasonsAt(resolutionMs, pastBlocks);
  const isKnown = ({ knownFromBlocks }: Season): boolean => pastBlocks >= knownFromBlocks;
  return [
    ...seasons.filter(isKnown).reverse().map(sameHours),
    wholeBaseline(),
    ...seasons.filter((season) => !isKnown(season)).map(sameHours),
    ...RECENT_LENGTHS.map((times) => recentPast(times * postBlocks, gapBlocks, formatDuration(times * postSeconds))),
    ...seasons.map((season) => sameHoursAtLevel(season, postBlocks, gapBlocks)),
  ];
}
