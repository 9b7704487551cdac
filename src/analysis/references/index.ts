import { formatDuration } from '../../domain/times.ts';
import { recentPast } from './recent-past.ts';
import type { Reference } from './reference.ts';
import { sameHours } from './same-hours.ts';
import { sameHoursAtLevel } from './same-hours-at-level.ts';
import { wholeBaseline } from './whole-baseline.ts';

const DAY_MS = 86_400_000;

/** Multiples of the post window that a recent past may be long. */
const RECENT_LENGTHS = [1, 3];

/**
 * Everything before-after can compare with, plainest first: a later one must predict the past clearly better.
 *
 * @param gapBlocks blocks with data that would fit between the end of the baseline and post
 */
export function referencesFor(
  postBlocks: number,
  postMs: number,
  resolutionMs: number,
  gapBlocks: number,
): Reference[] {
  const recent = RECENT_LENGTHS.map((times) =>
    recentPast(times * postBlocks, gapBlocks, formatDuration((times * postMs) / 1000)),
  );
  const periods = [
    { name: 'day', blocks: DAY_MS / resolutionMs },
    { name: 'week', blocks: (7 * DAY_MS) / resolutionMs },
  ];
  const matched = periods
    .filter(({ blocks }) => Number.isInteger(blocks))
    .map(({ blocks, name }) => sameHours(blocks, name));
  const atLevel = periods
    .filter(({ blocks }) => Number.isInteger(blocks))
    .map(({ blocks, name }) => sameHoursAtLevel(blocks, name, postBlocks, gapBlocks));
  return [wholeBaseline(), ...matched, ...recent, ...atLevel];
}
