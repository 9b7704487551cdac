import type { ComparisonVerdict, QuietPast } from '../../domain/report.ts';
import { FALSE_DISCOVERY_RATE } from '../comparing/decision.ts';
import type { Measured } from '../comparing/measuring.ts';
import type { Phases } from '../phases.ts';
import type { Placebo } from './placebo.ts';
import { isClaim, type PastComparison, type QuietPasts, quietPasts, standsOut, standsOutAlone } from './quiet-past.ts';
import { DAY_MS } from './seasons.ts';

/** What tells a move from what the past shows as well. */
export const BEYOND_THE_PAST = 'a longer post window: a move that outlasts such quiet stretches would tell';

/** Why late trouble is not called though it clears the margin: quiet stretches as long show as much. */
export type DoubtAboutLate = (one: Measured) => string | null;

export interface Doubts {
  readonly quietPasts: QuietPasts;
  /** Why a verdict is not given though its interval clears the margin: the past shows as much. Null where it does not. */
  doubtAbout(one: Measured, verdict: ComparisonVerdict): string | null;
}

/** Holds the comparisons, each alone and all together, against quiet stretches of the past. */
export function doubtsOf(
  tested: readonly Measured[],
  weights: readonly number[],
  { post, resolutionMs }: Phases,
): Doubts {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  const byTime = tested.flatMap((one, i): PastComparison[] => {
    // Arms that ran side by side share their clock: the past has no say in them.
    if (one.evidence === null || one.design.method === 'concurrent') return [];
    const { indicator, evidence, placebo } = one;
    return [{ better: indicator.better, evidence, placebo, weight: weights[i]! / mean }];
  });
  const pasts = quietPasts(byTime, {
    postStartBlock: (post?.startMs ?? 0) / resolutionMs,
    stretchBlocks: post === null ? 1 : Math.max(1, (post.endMs - post.startMs) / resolutionMs),
    blocksADay: DAY_MS / resolutionMs,
  });
  return {
    quietPasts: pasts,
    doubtAbout: (one, verdict) =>
      isClaim(verdict) && one.design.method !== 'concurrent' ? doubtOf(one.placebo, pasts[verdict]) : null,
  };
}

/** Late trouble at each length against quiet stretches as long; the lengths share what the answer may err. */
export function lateDoubtsOf(
  tested: readonly Measured[],
  weights: readonly number[],
  { post, resolutionMs }: Phases,
): DoubtAboutLate {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  const pastAt = (halvings: number): QuietPast | null => {
    const members = tested.flatMap(({ indicator: { better }, late }, i): PastComparison[] => {
      const placebo = late?.placeboAt(halvings) ?? null;
      return placebo === null ? [] : [{ better, evidence: placebo.observed, placebo, weight: weights[i]! / mean }];
    });
    const wholeBlocks = post === null ? 1 : (post.endMs - post.startMs) / resolutionMs;
    const stretchBlocks = Math.max(1, wholeBlocks / 2 ** halvings);
    const postStartBlock = (post?.endMs ?? 0) / resolutionMs - stretchBlocks;
    return quietPasts(members, { postStartBlock, stretchBlocks, blocksADay: DAY_MS / resolutionMs }).regressed;
  };
  const pasts = new Map<number, QuietPast | null>();
  return ({ late }) => {
    if (late === null || late.worst.placebo === null) return null;
    const { halvings, placebo } = late.worst;
    if (!pasts.has(halvings)) pasts.set(halvings, pastAt(halvings));
    return doubtOf(placebo, pasts.get(halvings)!, FALSE_DISCOVERY_RATE / late.lengths);
  };
}

function doubtOf(placebo: Placebo | null, past: QuietPast | null, rate: number = FALSE_DISCOVERY_RATE): string | null {
  if (placebo !== null && !standsOutAlone(placebo, rate)) {
    return `quiet stretches of its own past lay as far from what was expected in ${placebo.asFar} of ${placebo.blocks.length} cases`;
  }
  if (past === null || standsOut(past, rate)) return null;
  const { windows, as_strong: asStrong, same_hours: sameHours } = past;
  const among =
    sameHours !== null && sameHours.as_strong > 0
      ? `${sameHours.as_strong} of ${sameHours.windows} cases at the same hours`
      : `${asStrong} of ${windows} cases`;
  return `over the whole report, quiet stretches of the past showed evidence as strong in ${among}`;
}
