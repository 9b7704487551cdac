import { REQUESTS } from '../../domain/cells.ts';
import { formatPercent } from '../../domain/numbers.ts';
import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import { compareTexts } from '../../domain/text-order.ts';
import type { Change } from '../../domain/upgrade.ts';
import { sampleRatioP } from '../../statistics/sample-ratio.ts';
import type { SharesMet } from '../exposure/exposure.ts';
import type { Phases } from '../phases.ts';
import type { Subject } from '../subjects.ts';
import { intendedSplitFindings } from './intended-split.ts';
import { designEffect, isSplitByRequest, SPLIT_ALARM, type SplitCell, splitCells, total } from './split-cells.ts';

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
    const blocks = [...new Set(cells.map(({ block }) => block))].sort((a, b) => a - b);
    if (blocks.length < FEWEST_BLOCKS) return [];
    const intended = intendedSplitFindings(change, cells);
    if (!isSplitByRequest(cells)) return intended;
    const stretch = new Map(blocks.map((block, i) => [block, String(Math.floor((i * STRETCHES) / blocks.length))]));
    return [
      ...intended,
      ...unevenBetween('instances', cells, ({ instance }) => instance, change),
      ...unevenBetween('times', cells, ({ block }) => stretch.get(block)!, change),
    ];
  });
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
  const ordered = [...groups].sort(([a], [b]) => compareTexts(a, b)).map(([, group]) => group);
  const effect = designEffect(ordered);
  const p = sampleRatioP(
    ordered.map((group) => total(group, 'met') / effect),
    ordered.map((group) => total(group, 'all')),
  );
  if (!(p < SPLIT_ALARM)) return [];
  const shares = ordered.map((group) => total(group, 'met') / total(group, 'all'));
  const range = `${formatPercent(Math.min(...shares))} to ${formatPercent(Math.max(...shares))}`;
  return [describeQuality('uneven-split', `${id}: ${range} between ${what}, p ${p.toPrecision(2)}`, id)];
}
