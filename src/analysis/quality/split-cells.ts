import type { CellSeries } from '../../domain/cells.ts';
import type { Change } from '../../domain/upgrade.ts';
import { doseAt, readExposure, type SharesMet } from '../exposure/exposure.ts';
import { type Phases, POST, phaseOf } from '../phases.ts';

/** Traffic of one instance in one block: all of it, and what of it met the change. */
export interface SplitCell {
  readonly instance: string;
  readonly block: number;
  readonly met: number;
  readonly all: number;
}

/** As alarms of experiment platforms do: a false one costs trust in every comparison (Fabijan et al. 2019). */
export const SPLIT_ALARM = 0.0005;
/** Arms that run on the same instances in the same blocks split requests; others split instances. */
const MIXED_SHARE = 0.5;

export function isSplitByRequest(cells: readonly SplitCell[]): boolean {
  const mixed = cells.filter(({ met, all }) => met > 0 && met < all);
  return mixed.length > 0 && total(mixed, 'all') >= MIXED_SHARE * total(cells, 'all');
}

/** As good as all of it: a request may be counted beside the block in which it met the change. */
const NEARLY_ALL = 0.99;

/** Whole instances met it: all of their traffic, from when it came to them. */
export function isSplitByInstance(cells: readonly SplitCell[]): boolean {
  const since = new Map<string, number>();
  for (const { instance, block, met } of cells) {
    if (met > 0) since.set(instance, Math.min(block, since.get(instance) ?? Infinity));
  }
  const later = cells.filter(({ instance, block }) => block > (since.get(instance) ?? Infinity));
  return since.size > 0 && !since.has('') && total(later, 'met') >= NEARLY_ALL * total(later, 'all');
}

export function splitCells(
  change: Change,
  series: readonly CellSeries[],
  phases: Phases,
  shares: SharesMet,
): SplitCell[] {
  const exposure = readExposure(change, series, shares);
  if (exposure.sight !== 'visible') return [];
  const tallies = emptyTallies(change, series, phases);
  series.forEach(({ key, block, count }, index) => {
    if (change.service !== null && key.service !== change.service) return;
    const tally = tallies.get(key.instance ?? '');
    if (tally === undefined) return;
    for (let row = 0; row < block.length; row++) {
      const i = block[row]! - tally.first;
      if (!(i >= 0 && i < tally.all.length) || phaseOf(phases, block[row]!) !== POST) continue;
      tally.met[i]! += doseAt(exposure, index, row) * count[row]!;
      tally.all[i]! += count[row]!;
      tally.isSeen[i] = 1;
    }
  });
  return whileMet(tallies);
}

/** Traffic of one instance by block, from its first block in post to its last. */
interface Tally {
  readonly first: number;
  readonly met: Float64Array;
  readonly all: Float64Array;
  readonly isSeen: Uint8Array;
}

/** As long as each instance was there: a post window may be stated for a week, and an instance live for minutes. */
function emptyTallies(change: Change, series: readonly CellSeries[], phases: Phases): Map<string, Tally> {
  const ranges = new Map<string, readonly [number, number]>();
  for (const { key, block } of series) {
    if (change.service !== null && key.service !== change.service) continue;
    const own = block.filter((one) => phaseOf(phases, one) === POST);
    if (own.length === 0) continue;
    const [first, last] = ranges.get(key.instance ?? '') ?? [Infinity, -Infinity];
    ranges.set(key.instance ?? '', [Math.min(first, own[0]!), Math.max(last, own[own.length - 1]!)]);
  }
  return new Map(
    [...ranges].map(([instance, [first, last]]) => {
      const length = last - first + 1;
      const [met, all] = [new Float64Array(length), new Float64Array(length)];
      return [instance, { first, met, all, isSeen: new Uint8Array(length) }];
    }),
  );
}

/** Between the first block that met the change and the last, which may have met it in part. */
function whileMet(tallies: ReadonlyMap<string, Tally>): SplitCell[] {
  let [begun, ended] = [Infinity, -Infinity];
  for (const { first, met } of tallies.values()) {
    const from = met.findIndex((one) => one > 0);
    if (from < 0) continue;
    begun = Math.min(begun, first + from);
    ended = Math.max(ended, first + met.findLastIndex((one) => one > 0));
  }
  const cells: SplitCell[] = [];
  for (const [instance, { first, met, all, isSeen }] of tallies) {
    for (let i = 0; i < all.length; i++) {
      const block = first + i;
      if (isSeen[i] === 1 && block > begun && block < ended) {
        cells.push({ instance, block, met: met[i]!, all: all[i]! });
      }
    }
  }
  return cells;
}

/** How much more cells of one group vary than independent requests would; sticky assignment makes them. */
export function designEffect(groups: readonly (readonly SplitCell[])[]): number {
  let [squares, independent] = [0, 0];
  for (const group of groups) {
    const share = total(group, 'met') / total(group, 'all');
    for (const { met, all } of group) {
      squares += (met - share * all) ** 2;
      independent += share * (1 - share) * all;
    }
  }
  return independent > 0 ? Math.max(1, squares / independent) : 1;
}

export function total(cells: readonly SplitCell[], column: 'met' | 'all'): number {
  return cells.reduce((sum, cell) => sum + cell[column], 0);
}
