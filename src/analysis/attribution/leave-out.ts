import type { CellSeries } from '../../domain/cells.ts';
import { jackknifeGroups } from '../../statistics/fixed-effects-fit.ts';
import type { ContrastFit } from './contrast.ts';
import type { ExposureCells } from './exposure-cells.ts';

/**
 * What a jackknife leaves out in turn: groups of instances where a fit is judged by them, and stretches of the time before the
 * upgrade and after it, since a whole stretch may have been better or worse for all instances.
 */
export interface LeaveOut {
  readonly count: number;
  /** Groups that stand for each other, by number from `first` on: one stratum of the jackknife. */
  readonly instances: GroupRange | null;
  readonly times: readonly GroupRange[];
  readonly ofSeries: Int32Array;
  readonly ofBlock: ReadonlyMap<number, number>;
}

export interface GroupRange {
  readonly first: number;
  readonly count: number;
}

/** Stretches of either side of the upgrade: more would not be independent of each other where minutes are not. */
const MOST_STRETCHES = 8;

export function leaveOutOf({ cells, rows, input, basis }: ContrastFit, series: readonly CellSeries[]): LeaveOut {
  const isByInstance = basis.kind === 'instances';
  const groups = isByInstance ? jackknifeGroups(input.cluster) : new Int32Array(0);
  const ofRow = new Map<number, number>();
  groups.forEach((group, i) => {
    ofRow.set(rows[i]!, group);
  });
  const ofInstance = new Map<string | null, number>();
  cells.rowOf.forEach((numbers, index) => {
    for (const number of numbers) {
      const group = ofRow.get(number);
      if (group !== undefined) ofInstance.set(series[index]!.key.instance, group);
    }
  });
  const instances = isByInstance ? { first: 0, count: Math.max(0, ...ofInstance.values()) + 1 } : null;
  const { ofBlock, times, count } = stretches(cells, instances?.count ?? 0);
  return {
    count,
    instances,
    times,
    ofSeries: Int32Array.from(series, ({ key }) => ofInstance.get(key.instance) ?? -1),
    ofBlock,
  };
}

/** Of the blocks that are compared: what else was read must not change a report. */
function stretches({ isPost, block }: Pick<ExposureCells, 'isPost' | 'block'>, first: number) {
  const firstPost = block.reduce((least, one, row) => (isPost[row] === 1 ? Math.min(least, one) : least), Infinity);
  const all = [...new Set(block)].sort((a, b) => a - b);
  const ofBlock = new Map<number, number>();
  const times: GroupRange[] = [];
  let count = first;
  for (const blocks of [all.filter((one) => one < firstPost), all.filter((one) => one >= firstPost)]) {
    const groups = Math.min(MOST_STRETCHES, blocks.length);
    blocks.forEach((one, i) => {
      ofBlock.set(one, count + Math.floor((i * groups) / blocks.length));
    });
    if (groups > 0) times.push({ first: count, count: groups });
    count += groups;
  }
  return { ofBlock, times, count };
}

/** Numbers of the groups that a block of a series is in. */
export function groupsOf({ ofSeries, ofBlock }: LeaveOut, series: number, block: number): number[] {
  return [ofSeries[series]!, ofBlock.get(block) ?? -1].filter((group) => group >= 0);
}
