import type { CellSeries, Cells, FlagEvaluationSeries } from '../../domain/cells.ts';
import { BASELINE, type Phases, phaseOf } from '../phases.ts';

/** When traffic carried one value, by block: requests, samples, or evaluations. */
export interface ValueCourse {
  readonly byBlock: Map<number, number>;
  /** The blocks in which each instance had it. */
  readonly blocksOfInstance: Map<string | null, Set<number>>;
}

/** What the traffic of one service carried of one attribute, or which peers it called. */
export interface ValueHistory {
  readonly service: string;
  readonly name: string;
  readonly values: Map<string, ValueCourse>;
}

/** Name and value of what a series carried. */
export type Carried = readonly (readonly [name: string, value: string])[];

/** Histories of everything that `carriedBy` finds on the series, in the order in which the cells name them. */
export function valueHistories(cells: Cells, carriedBy: (series: CellSeries) => Carried): ValueHistory[] {
  const histories = new Map<string, ValueHistory>();
  for (const series of cells.series) {
    for (const [name, value] of carriedBy(series)) {
      addRows(courseOf(histories, series.key.service, name, value), series.key.instance, series);
    }
  }
  return [...histories.values()];
}

/** Histories of evaluated flags, each under the name that `nameOf` gives it. */
export function evaluationHistories(
  evaluations: readonly FlagEvaluationSeries[],
  nameOf: (flag: string) => string,
): ValueHistory[] {
  const histories = new Map<string, ValueHistory>();
  for (const series of evaluations) {
    addRows(courseOf(histories, series.service, nameOf(series.flag), series.variant), series.instance, series);
  }
  return [...histories.values()];
}

function courseOf(histories: Map<string, ValueHistory>, service: string, name: string, value: string): ValueCourse {
  const key = JSON.stringify([service, name]);
  const history = histories.get(key) ?? { service, name, values: new Map<string, ValueCourse>() };
  histories.set(key, history);
  const course = history.values.get(value) ?? { byBlock: new Map(), blocksOfInstance: new Map() };
  history.values.set(value, course);
  return course;
}

function addRows(
  { byBlock, blocksOfInstance }: ValueCourse,
  instance: string | null,
  { block, count }: Pick<CellSeries, 'block' | 'count'>,
): void {
  const blocks = blocksOfInstance.get(instance) ?? new Set<number>();
  blocksOfInstance.set(instance, blocks);
  for (let row = 0; row < block.length; row++) {
    if (!(count[row]! > 0)) continue;
    byBlock.set(block[row]!, (byBlock.get(block[row]!) ?? 0) + count[row]!);
    blocks.add(block[row]!);
  }
}

/**
 * Side by side in the baseline, two instances or more had values of their own, and no value ever moved to another instance:
 * such an attribute (an address, a pod's name) says who speaks, not how it was set.
 */
export function namesInstances({ values }: ValueHistory, phases: Phases): boolean {
  const owners = [...values.values()].map(({ blocksOfInstance }) => blocksOfInstance);
  const inBaseline = owners.flatMap((instances) =>
    [...instances].filter(([, blocks]) => [...blocks].some((block) => phaseOf(phases, block) === BASELINE)),
  );
  return new Set(inBaseline.map(([instance]) => instance)).size > 1 && owners.every(({ size }) => size === 1);
}

/**
 * Before the upgrade, most of what carried the value ran beside other values on the same instance in the same block: that tells
 * kinds of traffic apart (a client's plan), and a larger share of it is another mix of traffic, not another setting.
 */
export function tellsKinds({ values }: ValueHistory, value: string, phases: Phases): boolean {
  const others = [...values].filter(([other]) => other !== value).map(([, course]) => course.blocksOfInstance);
  let [alone, beside] = [0, 0];
  for (const [instance, blocks] of values.get(value)?.blocksOfInstance ?? []) {
    for (const block of blocks) {
      if (phaseOf(phases, block) !== BASELINE) continue;
      if (others.some((blocksOf) => blocksOf.get(instance)?.has(block))) beside++;
      else alone++;
    }
  }
  return beside > alone;
}
