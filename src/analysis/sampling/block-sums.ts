import type { CellSeries } from '../../domain/cells.ts';
import type { BlockSpan } from './block-arms.ts';
import type { BlockSums, RowRatio } from './row-ratio.ts';

/** One endpoint is looked at after the other, by few ratios many times. */
const REMEMBERED = 8;

interface Remembered {
  readonly ratio: RowRatio;
  readonly series: readonly CellSeries[];
  readonly sums: BlockSums;
}

let latest: readonly Remembered[] = [];

/** Added up once for all samples of the same series; rows that know nothing are left out. */
export function sumByBlock(series: readonly CellSeries[], ratio: RowRatio, span: BlockSpan): BlockSums {
  const known = latest.find((one) => one.ratio === ratio && one.series === series);
  if (known !== undefined) return known.sums;
  const sums = ratio.sumByBlock?.(series) ?? sumRows(series, ratio, span);
  latest = [{ ratio, series, sums }, ...latest.slice(0, REMEMBERED - 1)];
  return sums;
}

function sumRows(series: readonly CellSeries[], ratio: RowRatio, { first, length }: BlockSpan): BlockSums {
  const numerators = new Float64Array(length);
  const denominators = new Float64Array(length);
  for (const one of series) {
    for (let row = 0; row < one.block.length; row++) {
      const numerator = ratio.numerator(one, row);
      const denominator = ratio.denominator(one, row);
      if (Number.isNaN(numerator) || Number.isNaN(denominator)) continue;
      const i = one.block[row]! - first;
      numerators[i]! += numerator;
      denominators[i]! += denominator;
    }
  }
  return { numerators, denominators };
}
