import { formatInstant } from '../../domain/window.ts';
import { changePoints } from '../../statistics/change-points.ts';
import { mean } from '../../statistics/descriptive.ts';
import type { ChangePoint } from '../../statistics/energy-change-points.ts';
import { withoutSeason } from '../../statistics/seasonal-profile.ts';
import type { BaselineBlocks } from './references/reference.ts';
import { DAY_MS } from './seasons.ts';

/** A baseline without the part that lies at another level than its end: what was before an old change, or an incident. */
export interface SteadyPast {
  /** Whether a block still says something about the level before the upgrade. */
  readonly isSteady: (block: number) => boolean;
  readonly note: string;
}

/** Blocks are joined into so many a day: old changes need no more precise a time. */
const BINS_A_DAY = 48;
/** A daily season has to be taken out first, which takes this many days; a weekly one takes weeks. */
const FEWEST_DAYS = 3;
const FEWEST_WEEKS = 4;
/** A past that changes its level more often than one step or one incident is that unsteady, and is left as it is. */
const MOST_CHANGES = 2;
/** What has to be left: so that hours can still be matched, of the week where they could before, and quiet windows found. */
const FEWEST_DAYS_LEFT = 2;
const FEWEST_WINDOWS_LEFT = 8;
const LEVEL = 0.05;

/**
 * Old changes of level in a long baseline by E-divisive on blocks without their season (`changePoints`): of the stretches
 * between them only those at the level of the last one are kept. Null where all of it is kept.
 */
export function steadyPast(baseline: BaselineBlocks, postBlocks: number, resolutionMs: number): SteadyPast | null {
  const days = ((baseline.blocks.at(-1) ?? 0) - (baseline.blocks[0] ?? 0) + 1) * (resolutionMs / DAY_MS);
  if (!(days >= FEWEST_DAYS)) return null;
  const binBlocks = Math.max(1, Math.round(DAY_MS / BINS_A_DAY / resolutionMs));
  const binsADay = DAY_MS / resolutionMs / binBlocks;
  if (!Number.isInteger(binsADay)) return null;
  const firstBin = Math.floor(baseline.blocks[0]! / binBlocks);
  const isWeekly = days >= 7 * FEWEST_WEEKS;
  const season = isWeekly ? 7 * binsADay : binsADay;
  const values = withoutSeason(binned(baseline, binBlocks, firstBin), season);
  const changes = changePoints(values, { level: LEVEL });
  if (changes.length === 0 || changes.length > MOST_CHANGES) return null;
  const away = stretchAway(values, changes);
  const blockAt = (bin: number): number => (firstBin + bin) * binBlocks;
  const isSteady = (block: number): boolean => block < blockAt(away.from) || block >= blockAt(away.to);
  const left = baseline.blocks.reduce((sum, block) => sum + (isSteady(block) ? 1 : 0), 0);
  const fewestDays = isWeekly ? 7 * FEWEST_WEEKS : FEWEST_DAYS_LEFT;
  const fewest = Math.max((fewestDays * DAY_MS) / resolutionMs, FEWEST_WINDOWS_LEFT * postBlocks);
  if (left < fewest) return null;
  return { isSteady, note: noteOf(away, (bin) => formatInstant(blockAt(bin) * resolutionMs)) };
}

function binned({ blocks, counts }: BaselineBlocks, binBlocks: number, firstBin: number): Float64Array {
  const bins = Math.floor(blocks.at(-1)! / binBlocks) - firstBin + 1;
  const numerators = new Float64Array(bins);
  const denominators = new Float64Array(bins);
  blocks.forEach((block, j) => {
    const bin = Math.floor(block / binBlocks) - firstBin;
    numerators[bin]! += counts.numerators[j]!;
    denominators[bin]! += counts.denominators[j]!;
  });
  return numerators.map((numerator, bin) => (denominators[bin]! > 0 ? numerator / denominators[bin]! : Number.NaN));
}

interface StretchAway {
  readonly from: number;
  readonly to: number;
  readonly level: number;
  readonly lastLevel: number;
}

/** An incident is over where nothing changes once it is left out; else all before the last change lay elsewhere. */
function stretchAway(values: Float64Array, changes: readonly ChangePoint[]): StretchAway {
  const [from = 0, to = 0] = [0, ...changes.map(({ index }) => index)].slice(-2);
  const levelOf = (start: number, end: number): number => mean(values.subarray(start, end).filter(Number.isFinite));
  const levels = { level: levelOf(from, to), lastLevel: levelOf(to, values.length) };
  const without = values.map((value, bin) => (bin >= from && bin < to ? Number.NaN : value));
  const isOver = from > 0 && changePoints(without, { level: LEVEL }).length === 0;
  return { from: isOver ? from : 0, to, ...levels };
}

function noteOf({ from, to, level, lastLevel }: StretchAway, instantOf: (bin: number) => string): string {
  const [there, here] = [level, lastLevel].map((value) => Number(value.toPrecision(3)));
  const when = from === 0 ? `before ${instantOf(to)}` : `from ${instantOf(from)} to ${instantOf(to)}`;
  return `${when} the baseline lay at another level (${there}, later ${here}): not compared with`;
}
