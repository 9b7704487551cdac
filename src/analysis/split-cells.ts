import type { CellSeries } from '../domain/cells.ts';
import type { Change } from '../domain/upgrade.ts';
import { doseAt, readExposure, type SharesMet } from './exposure.ts';
import { type Phases, POST, phaseOf } from './phases.ts';

/** Traffic of one instance in one block: all of it, and what of it met the change. */
export interface SplitCell {
  readonly instance: string;
  readonly block: number;
  met: number;
  all: number;
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

/** More than there are blocks since the epoch: instance and block in one number. */
const BLOCKS_EVER = 2 ** 32;

export function splitCells(
  change: Change,
  series: readonly CellSeries[],
  phases: Phases,
  shares: SharesMet,
): SplitCell[] {
  const exposure = readExposure(change, series, shares);
  if (exposure.sight !== 'visible') return [];
  const cells = new Map<number, SplitCell>();
  const numbers = new Map<string, number>();
  series.forEach(({ key, block, count }, index) => {
    if (change.service !== null && key.service !== change.service) return;
    const instance = key.instance ?? '';
    const number = numbers.get(instance) ?? numbers.size;
    numbers.set(instance, number);
    for (let row = 0; row < block.length; row++) {
      if (phaseOf(phases, block[row]!) !== POST) continue;
      const place = number * BLOCKS_EVER + block[row]!;
      const cell = cells.get(place) ?? { instance, block: block[row]!, met: 0, all: 0 };
      cell.met += doseAt(exposure, index, row) * count[row]!;
      cell.all += count[row]!;
      cells.set(place, cell);
    }
  });
  return whileMet([...cells.values()]);
}

/** Between the first block that met the change and the last, which may have met it in part. */
function whileMet(cells: readonly SplitCell[]): SplitCell[] {
  const met = cells.filter((cell) => cell.met > 0).map(({ block }) => block);
  const [first, last] = [
    met.reduce((a, b) => Math.min(a, b), Infinity),
    met.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  return cells.filter(({ block }) => block > first && block < last);
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
