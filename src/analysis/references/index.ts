import { formatDuration } from '../../domain/times.ts';
import type { Phases } from '../phases.ts';
import { recentPast } from './recent-past.ts';
import type { BaselineBlocks, Reference } from './reference.ts';
import { sameHours } from './same-hours.ts';
import { sameHoursAtLevel } from './same-hours-at-level.ts';
import { wholeBaseline } from './whole-baseline.ts';

const DAY_MS = 86_400_000;

/** Windows at the same hour of day or week from which on they are preferred (K ≥ 4 earlier weeks). */
const FEWEST_CYCLES = 4;
/** Multiples of the post window that a recent past may be long. */
const RECENT_LENGTHS = [1, 3];

/**
 * Everything before-after can compare with, in order: a later one must predict the past clearly better. Where the past holds
 * four windows or more at post's hour of the week, or else of the day, those come first: what is true of the average window
 * need not be true at this hour.
 */
export function referencesFor(
  { blocks }: BaselineBlocks,
  postBlocks: number,
  { post, resolutionMs }: Phases,
): Reference[] {
  const postSeconds = post === null ? 0 : (post.endMs - post.startMs) / 1000;
  const days = { name: 'day', blocks: DAY_MS / resolutionMs };
  const weeks = { name: 'week', blocks: (7 * DAY_MS) / resolutionMs };
  const periods = [days, weeks].filter((period) => Number.isInteger(period.blocks));
  const pastBlocks = (blocks.at(-1) ?? 0) - (blocks[0] ?? 0) + 1;
  const isKnown = (period: { blocks: number }): boolean => pastBlocks >= FEWEST_CYCLES * period.blocks;
  const matched = ({ blocks, name }: { blocks: number; name: string }): Reference => sameHours(blocks, name);
  return [
    ...periods.filter(isKnown).reverse().map(matched),
    wholeBaseline(),
    ...periods.filter((period) => !isKnown(period)).map(matched),
    ...RECENT_LENGTHS.map((times) => recentPast(times * postBlocks, formatDuration(times * postSeconds))),
    ...periods.map((period) => sameHoursAtLevel(period.blocks, period.name, postBlocks)),
  ];
}
