import { doseAt, type Exposure, FEWEST_MIXED_BLOCKS } from '../exposure/exposure.ts';
import { POST } from '../phases.ts';
import type { Beside } from './beside.ts';
import type { ContrastFit } from './contrast.ts';

/** Did every combination of these changes, met or not, run beside the others? By columns of the fit. */
export function ranTogether({ cells, rows }: ContrastFit, columns: readonly number[]): boolean {
  const seen = new Map<number, Set<number>>();
  for (const row of rows) {
    const met = columns.reduce((bits, column, i) => bits | (cells.doses[column]![row]! > 0 ? 1 << i : 0), 0);
    const block = cells.block[row]!;
    seen.set(block, (seen.get(block) ?? new Set()).add(met));
  }
  const whole = [...seen.values()].filter((combinations) => combinations.size === 1 << columns.length);
  return whole.length >= FEWEST_MIXED_BLOCKS;
}

/** Share of the comparison's post arm that met all of these changes: in a concurrent comparison that is exposed traffic only. */
export function shareThatMet({ finding: { design }, response }: Beside, exposures: readonly Exposure[]): number {
  let [met, all] = [0, 0];
  design.sample.series.forEach((series, index) => {
    const armOf = design.sample.armOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      const requests = armOf[row] === POST ? (response?.denominator(series, row) ?? Number.NaN) : Number.NaN;
      if (Number.isNaN(requests)) continue;
      all += requests;
      met += exposures.reduce((share, exposure) => share * doseAt(exposure, index, row), requests);
    }
  });
  return all > 0 ? met / all : 0;
}
