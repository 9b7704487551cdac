import type { CellSeries } from '../../domain/cells.ts';
import type { BlockSpan } from './block-arms.ts';
import { rememberLatest } from './latest.ts';
import type { BlockSums, RowRatio } from './row-ratio.ts';

/** One endpoint is looked at after the other, by few ratios many times. */
const remembered = rememberLatest<readonly CellSeries[], RowRatio, BlockSums>(8);

/** Added up once for all samples of the same series; rows that know nothing are left out. */
export function sumByBlock(series: readonly CellSeries[], ratio: RowRatio, span: BlockSpan): BlockSums {
  return remembered(series, ratio, () => ratio.sumByBlock?.(series) ?? sumRows(series, ratio, span));
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
