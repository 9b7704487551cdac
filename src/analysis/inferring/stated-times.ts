import type { Cells } from '../../domain/cells.ts';
import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import type { Change } from '../../domain/upgrade.ts';
import { formatInstant } from '../../domain/window.ts';
import { APART_MS } from './as-seen.ts';
import type { InferredChange } from './inferred-change.ts';
import { covers } from './unlisted-changes.ts';

/** Changes whose stated time lies far from that at which traffic first met them, with traffic between the two. */
export function statedTimes(
  stated: readonly Change[],
  seen: readonly InferredChange[],
  cells: Cells,
): QualityFinding[] {
  return stated.flatMap((change): QualityFinding[] => {
    const { atMs } = change;
    const first = Math.min(...seen.filter((shown) => covers(change, shown)).map((shown) => shown.atMs));
    if (atMs === null || !Number.isFinite(first) || Math.abs(first - atMs) < APART_MS) return [];
    if (!hasTrafficBetween(change, Math.min(first, atMs), Math.max(first, atMs), cells)) return [];
    const detail = `${change.id}: stated at ${formatInstant(atMs)}, first met at ${formatInstant(first)}`;
    return [describeQuality('change-seen-at-another-time', detail, change.id)];
  });
}

function hasTrafficBetween({ service }: Change, fromMs: number, toMs: number, cells: Cells): boolean {
  const [from, to] = [fromMs / cells.resolutionMs, toMs / cells.resolutionMs];
  return cells.series.some(
    ({ key, block, count }) =>
      (service === null || key.service === service) &&
      block.some((one, row) => count[row]! > 0 && one >= from + 1 && one < to - 1),
  );
}
