import { type CellSeries, REQUESTS } from '../domain/cells.ts';
import { formatPercent } from '../domain/numbers.ts';
import { describeQuality, type QualityFinding } from '../domain/quality.ts';
import type { Change } from '../domain/upgrade.ts';
import { sampleRatioP } from '../statistics/sample-ratio.ts';
import { doseAt, readExposure, type SharesMet } from './exposure.ts';
import { type Phases, POST, phaseOf } from './phases.ts';
import { compareText, type Subject } from './subjects.ts';

/** Traffic of one instance in one block: all of it, and what of it met the change. */
interface SplitCell {
  readonly instance: string;
  readonly block: number;
  met: number;
  all: number;
}

/** As alarms of experiment platforms do: a false one costs trust in every comparison (Fabijan et al. 2019). */
const ALARM = 0.0005;
/** Arms that run on the same instances in the same blocks split requests; others split instances. */
const MIXED_SHARE = 0.5;
/** Parts of the time in which a split is held against itself. */
const STRETCHES = 4;
const FEWEST_BLOCKS = 2 * STRETCHES;

/**
 * A change that splits requests at random meets the same share of them on every instance and all the time. Where it does not,
 * something else decides who meets it, and the arms differ in more than the change.
 */
export function splitFindings(
  subjects: readonly Subject[],
  changes: readonly Change[],
  phases: Phases,
  shares: SharesMet,
): QualityFinding[] {
  const own = subjects.filter(({ measure, peer }) => measure === REQUESTS && peer === null);
  const series = own.flatMap((subject) => subject.series);
  return changes.flatMap((change) => {
    const cells = splitCells(change, series, phases, shares);
    if (!isSplitByRequest(cells)) return [];
    const blocks = [...new Set(cells.map(({ block }) => block))].sort((a, b) => a - b);
    if (blocks.length < FEWEST_BLOCKS) return [];
    const stretch = new Map(blocks.map((block, i) => [block, String(Math.floor((i * STRETCHES) / blocks.length))]));
    return [
      ...unevenBetween('instances', cells, ({ instance }) => instance, change),
      ...unevenBetween('times', cells, ({ block }) => stretch.get(block)!, change),
    ];
  });
}

function isSplitByRequest(cells: readonly SplitCell[]): boolean {
  const mixed = cells.filter(({ met, all }) => met > 0 && met < all);
  return mixed.length > 0 && total(mixed, 'all') >= MIXED_SHARE * total(cells, 'all');
}

/** More than there are blocks since the epoch: instance and block in one number. */
const BLOCKS_EVER = 2 ** 32;

function splitCells(change: Change, series: readonly CellSeries[], phases: Phases, shares: SharesMet): SplitCell[] {
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

function unevenBetween(
  what: string,
  cells: readonly SplitCell[],
  groupOf: (cell: SplitCell) => string,
  { id }: Change,
): QualityFinding[] {
  const groups = new Map<string, SplitCell[]>();
  for (const cell of cells) {
    const group = groups.get(groupOf(cell));
    if (group) group.push(cell);
    else groups.set(groupOf(cell), [cell]);
  }
  if (groups.size < 2) return [];
  const ordered = [...groups].sort(([a], [b]) => compareText(a, b)).map(([, group]) => group);
  const effect = designEffect(ordered);
  const p = sampleRatioP(
    ordered.map((group) => total(group, 'met') / effect),
    ordered.map((group) => total(group, 'all')),
  );
  if (!(p < ALARM)) return [];
  const shares = ordered.map((group) => total(group, 'met') / total(group, 'all'));
  const range = `${formatPercent(Math.min(...shares))} to ${formatPercent(Math.max(...shares))}`;
  return [describeQuality('uneven-split', `${id}: ${range} between ${what}, p ${p.toPrecision(2)}`, id)];
}

/** How much more cells of one group vary than independent requests would; sticky assignment makes them. */
function designEffect(groups: readonly (readonly SplitCell[])[]): number {
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

function total(cells: readonly SplitCell[], column: 'met' | 'all'): number {
  return cells.reduce((sum, cell) => sum + cell[column], 0);
}
