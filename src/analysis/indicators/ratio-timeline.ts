import type { CellSeries } from '../../domain/cells.ts';
import type { RowRatio } from '../sampling/sample.ts';
import type { Steps } from './indicator.ts';

/** A ratio's value in each step of time. */
export function ratioTimeline(ratio: RowRatio, series: readonly CellSeries[], steps: Steps): (number | null)[] {
  const numerators = new Float64Array(steps.count);
  const denominators = new Float64Array(steps.count);
  for (const one of series) {
    for (let row = 0; row < one.block.length; row++) {
      const step = steps.stepOf(one.block[row]!);
      if (step < 0) continue;
      const numerator = ratio.numerator(one, row);
      const denominator = ratio.denominator(one, row);
      if (Number.isNaN(numerator) || Number.isNaN(denominator)) continue;
      numerators[step]! += numerator;
      denominators[step]! += denominator;
    }
  }
  return Array.from(numerators, (numerator, step) =>
    denominators[step]! > 0 ? numerator / denominators[step]! : null,
  );
}
