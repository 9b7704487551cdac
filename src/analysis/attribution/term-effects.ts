import type { CellSeries } from '../../domain/cells.ts';
import { coefficientWeights } from '../../statistics/coefficient-weights.ts';
import type { CoalitionFit } from './coalition-fit.ts';
import { groupsOf, type LeaveOut } from './leave-out.ts';
import type { ShareMeasure } from './share-measure.ts';

/** What each term does to each column of a measure where it is met; null where there is nothing left to compare. */
export type TermEffects = readonly Float64Array[] | null;

/** The fit by row weights, so that it is made once for all columns of all measures. */
export interface TermWeights {
  readonly full: TermEffects;
  readonly withoutGroup: readonly TermEffects[];
}

/**
 * By term, the weights of the rows of the cells in its effect: of all rows, and without each group in turn. `factors`: what a
 * request of each row counts for, so that the effect is one on the mix of traffic that is asked about.
 */
export function termWeights(fit: CoalitionFit, leaveOut: LeaveOut, factors: Float64Array): TermWeights {
  const { input, rows, cells } = fit.contrast;
  const requests = input.weights.map((weight, i) => weight * factors[rows[i]!]!);
  const block = rows.map((row) => cells.block[row]!);
  const asked: Asked = { requests, block, columns: input.columns, terms: fit.terms.map(({ column }) => column) };
  const ofSeries = known.get(cells.series) ?? [];
  known.set(cells.series, ofSeries);
  const before = ofSeries.find((one) => isSame(one.asked, asked));
  if (before !== undefined) return before.weights;
  const weights = fitted(fit, leaveOut, requests);
  ofSeries.push({ asked, weights });
  return weights;
}

interface Asked {
  readonly requests: Float64Array;
  readonly block: Int32Array;
  readonly columns: readonly Float64Array[];
  readonly terms: readonly number[];
}

/** Indicators of one endpoint mostly count the same requests, so that one fit answers for all. */
const known = new WeakMap<readonly CellSeries[], { readonly asked: Asked; readonly weights: TermWeights }[]>();

function isSame(one: Asked, other: Asked): boolean {
  const alike = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => {
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return a.length === b.length;
  };
  return (
    alike(one.terms, other.terms) &&
    alike(one.requests, other.requests) &&
    alike(one.block, other.block) &&
    one.columns.length === other.columns.length &&
    one.columns.every((column, j) => alike(column, other.columns[j]!))
  );
}

function fitted({ contrast, terms }: CoalitionFit, leaveOut: LeaveOut, requests: Float64Array): TermWeights {
  const { input, fit, rows, cells } = contrast;
  const kept = [...input.columns.keys()].filter((column) => !Number.isNaN(fit.coefficients[column]));
  const design = { columns: kept.map((column) => input.columns[column]!), groupings: input.groupings };
  const places = terms.map(({ column }) => kept.indexOf(column));
  const weightsWith = (weights: Float64Array): TermEffects => {
    const ofTerms = coefficientWeights(design, weights, places);
    return ofTerms?.map((ofTerm) => spread(ofTerm, rows, cells.rate.length)) ?? null;
  };
  const seriesOf = new Int32Array(cells.rate.length);
  cells.rowOf.forEach((numbers, index) => {
    for (const number of numbers) if (number >= 0) seriesOf[number] = index;
  });
  const members = Array.from({ length: leaveOut.count }, (): number[] => []);
  rows.forEach((row, i) => {
    for (const group of groupsOf(leaveOut, seriesOf[row]!, cells.block[row]!)) members[group]!.push(i);
  });
  return {
    full: weightsWith(requests),
    withoutGroup: members.map((left) => {
      const rest = requests.slice();
      for (const i of left) rest[i] = 0;
      return weightsWith(rest);
    }),
  };
}

function spread(weights: Float64Array, rows: Int32Array, length: number): Float64Array {
  const ofCells = new Float64Array(length);
  rows.forEach((row, i) => {
    ofCells[row] = weights[i]!;
  });
  return ofCells;
}

/** Effects on the columns of a measure. */
export function effectsOn({ width, entries: { row, column, value } }: ShareMeasure, weights: TermEffects): TermEffects {
  if (weights === null) return null;
  return weights.map((ofRow) => {
    const sums = new Float64Array(width);
    for (let i = 0; i < row.length; i++) sums[column[i]!]! += ofRow[row[i]!]! * value[i]!;
    return sums;
  });
}
