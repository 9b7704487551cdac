import { estimatedInflation } from './autocorrelation.ts';
import { type ChangePoint, energyChangePoints } from './energy-change-points.ts';
import { inflationDespiteShifts, inflationOfBlocks } from './inflation-despite-shifts.ts';
import { type LevelSummary, levelTestP } from './level-summary.ts';
import { withoutSeason } from './seasonal-profile.ts';

export interface ChangePointOptions {
  /** Chance that an unchanged series has any change point at all. */
  readonly level?: number;
  /** p-value each change has to reach; by default the level shared out over all points. */
  readonly maxP?: number;
  /** Smallest relative change that counts. */
  readonly minMagnitude?: number;
  /** Fewest points of a level: what is shorter is a blip. */
  readonly minSize?: number;
  /** Points looked at together, in independent points; autocorrelation makes the window wider. */
  readonly window?: number;
  /** Points of one season (a day, a week), taken out first where three of them are known. */
  readonly season?: number;
}

const LARGEST_WINDOW = 800;

function residuals(values: Float64Array, found: readonly ChangePoint[]): Float64Array {
  let next = 0;
  let level = found[0]?.before ?? 0;
  return values.map((value, t) => {
    if (t === found[next]?.index) level = found[next++]!.after;
    return value - level;
  });
}

/**
 * When a long series changed its level, with the levels on both sides: E-divisive (Matteson & James 2014) with Student's
 * test on as many points as an autocorrelated series is worth, at `level` for the whole series (found below 4 % for AR(1)
 * noise up to ρ = 0.6). Unknown points (NaN) are skipped; indexes are of `series`. Changes every few dozen points of a long
 * series hide each other.
 */
export function changePoints(series: ArrayLike<number>, options: ChangePointOptions = {}): ChangePoint[] {
  const { level = 0.05, minMagnitude = 0, minSize = 5, window = 100, season } = options;
  const seasonless = season === undefined ? Float64Array.from(series) : withoutSeason(series, season);
  const positions = [...seasonless.keys()].filter((t) => Number.isFinite(seasonless[t]!));
  const values = Float64Array.from(positions, (t) => seasonless[t]!);
  if (values.length < 2 * minSize) return [];
  const findAt = (inflation: number): ChangePoint[] =>
    energyChangePoints(values, {
      window: Math.min(LARGEST_WINDOW, Math.round(window * inflation)),
      maxP: options.maxP ?? level / values.length,
      minMagnitude,
      minSize,
      levelTest: (left: LevelSummary, right: LevelSummary) => levelTestP(left, right, inflation),
      // What is over within the window is a change too.
      rightPart: 'found',
    });
  const least = inflationOfBlocks(values);
  const asItStands = Math.max(least, inflationDespiteShifts(values));
  const first = findAt(asItStands);
  const aroundLevels = Math.max(least, estimatedInflation(residuals(values, first)));
  const found = first.length > 0 && aroundLevels < asItStands ? findAt(aroundLevels) : first;
  return found.map((change) => ({ ...change, index: positions[change.index]! }));
}
