import type { Season } from '../seasons.ts';
import { type BaselineBlocks, type Reference, type Sums, sumsBetween } from './reference.ts';
import { sameHours } from './same-hours.ts';

/**
 * The same hours of earlier days, raised or lowered by how the stretch just before compares with the same stretch of those
 * days: a season that repeats on a level that drifts. Just before is as far away as it is for post.
 */
export function sameHoursAtLevel(season: Season, lengthBlocks: number, gapBlocks: number): Reference {
  const matched = sameHours(season);
  return {
    ...matched,
    followsLevel: true,
    note: `compared with the same hours of every earlier ${season.name} at the level of the stretch just before, which predicts the past's own quiet windows best`,
    sumsFor(baseline) {
      const sums = matched.sumsFor(baseline);
      return (from, to) => {
        const { numerator, denominator, blocks } = sums(from, to);
        return {
          numerator: numerator * levelBefore(baseline, sums, from - gapBlocks, lengthBlocks),
          denominator,
          blocks,
        };
      };
    },
    levelFactor: (baseline) => levelBefore(baseline, matched.sumsFor(baseline), baseline.blocks.length, lengthBlocks),
    from: (farther) => sameHoursAtLevel(season, lengthBlocks, gapBlocks + farther),
  };
}

/** Level of the stretch that ends at a position over that of the same hours elsewhere; NaN where either is not positive. */
function levelBefore(
  baseline: BaselineBlocks,
  matched: (from: number, to: number) => Sums,
  end: number,
  lengthBlocks: number,
): number {
  if (end <= 0) return Number.NaN;
  const from = Math.max(0, end - lengthBlocks);
  const own = sumsBetween(baseline, from, end);
  const others = matched(from, end);
  const factor = own.numerator / own.denominator / (others.numerator / others.denominator);
  return factor > 0 && Number.isFinite(factor) ? factor : Number.NaN;
}
