import { bucketQuantile } from '../../statistics/bucket-distribution.ts';
import { rearrangedCounts } from '../../statistics/rearranged-counts.ts';
import { addBuckets, type HistogramSample, histogramTotal, poolHistograms } from '../sampling/histogram-sample.ts';
import { armLevels, type Levels, type Summed } from './arm-levels.ts';
import type { Beside } from './beside.ts';
import type { Term } from './coalition-fit.ts';
import { type ExposureCells, inOrderOfKeys } from './exposure-cells.ts';
import type { LeaveOut } from './leave-out.ts';

/**
 * An indicator as a function of columns that are means over requests: of one, its response, or of the shares of requests in
 * each bucket. Changes have effects on columns; what these are worth is read off the columns that are left.
 */
export interface ShareMeasure {
  readonly width: number;
  /** What rows of the cells have in their columns, entry by entry. */
  readonly entries: { readonly row: Int32Array; readonly column: Int32Array; readonly value: Float64Array };
  readonly read: (columns: Float64Array) => number;
  readonly levels: Levels;
  /** Levels without each group of a jackknife in turn. */
  readonly withoutGroup: readonly Levels[];
}

/** By the indicator itself; by its response where that is what it is, or where a quantile lies beyond all buckets. */
export function shareMeasures(
  beside: Beside,
  cells: ExposureCells,
  terms: readonly Term[],
  leaveOut: LeaveOut,
): ShareMeasure[] {
  return [quantileMeasure, responseMeasure].flatMap((measure) => measure(beside, cells, terms, leaveOut) ?? []);
}

function quantileMeasure(
  beside: Beside,
  cells: ExposureCells,
  terms: readonly Term[],
  leaveOut: LeaveOut,
): ShareMeasure | null {
  const p = beside.finding.indicator.quantile;
  const histograms = p === undefined ? null : poolHistograms(beside.finding.design.sample);
  if (p === undefined || histograms === null) return null;
  const { layout } = histograms;
  const width = layout.bounds.length + 1;
  const total = histogramTotal(layout);
  const addRow: Summed['addRow'] = (series, row, into) => {
    addBuckets(series, row, layout, into);
    return total.denominator(series, row);
  };
  return {
    width,
    entries: bucketEntries(histograms, cells),
    read(shares) {
      const counts = rearrangedCounts(shares);
      const { value, saturated } = bucketQuantile(layout.bounds, counts, p, layout.interpolation);
      return saturated ? Number.NaN : value;
    },
    ...armLevels(beside, { width, addRow, terms, leaveOut }),
  };
}

/** Of each row of the cells, the share of its requests in each bucket. */
function bucketEntries({ sample, layout }: HistogramSample, { rowOf, requests }: ExposureCells) {
  const [row, column, value]: [number[], number[], number[]] = [[], [], []];
  const shares = new Float64Array(layout.bounds.length + 1);
  for (const index of inOrderOfKeys(sample.series)) {
    const series = sample.series[index]!;
    rowOf[index]!.forEach((number, at) => {
      if (number < 0) return;
      addBuckets(series, at, layout, shares.fill(0), 1 / requests[number]!);
      for (let bucket = 0; bucket < shares.length; bucket++) {
        if (shares[bucket] === 0) continue;
        row.push(number);
        column.push(bucket);
        value.push(shares[bucket]!);
      }
    });
  }
  return { row: Int32Array.from(row), column: Int32Array.from(column), value: Float64Array.from(value) };
}

function responseMeasure(
  beside: Beside,
  { rate }: ExposureCells,
  terms: readonly Term[],
  leaveOut: LeaveOut,
): ShareMeasure | null {
  const response = beside.finding.indicator.response(beside.finding.design.sample);
  if (response === null) return null;
  const addRow: Summed['addRow'] = (series, row, into) => {
    const numerator = response.numerator(series, row);
    if (Number.isNaN(numerator)) return Number.NaN;
    into[0]! += numerator;
    return response.denominator(series, row);
  };
  return {
    width: 1,
    entries: { row: Int32Array.from(rate.keys()), column: new Int32Array(rate.length), value: rate },
    read: (columns) => columns[0]!,
    ...armLevels(beside, { width: 1, addRow, terms, leaveOut }),
  };
}
