import type { QuietPast } from '../domain/report.ts';
import type { Placebo } from './placebo.ts';
import { standsOut, standsOutAlone } from './quiet-past.ts';

/** Why a move is not called one though its interval clears the margin: the past shows as much. Null where it does not. */
export function doubtOf(placebo: Placebo | null, past: QuietPast | null): string | null {
  if (placebo !== null && !standsOutAlone(placebo)) {
    return `quiet stretches of its own past lay as far from what was expected in ${placebo.asFar} of ${placebo.blocks.length} cases`;
  }
  if (past === null || standsOut(past)) return null;
  const { windows, as_strong: asStrong, same_hours: sameHours } = past;
  const among =
    sameHours !== null && sameHours.as_strong > 0
      ? `${sameHours.as_strong} of ${sameHours.windows} cases at the same hours`
      : `${asStrong} of ${windows} cases`;
  return `over the whole report, quiet stretches of the past showed evidence as strong in ${among}`;
}
