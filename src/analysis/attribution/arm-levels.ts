import type { CellSeries } from '../../domain/cells.ts';
import { doseAt } from '../exposure/exposure.ts';
import { BASELINE, NEITHER, POST } from '../phases.ts';
import { stratumWeights } from '../strata/stratum-weights.ts';
import type { Beside } from './beside.ts';
import type { Term } from './coalition-fit.ts';
import { inOrderOfKeys } from './exposure-cells.ts';
import { groupsOf, type LeaveOut } from './leave-out.ts';

/** What post had in its columns, at the baseline's mix of traffic and as it came. */
export interface Levels {
  readonly baseline: ArmLevel;
  readonly held: ArmLevel;
  readonly asItCame: ArmLevel;
}

export interface ArmLevel {
  readonly columns: Float64Array;
  /** By term: share of the arm's requests that met all of its changes. */
  readonly met: Float64Array;
}

/** What is summed up over the arms, row by row. */
export interface Summed {
  readonly width: number;
  readonly terms: readonly Term[];
  readonly leaveOut: LeaveOut;
  /** Adds a row's sums to the first columns of `into`; returns the requests they are of, NaN where it knows nothing. */
  readonly addRow: (series: CellSeries, row: number, into: Float64Array) => number;
}

/** Sums over rows of one kind: of all groups, and of each that has any. Columns first, what met each term, last the requests. */
interface ClassSums {
  readonly arm: 0 | 1;
  /** What a request counts for at the baseline's mix. */
  readonly factor: number;
  readonly all: Float64Array;
  readonly ofGroup: Map<number, Float64Array>;
}

/**
 * Levels of the arms, and without each group of a jackknife in turn. Who meets a change is decided, not drawn: so kinds of
 * traffic, what they met and the instances that met the same keep their weight when one of them is left out.
 */
export function armLevels(beside: Beside, summed: Summed): { levels: Levels; withoutGroup: Levels[] } {
  const classes = [...sumClasses(beside, summed).values()];
  const levelsWithout = (group: number | null): Levels => {
    const levelOf = (arm: 0 | 1, isHeld: boolean): ArmLevel =>
      levelOfArm(
        classes.filter((one) => one.arm === arm),
        summed.width,
        isHeld,
        group,
      );
    return { baseline: levelOf(BASELINE, false), held: levelOf(POST, true), asItCame: levelOf(POST, false) };
  };
  const withoutGroup = Array.from({ length: summed.leaveOut.count }, (_, group) => levelsWithout(group));
  return { levels: levelsWithout(null), withoutGroup };
}

function sumClasses(beside: Beside, summed: Summed): Map<string, ClassSums> {
  const { finding, response } = beside;
  const { sample } = finding.design;
  const raw = finding.indicator.response(sample);
  const weights = raw === null ? null : stratumWeights(sample, raw);
  const fates = fatesOfInstances(beside, summed.terms);
  const classes = new Map<string, ClassSums>();
  const own = new Float64Array(summed.width + summed.terms.length + 1);
  for (const index of inOrderOfKeys(sample.series)) {
    const series = sample.series[index]!;
    const stratum = weights?.strata.ofSeries[index] ?? 0;
    const fate = fates.get(series.key.instance) ?? '';
    sample.armOf[index]!.forEach((arm, row) => {
      const isCompared = (response?.denominator(series, row) ?? 0) > 0;
      if (arm === NEITHER || !isCompared || !sumRow(summed, index, series, row, own)) return;
      const factor = weights === null ? 1 : (weights.factors[arm as 0 | 1][stratum] ?? 0);
      if (factor === 0) return;
      const pattern = arm === POST ? patternOf(summed.terms, index, row) : '';
      const name = [arm, stratum, fate, pattern].join('/');
      const empty = { arm: arm as 0 | 1, factor, all: new Float64Array(own.length), ofGroup: new Map() };
      const sums = classes.get(name) ?? empty;
      classes.set(name, sums);
      addSums(sums, own, groupsOf(summed.leaveOut, index, series.block[row]!));
    });
  }
  return classes;
}

/** False where a row has no requests. */
function sumRow(
  { width, terms, addRow }: Summed,
  index: number,
  series: CellSeries,
  row: number,
  own: Float64Array,
): boolean {
  const requests = addRow(series, row, own.fill(0));
  terms.forEach((term, i) => {
    own[width + i] = requests * metAt(term, index, row);
  });
  own[own.length - 1] = requests;
  return requests > 0;
}

function metAt({ exposures }: Term, index: number, row: number): number {
  return exposures.reduce((met, exposure) => met * doseAt(exposure, index, row), 1);
}

function patternOf(terms: readonly Term[], index: number, row: number): string {
  return terms.map((term) => (metAt(term, index, row) > 0 ? '1' : '0')).join('');
}

/** By instance, all that its traffic of post met: before the upgrade it stands for instances of the same fate. */
function fatesOfInstances({ finding: { design } }: Beside, terms: readonly Term[]): Map<string | null, string> {
  const patterns = new Map<string | null, Set<string>>();
  design.sample.series.forEach(({ key }, index) => {
    const own = patterns.get(key.instance) ?? new Set();
    patterns.set(key.instance, own);
    design.sample.armOf[index]!.forEach((arm, row) => {
      if (arm === POST) own.add(patternOf(terms, index, row));
    });
  });
  return new Map([...patterns].map(([instance, own]) => [instance, [...own].sort().join()]));
}

function addSums({ all, ofGroup }: ClassSums, own: Float64Array, groups: readonly number[]): void {
  const targets = groups.map((group) => {
    const sums = ofGroup.get(group) ?? new Float64Array(own.length);
    ofGroup.set(group, sums);
    return sums;
  });
  for (let column = 0; column < own.length; column++) {
    if (own[column] === 0) continue;
    all[column]! += own[column]!;
    for (const sums of targets) sums[column]! += own[column]!;
  }
}

/** A kind that a group has alone keeps its own level. */
function levelOfArm(classes: readonly ClassSums[], width: number, isHeld: boolean, without: number | null): ArmLevel {
  const length = classes[0]?.all.length ?? width + 1;
  const sums = new Float64Array(length);
  for (const { factor, all, ofGroup } of classes) {
    const left = without === null ? undefined : ofGroup.get(without);
    const requests = all[length - 1]!;
    const rest = requests - (left?.[length - 1] ?? 0);
    const weight = isHeld ? factor : 1;
    for (let column = 0; column < length; column++) {
      const own = left === undefined || !(rest > 0) ? all[column]! : ((all[column]! - left[column]!) * requests) / rest;
      sums[column]! += weight * own;
    }
  }
  const means = sums.map((sum) => sum / sums[length - 1]!);
  return { columns: means.subarray(0, width), met: means.subarray(width, -1) };
}
