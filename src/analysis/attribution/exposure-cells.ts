import type { CellSeries } from '../../domain/cells.ts';
import { isAssignedBefore, isBeforeChange } from '../assigned-before.ts';
import type { Finding } from '../comparing/comparing.ts';
import { doseAt, type Exposure } from '../exposure.ts';
import { BASELINE, type Phases, POST, phaseOf } from '../phases.ts';
import type { RowRatio } from '../sampling/sample.ts';
import { comparedStrata } from '../strata/stratum-weights.ts';
import { compareText } from '../subjects.ts';

/**
 * Traffic around the upgrade by instance, stratum, what of the changes it met, and block: the rows of a contrast. Numbers
 * count from 0 in the order of first appearance; instances and blocks in their own order.
 */
export interface ExposureCells {
  readonly series: readonly CellSeries[];
  readonly exposures: readonly Exposure[];
  readonly rate: Float64Array;
  readonly requests: Float64Array;
  readonly block: Int32Array;
  readonly host: Int32Array;
  /** By number; empty for what names no instance. */
  readonly hostNames: readonly string[];
  readonly stratum: Int32Array;
  /** Arm of the changes whose arms were marked before they came: what differed already is no effect of theirs. */
  readonly arm: Int32Array;
  readonly arms: number;
  readonly isPost: Uint8Array;
  /** Per exposure, per row: share of the row's traffic that met the change. */
  readonly doses: readonly Float64Array[];
  /** Per series and row of it: the row above that it is a part of, -1 where it is in none. */
  readonly rowOf: readonly Int32Array[];
  /** Instances that are known by name; 0 where none is. */
  readonly hosts: number;
  readonly strata: number;
}

/** Older baseline than this multiple of the post window says little of what hosts were like just before. */
const LOOKBACK = 2;
const FEWEST_LOOKBACK_BLOCKS = 30;

interface Unit {
  readonly host: number;
  readonly stratum: number;
  readonly arm: number;
  readonly series: number[];
}

export function exposureCells(
  finding: Finding,
  exposures: readonly Exposure[],
  response: RowRatio,
  phases: Phases,
): ExposureCells {
  const { series } = finding.subject;
  const names = [...new Set(series.map(({ key }) => key.instance ?? ''))].sort(compareText);
  const hostOf = new Map(names.map((name, number) => [name, number]));
  const strata = comparedStrata(finding.design.sample);
  const assigned = exposures.filter((exposure) => isAssignedBefore(exposure, series, phases));
  const units = unitsOf(
    series,
    exposures,
    series.map(({ key }, index) => ({
      host: hostOf.get(key.instance ?? '')!,
      stratum: strata === null ? 0 : strata.ofSeries[index]! + 1,
      arm: assigned.reduce((arm, { dose }) => 2 * arm + (dose[index]! > 0 ? 1 : 0), 0),
    })),
  );
  const doseIn: DoseIn = (exposure, index, at, block) =>
    assigned.includes(exposure) && isBeforeChange(exposure, block, phases) ? 0 : doseAt(exposure, index, at);
  const rows = units.flatMap((unit) => rowsOf(unit, finding, exposures, response, phases, doseIn));
  return {
    series,
    exposures,
    rate: Float64Array.from(rows, ({ numerator, denominator }) => numerator / denominator),
    requests: Float64Array.from(rows, ({ denominator }) => denominator),
    block: Int32Array.from(rows, ({ block }) => block),
    host: Int32Array.from(rows, ({ host }) => host),
    hostNames: names,
    stratum: Int32Array.from(rows, ({ stratum }) => stratum),
    arm: Int32Array.from(rows, ({ arm }) => arm),
    arms: 2 ** assigned.length,
    isPost: Uint8Array.from(rows, ({ isPost }) => (isPost ? 1 : 0)),
    doses: exposures.map((_, index) => Float64Array.from(rows, ({ doses }) => doses[index]!)),
    rowOf: rowNumbers(series, rows),
    hosts: names.filter((name) => name !== '').length,
    strata: (strata?.count ?? 0) + 1,
  };
}

