import { formatPercent } from '../../domain/numbers.ts';
import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import type { Change } from '../../domain/upgrade.ts';
import { normalQuantile } from '../../statistics/normal.ts';
import { sampleRatioP } from '../../statistics/sample-ratio.ts';
import { studentQuantile } from '../../statistics/student.ts';
import { FEWEST_HOSTS } from '../designs/design.ts';
import { isSplitByInstance, SPLIT_ALARM, type SplitCell, total } from './split-cells.ts';

/**
 * What met a change against the share of traffic that the document says was meant to: a split that misses it loses requests of
 * one arm somewhere, or sends them there by something else than chance (sample ratio mismatch, Fabijan et al. 2019).
 */
export function intendedSplitFindings(change: Change, cells: readonly SplitCell[]): QualityFinding[] {
  if (change.intendedShare === undefined || cells.length === 0) return [];
  return isSplitByInstance(cells)
    ? splitOfInstances(change.id, change.intendedShare, cells)
    : splitOfRequests(change.id, change.intendedShare, cells);
}

function splitOfRequests(id: string, intended: number, cells: readonly SplitCell[]): QualityFinding[] {
  const [met, all] = [total(cells, 'met'), total(cells, 'all')];
  const effect = correlationEffect(cells, met / all);
  const p = sampleRatioP([met / effect, (all - met) / effect], [intended, 1 - intended]);
  return mismatch(id, `${formatPercent(met / all)} of the requests met it`, intended, p);
}

/** As much as two draws: instances are few, so that any other share must be able to show. */
const UNIFORM = 2;

/** Instances are the draws: their requests all go one way. */
function splitOfInstances(id: string, intended: number, cells: readonly SplitCell[]): QualityFinding[] {
  const instances = new Map<string, boolean>();
  for (const { instance, met } of cells) instances.set(instance, met > 0 || instances.get(instance) === true);
  const met = [...instances.values()].filter(Boolean).length;
  const p = sampleRatioP([met, instances.size - met], [intended, 1 - intended], UNIFORM);
  return mismatch(id, `${met} of ${instances.size} instances met it`, intended, p);
}

function mismatch(id: string, seen: string, intended: number, p: number): QualityFinding[] {
  if (!(p < SPLIT_ALARM)) return [];
  const detail = `${id}: ${seen}, the document states ${formatPercent(intended)}, p ${p.toPrecision(2)}`;
  return [describeQuality('uneven-split', detail, id)];
}

/**
 * How much more the share varies than that of independent requests, by instances or by blocks, whichever is more (Rao & Scott
 * 1984); raised by (t/z)² at the alarm's level, since a variance between few groups is itself uncertain.
 */
function correlationEffect(cells: readonly SplitCell[], share: number): number {
  const groupings = [
    { groupOf: ({ instance }: SplitCell) => instance, fewest: FEWEST_HOSTS },
    { groupOf: ({ block }: SplitCell) => String(block), fewest: 2 },
  ];
  return Math.max(1, ...groupings.map(({ groupOf, fewest }) => effectBetween(cells, groupOf, fewest, share)));
}

function effectBetween(
  cells: readonly SplitCell[],
  groupOf: (cell: SplitCell) => string,
  fewest: number,
  share: number,
): number {
  const residuals = new Map<string, number>();
  for (const cell of cells) {
    const group = groupOf(cell);
    residuals.set(group, (residuals.get(group) ?? 0) + cell.met - share * cell.all);
  }
  const count = residuals.size;
  if (count < fewest) return 1;
  const squares = [...residuals.values()].reduce((sum, residual) => sum + residual ** 2, 0);
  const variance = (count / (count - 1)) * squares;
  const uncertainty = studentQuantile(1 - SPLIT_ALARM / 2, count - 1) / normalQuantile(1 - SPLIT_ALARM / 2);
  return (variance / (share * (1 - share) * total(cells, 'all'))) * uncertainty ** 2;
}
