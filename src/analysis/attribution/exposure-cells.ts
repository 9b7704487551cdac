import type { CellSeries } from '../../domain/cells.ts';
import { compareTexts } from '../../domain/text-order.ts';
import type { Finding } from '../comparing/comparing.ts';
import { isAssignedBefore, isBeforeChange } from '../exposure/assigned-before.ts';
import { doseAt, type Exposure } from '../exposure/exposure.ts';
import { BASELINE, type Phases, POST, phaseOf } from '../phases.ts';
import type { RowRatio } from '../sampling/sample.ts';
import { comparedStrata } from '../strata/stratum-weights.ts';

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
  const names = [...new Set(series.map(({ key }) => key.instance ?? ''))].sort(compareTexts);
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
  const rows = new Rows(series, exposures.length);
  for (const unit of units) addRows(unit, rows, finding, exposures, response, phases, doseIn);
  return {
    series,
    exposures,
    rate: rows.numerator.subarray(0, rows.count).map((numerator, row) => numerator / rows.denominator[row]!),
    requests: rows.denominator.slice(0, rows.count),
    block: rows.block.slice(0, rows.count),
    host: rows.host.slice(0, rows.count),
    hostNames: names,
    stratum: rows.stratum.slice(0, rows.count),
    arm: rows.arm.slice(0, rows.count),
    arms: 2 ** assigned.length,
    isPost: rows.isPost.slice(0, rows.count),
    doses: rows.doses.map((doses) => doses.slice(0, rows.count)),
    rowOf: rows.rowOf,
    hosts: names.filter((name) => name !== '').length,
    strata: (strata?.count ?? 0) + 1,
  };
}

/** Columns with room for every row of the series, filled one unit after the other. */
class Rows {
  count = 0;
  readonly block: Int32Array;
  readonly host: Int32Array;
  readonly stratum: Int32Array;
  readonly arm: Int32Array;
  readonly isPost: Uint8Array;
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
  readonly doses: readonly Float64Array[];
  readonly rowOf: readonly Int32Array[];
  /** By block from the first one on: the latest row of it, -1 where there is none. */
  readonly latest: Int32Array;
  readonly firstBlock: number;

  constructor(series: readonly CellSeries[], exposures: number) {
    const room = series.reduce((sum, { block }) => sum + block.length, 0);
    this.block = new Int32Array(room);
    this.host = new Int32Array(room);
    this.stratum = new Int32Array(room);
    this.arm = new Int32Array(room);
    this.isPost = new Uint8Array(room);
    this.numerator = new Float64Array(room);
    this.denominator = new Float64Array(room);
    this.doses = Array.from({ length: exposures }, () => new Float64Array(room));
    this.rowOf = series.map(({ block }) => new Int32Array(block.length).fill(-1));
    const filled = series.flatMap(({ block }) => (block.length === 0 ? [] : [block[0]!, block.at(-1)!]));
    this.firstBlock = Math.min(...filled);
    this.latest = new Int32Array(filled.length === 0 ? 0 : Math.max(...filled) - this.firstBlock + 1).fill(-1);
  }

  open(block: number, isPost: boolean, { host, stratum, arm }: Unit): number {
    const row = this.count++;
    this.latest[block - this.firstBlock] = row;
    this.block[row] = block;
    this.host[row] = host;
    this.stratum[row] = stratum;
    this.arm[row] = arm;
    this.isPost[row] = isPost ? 1 : 0;
    return row;
  }
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
  return [...series.keys()].sort((a, b) => compareTexts(names[a]!, names[b]!));
}

type DoseIn = (exposure: Exposure, series: number, row: number, block: number) => number;

function addRows(
  unit: Unit,
  rows: Rows,
  finding: Finding,
  exposures: readonly Exposure[],
  response: RowRatio,
  phases: Phases,
  doseIn: DoseIn,
): void {
  const firstOfUnit = rows.count;
  const earliest = earliestBlock(phases);
  for (const index of unit.series) {
    const series = finding.subject.series[index]!;
    for (let at = 0; at < series.block.length; at++) {
      const block = series.block[at]!;
      const phase = phaseOf(phases, block);
      if (block < earliest || !isCompared(finding, index, phase, block)) continue;
      const numerator = response.numerator(series, at);
      const denominator = response.denominator(series, at);
      if (!(denominator > 0) || Number.isNaN(numerator)) continue;
      let row = rows.latest[block - rows.firstBlock]!;
      if (row < firstOfUnit) {
        row = rows.open(block, phase === POST, unit);
        for (let i = 0; i < exposures.length; i++) rows.doses[i]![row] = doseIn(exposures[i]!, index, at, block);
      }
      rows.rowOf[index]![at] = row;
      rows.numerator[row]! += numerator;
      rows.denominator[row]! += denominator;
    }
  }
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
