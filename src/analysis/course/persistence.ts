import { largestBout } from '../../statistics/bout.ts';
import { knownPoints } from '../../statistics/onset.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { type Estimate, isEstimate } from '../estimating/estimate.ts';
import type { Indicator } from '../indicators/indicator.ts';
import type { BaselineChoice } from '../past/baseline-choice.ts';
import { POST } from '../phases.ts';
import { type BlockSeries, timeOf } from '../sampling/block-series.ts';
import { lastOfPost } from '../sampling/sample-slices.ts';
import { firstAfterBaseline, type OnsetBlocks } from './onset.ts';

/** A move that no longer holds at the end of post went away by itself. */
const LAST_SHARE = 1 / 3;
/** What lasts holds in both halves of the time since it began. */
const HALF = 1 / 2;

/**
 * Whether a move is over: in the last third of the post window, or in the second half of the time since it began, the same
 * estimator finds no move beyond the margin, and what it finds is clearly smaller than the whole move: within the margin, or
 * less than half of it at most. A tail too thin to tell is no sign of recovery.
 */
export function hasGoneAway(
  indicator: Indicator,
  whole: Estimate,
  design: BaselineChoice,
  onset: OnsetBlocks | null,
): boolean {
  if (!design.sample.ordered) return false;
  const shares = [LAST_SHARE];
  const since = onset === null ? null : shareOfPostSince(design, onset.at);
  if (since !== null && since * HALF < LAST_SHARE) shares.push(since * HALF);
  return shares.some((share) => isOverIn(share, indicator, whole, design));
}

function isOverIn(
  share: number,
  indicator: Indicator,
  whole: Estimate,
  { sample, calibration }: BaselineChoice,
): boolean {
  const result = indicator.estimate(lastOfPost(sample, share), calibration);
  if (!isEstimate(result)) return false;
  const { estimate, low, high } = result.effectAt(CONFIDENCE);
  const moved = whole.effectAt(CONFIDENCE).estimate;
  const isWithin = estimate < result.riseMargin && estimate > -result.fallMargin;
  const holds = moved > 0 ? low > result.riseMargin : high < -result.fallMargin;
  const mostLeft = moved > 0 ? high / moved : low / moved;
  return !holds && mostLeft < (isWithin ? 1 : HALF);
}

/** Share of the post window's clusters that lie at or after a block; null where it began before post. */
function shareOfPostSince({ sample }: BaselineChoice, block: number): number | null {
  let first = Number.POSITIVE_INFINITY;
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      if (armOf[row] !== POST || series.block[row]! < Math.floor(block)) continue;
      first = Math.min(first, sample.clusterOf[index]![row]!);
      break;
    }
  });
  return first > 0 && Number.isFinite(first) ? 1 - first / sample.clusters[POST] : null;
}

/** From when to when a move that went away lasted; null where that cannot be told. */
export function spellOf(blocks: BlockSeries): { readonly onset: OnsetBlocks; readonly end: number } | null {
  const { positions, values, weights } = knownPoints(blocks.compared, blocks.denominators);
  const earliest = positions.findIndex((position) => position >= firstAfterBaseline(blocks));
  const bout = earliest < 0 ? null : largestBout(values, weights, earliest);
  if (bout === null) return null;
  const at = (point: number): number => timeOf(blocks, positions[Math.max(0, Math.min(positions.length - 1, point))]!);
  return { onset: { at: at(bout.start), low: at(bout.low), high: at(bout.high), gradual: null }, end: at(bout.end) };
}
