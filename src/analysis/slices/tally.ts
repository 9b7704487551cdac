import type { CellKey, CellSeries } from '../../domain/cells.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import type { RowRatio } from '../sampling/sample.ts';
import { compareText } from '../subjects.ts';

interface Sums {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
}

/** A response by value of one attribute: in both windows, and block by block (row-major [blocks × values]). */
export interface Tally {
  readonly values: readonly string[];
  readonly sums: readonly [Sums, Sums];
  readonly blocks: readonly { readonly arm: 0 | 1; readonly sums: Sums }[];
}

/** The instance is an attribute as any other. */
export function valueIn(key: CellKey, attribute: string): string | null {
  return attribute === 'service.instance.id' ? key.instance : (key.attributes.get(attribute) ?? null);
}

/** Traffic that lacks the attribute is left out. */
export function tallyValues(
  series: readonly CellSeries[],
  attribute: string,
  response: RowRatio,
  phases: Phases,
): Tally {
  const values = [...new Set(series.flatMap(({ key }) => valueIn(key, attribute) ?? []))].sort(compareText);
  const empty = (): Sums => ({
    numerators: new Float64Array(values.length),
    denominators: new Float64Array(values.length),
  });
  const sums: [Sums, Sums] = [empty(), empty()];
  const blocks = new Map<number, { arm: 0 | 1; sums: Sums }>();
  for (const one of series) {
    const value = valueIn(one.key, attribute);
    if (value === null) continue;
    const number = values.indexOf(value);
    for (let row = 0; row < one.block.length; row++) {
      const block = one.block[row]!;
      const arm = phaseOf(phases, block);
      const numerator = response.numerator(one, row);
      const denominator = response.denominator(one, row);
      if (arm === NEITHER || Number.isNaN(numerator) || !(denominator > 0)) continue;
      const ofBlock = blocks.get(block) ?? { arm, sums: empty() };
      blocks.set(block, ofBlock);
      for (const into of [sums[arm === POST ? POST : BASELINE], ofBlock.sums]) {
        into.numerators[number]! += numerator;
        into.denominators[number]! += denominator;
      }
    }
  }
  return { values, sums, blocks: [...blocks].sort(([a], [b]) => a - b).map(([, one]) => one) };
}
