import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import { formatDuration } from '../../domain/times.ts';
import type { Upgrade } from '../../domain/upgrade.ts';
import { formatInstant } from '../../domain/window.ts';
import { BASELINE, type Phases, POST, phaseOf, upgradeTimes } from '../phases.ts';
import { shortWindow } from '../short-window.ts';
import type { Subject } from '../subjects.ts';

/** Where the telemetry begins and ends; NaN where there is none. */
export interface Extent {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** A window that no telemetry lies in. */
export interface EmptyWindow {
  readonly name: 'baseline' | 'post';
  /** From when to when there is telemetry instead. */
  readonly because: string;
  readonly isStated: boolean;
}

export function emptyWindows(
  subjects: readonly Subject[],
  phases: Phases,
  upgrade: Upgrade,
  { firstMs, lastMs }: Extent,
): EmptyWindow[] {
  const empty: EmptyWindow[] = [];
  if (!subjects.some((subject) => hasPhase(subject, phases, BASELINE))) {
    const because = beginsLate(firstMs, phases, upgrade);
    empty.push({ name: 'baseline', because, isStated: upgrade.baseline.length > 0 });
  }
  if (!subjects.some((subject) => hasPhase(subject, phases, POST))) {
    empty.push({ name: 'post', because: endsEarly(lastMs, phases, upgrade), isStated: upgrade.post !== null });
  }
  return empty;
}

/** The verdict's reason where nothing could be compared for want of telemetry on one side; null where there is some. */
export function emptyReason(empty: readonly EmptyWindow[]): string | null {
  const side = { baseline: 'before', post: 'after' };
  return empty.length === 0
    ? null
    : empty.map(({ name, because }) => `No data ${side[name]} the upgrade: ${because}.`).join(' ');
}

export function windowFindings(phases: Phases, empty: readonly EmptyWindow[]): QualityFinding[] {
  const firstBaseline = phases.baseline[0];
  const isReversed = firstBaseline && phases.post && phases.post.endMs <= firstBaseline.startMs;
  return [
    ...(isReversed ? [describeQuality('windows-reversed', '', 'spec.post')] : []),
    ...empty.map(({ name, because, isStated }) =>
      describeQuality('empty-window', `the ${name} window: ${because}`, isStated ? `spec.${name}` : 'telemetry'),
    ),
  ];
}

export function hasPhase(subject: Subject, phases: Phases, phase: 0 | 1): boolean {
  return subject.series.some((series) => series.block.some((block) => phaseOf(phases, block) === phase));
}

function endsEarly(lastMs: number, phases: Phases, upgrade: Upgrade): string {
  if (Number.isNaN(lastMs)) return fillsNoBlock('post', phases, upgrade);
  const beganMs = upgradeTimes({ ...upgrade, post: null }).startMs;
  const postMs = phases.post?.startMs ?? upgradeTimes(upgrade).endMs;
  const ends = `the telemetry ends at ${toTheSecond(lastMs)}`;
  if (beganMs !== undefined && lastMs <= beganMs) return `${ends}, the upgrade begins at ${formatInstant(beganMs)}`;
  if (postMs !== undefined && lastMs <= postMs) return `${ends}, the post window begins at ${formatInstant(postMs)}`;
  return fillsNoBlock('post', phases, upgrade);
}

function beginsLate(firstMs: number, phases: Phases, upgrade: Upgrade): string {
  const endsMs = phases.baseline.at(-1)?.endMs ?? upgradeTimes(upgrade).startMs;
  if (Number.isNaN(firstMs) || endsMs === undefined || firstMs < endsMs)
    return fillsNoBlock('baseline', phases, upgrade);
  return `the telemetry begins at ${toTheSecond(firstMs)}, the baseline window ends at ${formatInstant(endsMs)}`;
}

function fillsNoBlock(name: EmptyWindow['name'], phases: Phases, upgrade: Upgrade): string {
  const short = shortWindow(name, phases, upgrade);
  if (short !== null) return `${short.because}; needed: ${short.remedy}`;
  return `no block of ${formatDuration(phases.resolutionMs / 1000)} inside the ${name} window has any`;
}

function toTheSecond(atMs: number): string {
  return formatInstant(Math.floor(atMs / 1000) * 1000);
}
