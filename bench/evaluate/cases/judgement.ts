import type { Answer } from './answer.ts';
import { tieGroups, worstRank } from './suspect-rank.ts';
import type { Truth } from './truth.ts';

/** One case against its truth: what the figures add up. */
export interface Judgement {
  readonly id: string;
  /** Cases that share a recording are drawn together. */
  readonly cluster: string;
  readonly regression: boolean;
  readonly failed: boolean;
  readonly alarm: boolean;
  readonly cannotTell: boolean;
  /** A failed run is wrong either way: a miss on a regression, a false alarm on a control. */
  readonly wrong: boolean;
  /** Samples between the onset named and the true interval; infinite without an alarm. */
  readonly onsetSamples: number | null;
  /** Ranks of the best true cause, where there is one to find among several. */
  readonly rank: number | null;
  /** Chance of naming a true cause first by drawing lots. */
  readonly randomTop1: number | null;
  readonly rankEvenIfUndetected: number | null;
  readonly groupRank: number | null;
  readonly releases: readonly ReleaseVerdict[];
}

export interface ReleaseVerdict {
  readonly bad: boolean;
  readonly called: boolean;
}

export function judgeCase(truth: Truth, answer: Answer): Judgement {
  const kinds = new Set(truth.extra?.alarm_on ?? ['regressed']);
  const alarm =
    answer.ok && (answer.verdict === 'regressed' || answer.moved.some(({ verdict }) => isIn(kinds, verdict)));
  const ranked = truth.regression && truth.truth.length > 0 && truth.candidates.length > 0;
  const free = ranked ? rankOf(truth, answer, (change) => change) : null;
  const groups = ranked ? truth.extra?.groups : undefined;
  const found = (rank: number): number => (alarm ? rank : Number.POSITIVE_INFINITY);
  return {
    id: truth.id,
    cluster: truth.extra?.cluster ?? truth.id,
    regression: truth.regression,
    failed: !answer.ok,
    alarm,
    cannotTell: answer.ok && !alarm && answer.verdict === 'cannot-tell',
    wrong: truth.regression ? !alarm : alarm || !answer.ok,
    onsetSamples: truth.regression && truth.onset !== null ? onsetSamples(truth, answer, kinds, alarm) : null,
    rank: free === null ? null : found(free),
    randomTop1: ranked
      ? truth.candidates.filter((one) => truth.truth.includes(one)).length / truth.candidates.length
      : null,
    rankEvenIfUndetected: free,
    groupRank: groups === undefined ? null : found(rankOf(truth, answer, (change) => groups[change] ?? change)),
    releases: truth.regression && truth.extra?.releases ? releaseVerdicts(truth, answer, alarm) : [],
  };
}

function isIn(kinds: ReadonlySet<string>, verdict: string): boolean {
  return kinds.has(verdict);
}

function rankOf(truth: Truth, answer: Answer, groupOf: (change: string) => string): number {
  if (!answer.ok) return Number.POSITIVE_INFINITY;
  const groups = tieGroups(answer.suspects).map((tied) => tied.map(({ change }) => groupOf(change)));
  return worstRank(new Set(truth.truth.map(groupOf)), groups, truth.candidates.map(groupOf));
}

/** The report's onset, else the lower median of those of its comparisons, against the interval in which it can have begun. */
function onsetSamples(truth: Truth, answer: Answer, kinds: ReadonlySet<string>, alarm: boolean): number {
  const times = (answer.ok ? answer.moved : [])
    .filter(({ verdict }) => kinds.has(verdict))
    .flatMap(({ onsetSeconds }) => (onsetSeconds === null ? [] : [onsetSeconds]))
    .sort((a, b) => a - b);
  const named = (answer.ok ? answer.onsetSeconds : null) ?? times[Math.floor((times.length - 1) / 2)];
  if (!alarm || named === undefined || truth.onset === null) return Number.POSITIVE_INFINITY;
  const latest = truth.onset_latest ?? truth.onset;
  return Math.max(truth.onset - named, named - latest, 0) / (truth.extra?.step ?? 60);
}

function releaseVerdicts(truth: Truth, answer: Answer, alarm: boolean): ReleaseVerdict[] {
  const verdicts = new Map((answer.ok && alarm ? answer.suspects : []).map(({ change, verdict }) => [change, verdict]));
  return truth.candidates.map((change) => ({
    bad: truth.truth.includes(change),
    called: ['blamed', 'contributing'].includes(verdicts.get(change) ?? ''),
  }));
}
