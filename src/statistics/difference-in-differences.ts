import { mean, sampleVariance } from './descriptive.ts';
import { type WelchDifference, welchDifference } from './welch.ts';

/** (exposed after − exposed before) − (control after − control before), from four levels. */
export function differenceInDifferences(levels: {
  readonly exposedBefore: number;
  readonly exposedAfter: number;
  readonly controlBefore: number;
  readonly controlAfter: number;
}): number {
  return levels.exposedAfter - levels.exposedBefore - (levels.controlAfter - levels.controlBefore);
}

/** One value per unit (host) before and after, in the same order. */
export interface UnitsBeforeAfter {
  readonly before: ArrayLike<number>;
  readonly after: ArrayLike<number>;
}

function changes({ before, after }: UnitsBeforeAfter): number[] {
  return Array.from(before, (value, unit) => after[unit]! - value).filter(Number.isFinite);
}

/**
 * The same with its standard error: each unit is its own control, and the changes of exposed and unexposed units are
 * compared as Welch does. Units unknown before or after (NaN) are left out.
 */
export function differenceInDifferencesOfUnits(exposed: UnitsBeforeAfter, control: UnitsBeforeAfter): WelchDifference {
  const summary = (values: number[]) => ({ mean: mean(values), variance: sampleVariance(values), size: values.length });
  return welchDifference(summary(changes(control)), summary(changes(exposed)));
}
