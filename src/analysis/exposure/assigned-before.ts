import type { CellSeries } from '../../domain/cells.ts';
import { BASELINE, type Phases, POST, phaseOf } from '../phases.ts';
import { doseAt, type Exposure } from './exposure.ts';

/** Shares of traffic that differ by more than this part of the smaller arm are those of a rollout that went on. */
export const MOST_SHARE_CHANGE = 0.25;

/**
 * Did the telemetry show already before a change, in much the same share of the traffic, who was to meet it? Then what carries
 * its value before is no exposure yet, but the arm that is to have it. A share that grew is a change that had begun.
 */
export function isAssignedBefore(exposure: Exposure, series: readonly CellSeries[], phases: Phases): boolean {
  const { atMs } = exposure.change;
  if (atMs === null || exposure.sight !== 'visible') return false;
  const [before, after] = [
    { met: 0, all: 0 },
    { met: 0, all: 0 },
  ];
  series.forEach(({ block, count }, index) => {
    for (let row = 0; row < block.length; row++) {
      const phase = phaseOf(phases, block[row]!);
      const isBefore = phase === BASELINE && isBeforeChange(exposure, block[row]!, phases);
      if (!isBefore && phase !== POST) continue;
      const side = isBefore ? before : after;
      side.met += doseAt(exposure, index, row) * count[row]!;
      side.all += count[row]!;
    }
  });
  return isSteady(before.met / before.all, after.met / after.all);
}

export function isBeforeChange({ change: { atMs } }: Exposure, block: number, { resolutionMs }: Phases): boolean {
  return atMs !== null && (block + 1) * resolutionMs <= atMs;
}

/** Of two shares of traffic; false where either is none or all. */
export function isSteady(first: number, second: number): boolean {
  const least = Math.min(first, 1 - first, second, 1 - second);
  return least > 0 && Math.abs(second - first) <= MOST_SHARE_CHANGE * least;
}
