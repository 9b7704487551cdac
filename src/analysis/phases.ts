import { AppError } from '../domain/error.ts';
import type { Upgrade } from '../domain/upgrade.ts';
import type { Window } from '../domain/window.ts';

/** The windows a report compares, after defaults; `null` where the data cannot fill them. */
export interface Phases {
  readonly resolutionMs: number;
  readonly baseline: readonly Window[];
  readonly window: Window | null;
  readonly post: Window | null;
}

/** Which arm a block can belong to by time alone. */
export const BASELINE = 0;
export const POST = 1;
export const NEITHER = -1;

/**
 * Fills what the document leaves open: post runs from the end of the window (or the last change) to the last data,
 * baseline from the first data to the start of the window (or the first change).
 */
export function resolvePhases(upgrade: Upgrade, firstMs: number, lastMs: number): Phases {
  const { startMs: upgradeStartMs, endMs: upgradeEndMs } = upgradeTimes(upgrade);
  const hasData = firstMs < lastMs;
  const baseline =
    upgrade.baseline.length > 0 ? upgrade.baseline : spanOf(hasData ? firstMs : undefined, upgradeStartMs);
  const post = upgrade.post ?? spanOf(upgradeEndMs, hasData ? lastMs : undefined)[0] ?? null;
  if (upgradeStartMs === undefined && upgrade.baseline.length === 0) {
    throw new AppError('document', 'nothing says when the upgrade was', {
      place: 'spec',
      remedy: 'give spec.window, spec.baseline, spec.post or a change with "at"',
    });
  }
  return { resolutionMs: upgrade.resolutionMs, baseline, window: upgrade.window, post };
}

/** When the upgrade began and ended, as far as the document says. */
export function upgradeTimes(upgrade: Upgrade): { startMs: number | undefined; endMs: number | undefined } {
  const changeTimes = upgrade.changes.flatMap((change) => (change.atMs === null ? [] : [change.atMs]));
  return {
    startMs: upgrade.window?.startMs ?? minimum(changeTimes) ?? upgrade.post?.startMs,
    endMs: upgrade.window?.endMs ?? maximum(changeTimes) ?? upgrade.baseline.at(-1)?.endMs,
  };
}

/** Without a baseline, so much of the past is read where there is no end to it: a day has every hour of one season. */
const PAST_MS = 86_400_000;

/** From when to when a source is read that holds more than this; null where the document does not say. */
export function readingRange(upgrade: Upgrade): { readonly startMs: number | null; readonly endMs: number | null } {
  const { startMs: upgradeStartMs } = upgradeTimes(upgrade);
  const pastMs = upgradeStartMs === undefined ? undefined : upgradeStartMs - PAST_MS;
  const startMs = minimum(upgrade.baseline.map((one) => one.startMs)) ?? pastMs;
  return { startMs: startMs ?? null, endMs: upgrade.post?.endMs ?? null };
}

/** When the last block that is compared ends; null: with the data. */
export function comparedUntilMs({ baseline, post }: Pick<Upgrade, 'baseline' | 'post'>): number | null {
  return post === null ? null : Math.max(post.endMs, ...baseline.map(({ endMs }) => endMs));
}

function spanOf(startMs: number | undefined, endMs: number | undefined): Window[] {
  return startMs !== undefined && endMs !== undefined && startMs < endMs ? [{ startMs, endMs }] : [];
}

function minimum(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

function maximum(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}

/** Baseline, post or neither. A block that straddles an edge, or touches the maintenance window, is neither. */
export function phaseOf(phases: Phases, block: number): -1 | 0 | 1 {
  const startMs = block * phases.resolutionMs;
  const endMs = startMs + phases.resolutionMs;
  if (phases.window !== null && startMs < phases.window.endMs && endMs > phases.window.startMs) return NEITHER;
  if (phases.baseline.some((window) => inside(window, startMs, endMs))) return BASELINE;
  return phases.post !== null && inside(phases.post, startMs, endMs) ? POST : NEITHER;
}

function inside(window: Window, startMs: number, endMs: number): boolean {
  return startMs >= window.startMs && endMs <= window.endMs;
}
