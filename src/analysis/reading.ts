import type { ReadingKind } from '../domain/report.ts';
import { bestRho, normalMixtureBound } from '../statistics/anytime-boundary.ts';
import type { Interval } from '../statistics/mover.ts';
import { normalCdf } from '../statistics/normal.ts';
import { CONFIDENCE } from './comparing/decision.ts';
import type { Estimate } from './estimating/estimate.ts';
import type { Phases } from './phases.ts';

/** How sure intervals must be for the way a report is read. */
export interface Reading {
  readonly kind: ReadingKind;
  /** The level at which an interval is computed so that it holds at the stated one. */
  levelFor(stated: number): number;
}

const ONCE: Reading = { kind: 'final', levelFor: (stated) => stated };
/** The length of post that live intervals are tightest at where the document does not say when post ends. */
const PLANNED_MS = 6 * 3_600_000;

/**
 * A final report is looked at once. A live one is made again as data arrives, and whoever reads it stops when it alarms: its
 * intervals are those of a confidence sequence, which hold at all looks together (Howard et al. 2021; methods 4.1).
 */
export function readingOf(kind: ReadingKind, phases: Phases, isEndStated: boolean, lastMs: number): Reading {
  if (kind === 'final' || phases.post === null) return ONCE;
  const { startMs, endMs } = phases.post;
  const elapsedMs = Math.min(endMs, lastMs) - startMs;
  const plannedMs = isEndStated ? endMs - startMs : PLANNED_MS;
  return { kind, levelFor: (stated) => anytimeLevel(stated, elapsedMs, plannedMs) };
}

/** A level closer to 1 than this cannot be told from it in double precision. */
const HIGHEST_LEVEL = 1 - 1e-14;

/**
 * The level at which one look's interval is as wide as the confidence sequence's: its multiplier takes the place of z. One
 * mixture serves all levels, so that intervals are nested and a p-value by inverting them is valid at all looks too.
 */
function anytimeLevel(stated: number, elapsed: number, planned: number): number {
  if (!(elapsed > 0)) return HIGHEST_LEVEL;
  const rho = bestRho(planned, 1 - CONFIDENCE);
  const multiplier = normalMixtureBound(elapsed, 1 - stated, rho) / Math.sqrt(elapsed);
  return Math.min(HIGHEST_LEVEL, 1 - 2 * normalCdf(-multiplier));
}

/** The estimate with every interval as the reading wants it. */
export function asRead(estimate: Estimate, { kind, levelFor }: Reading): Estimate {
  if (kind === 'final') return estimate;
  const [baseline, post] = estimate.arms.map((arm) => ({
    ...arm,
    intervalAt: (level: number, degrees?: number): Interval => arm.intervalAt(levelFor(level), degrees),
  })) as [Estimate['arms'][0], Estimate['arms'][1]];
  return { ...estimate, effectAt: (level) => estimate.effectAt(levelFor(level)), arms: [baseline, post] };
}