function rowNumbers(series: readonly CellSeries[], rows: readonly Row[]): Int32Array[] {
  const rowOf = series.map(({ block }) => new Int32Array(block.length).fill(-1));
  rows.forEach(({ parts }, number) => {
    for (let i = 0; i < parts.length; i += 2) rowOf[parts[i]!]![parts[i + 1]!] = number;
  });
  return rowOf;
}

/**
 * Series of one instance and stratum that met the same: what else they differ in is nobody's candidate. In the order of
 * their keys, so that sums do not depend on the order of the input.
 */
function unitsOf(
  series: readonly CellSeries[],
  exposures: readonly Exposure[],
  places: readonly Omit<Unit, 'series'>[],
): Unit[] {
  const units = new Map<string, Unit>();
  const isByRow = exposures.some(({ doseByRow }) => doseByRow !== null);
  for (const index of inOrderOfKeys(series)) {
    const { host, stratum } = places[index]!;
    const met = isByRow ? [index] : exposures.map(({ dose }) => dose[index]!);
    const name = [host, stratum, ...met].join('/');
    const unit = units.get(name) ?? { ...places[index]!, series: [] };
    unit.series.push(index);
    units.set(name, unit);
  }
  return [...units.values()];
}

/** Numbers of series, so that sums of fractions do not depend on the order of the input. */
export function inOrderOfKeys(series: readonly CellSeries[]): number[] {
  const names = series.map(({ key }) => JSON.stringify([key.instance, key.version, [...key.attributes]]));
  return [...series.keys()].sort((a, b) => compareText(names[a]!, names[b]!));
}

interface Row {
  readonly block: number;
  readonly host: number;
  readonly stratum: number;
  readonly arm: number;
  readonly isPost: boolean;
  readonly doses: readonly number[];
  /** Number of the series and row in it, by turns, of all that was summed up here. */
  readonly parts: number[];
  numerator: number;
  denominator: number;
}

type DoseIn = (exposure: Exposure, series: number, row: number, block: number) => number;

function rowsOf(
  { series: indexes, ...place }: Unit,
  finding: Finding,
  exposures: readonly Exposure[],
  response: RowRatio,
  phases: Phases,
  doseIn: DoseIn,
): Row[] {
  const rows = new Map<number, Row>();
  const earliest = earliestBlock(phases);
  for (const index of indexes) {
    const series = finding.subject.series[index]!;
    for (let at = 0; at < series.block.length; at++) {
      const block = series.block[at]!;
      const phase = phaseOf(phases, block);
      if (block < earliest || !isCompared(finding, index, phase, block)) continue;
      const numerator = response.numerator(series, at);
      const denominator = response.denominator(series, at);
      if (!(denominator > 0) || Number.isNaN(numerator)) continue;
      const row = rows.get(block);
      if (row === undefined) {
        const doses = exposures.map((exposure) => doseIn(exposure, index, at, block));
        const parts = [index, at];
        rows.set(block, { ...place, block, isPost: phase === POST, doses, parts, numerator, denominator });
      } else {
        row.parts.push(index, at);
        row.numerator += numerator;
        row.denominator += denominator;
      }
    }
  }
  return [...rows.values()];
}

/** Instances that had just started are left out, as they were where the comparison was judged. */
export function isCompared({ design }: Finding, index: number, phase: -1 | 0 | 1, block: number): boolean {
  if (phase !== POST) return phase === BASELINE;
  return block >= (design.warmUp?.keptFrom[index] ?? Number.NEGATIVE_INFINITY);
}

export function earliestBlock({ post, resolutionMs }: Phases): number {
  if (post === null) return Number.NEGATIVE_INFINITY;
  const blocks = (post.endMs - post.startMs) / resolutionMs;
  return post.startMs / resolutionMs - Math.max(FEWEST_LOOKBACK_BLOCKS, LOOKBACK * blocks);
}
