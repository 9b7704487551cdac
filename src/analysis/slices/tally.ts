import type { CellKey, CellSeries } from '../../domain/cells.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import type { RowRatio } from '../sampling/sample.ts';

interface Sums {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
}

/** A response by class of traffic: in both windows, and block by block (row-major [blocks × classes]). */
export interface Tally {
  readonly classes: number;
  readonly sums: readonly [Sums, Sums];
  readonly blocks: readonly { readonly arm: 0 | 1; readonly sums: Sums }[];
}

/** A response by value of one attribute, which are the classes. */
export interface ValueTally extends Tally {
  readonly values: readonly string[];
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
): ValueTally {
  const valueOfSeries = series.map(({ key }) => valueIn(key, attribute));
  const values = [...new Set(valueOfSeries.flatMap((value) => value ?? []))].sort(compareTexts);
  const numbers = new Map(values.map((value, number) => [value, number]));
  const classOf = valueOfSeries.map((value) => (value === null ? null : numbers.get(value)!));
  return { values, ...tallyClasses(series, classOf, values.length, response, phases) };
}

/** `classOf`: by series, null for what is left out. */
export function tallyClasses(
  series: readonly CellSeries[],
  classOf: readonly (number | null)[],
  classes: number,
  response: RowRatio,
  phases: Phases,
): Tally {
  const empty = (): Sums => ({ numerators: new Float64Array(classes), denominators: new Float64Array(classes) });
  const sums: [Sums, Sums] = [empty(), empty()];
  const blocks = new Map<number, { arm: 0 | 1; sums: Sums }>();
  series.forEach((one, index) => {
    const number = classOf[index] ?? null;
    if (number === null) return;
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
  });
  return { classes, sums, blocks: [...blocks].sort(([a], [b]) => a - b).map(([, one]) => one) };
}
