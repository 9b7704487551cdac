import type { QualityFinding } from '../domain/quality.ts';
import type {
  Comparison,
  ComparisonMethod,
  ComparisonVerdict,
  InputWindow,
  ReadingKind,
  Report,
  SuspectVerdict,
} from '../domain/report.ts';
import { formatRange, windowLength } from '../domain/times.ts';

export type Tone = 'worse' | 'better' | 'unknown' | 'quiet';

/** How a verdict is said: always a word and a symbol, so that colour is never the only carrier. */
export interface VerdictWording {
  readonly symbol: string;
  readonly word: string;
  readonly tone: Tone;
}

export const VERDICTS: Readonly<Record<ComparisonVerdict, VerdictWording>> = {
  regressed: { symbol: '▲', word: 'regressed', tone: 'worse' },
  improved: { symbol: '▼', word: 'improved', tone: 'better' },
  'no-regression': { symbol: '=', word: 'no regression', tone: 'better' },
  'cannot-tell': { symbol: '?', word: 'cannot tell', tone: 'unknown' },
  transient: { symbol: '~', word: 'transient', tone: 'unknown' },
  shifted: { symbol: '↔', word: 'shifted', tone: 'unknown' },
};

/** What follows the number of an effect, where the verdict judges it. */
export const JUDGEMENTS: ReadonlyMap<ComparisonVerdict, string> = new Map([
  ['regressed', ' worse'],
  ['improved', ' better'],
]);

export const SUSPECT_VERDICTS: Readonly<Record<SuspectVerdict, VerdictWording>> = {
  blamed: { symbol: '▲', word: 'blamed', tone: 'worse' },
  contributing: { symbol: '△', word: 'contributing', tone: 'worse' },
  'cannot-separate': { symbol: '?', word: 'cannot separate', tone: 'unknown' },
  cleared: { symbol: '✓', word: 'cleared', tone: 'better' },
  'no-evidence': { symbol: '·', word: 'no evidence', tone: 'quiet' },
};

export const METHODS: Readonly<Record<ComparisonMethod, string>> = {
  concurrent: 'concurrent arms',
  'difference-in-differences': 'difference in differences',
  matched: 'matched baseline',
  'before-after': 'before/after',
};

export const SEVERITIES: Readonly<Record<QualityFinding['severity'], VerdictWording>> = {
  error: { symbol: '✗', word: 'error', tone: 'worse' },
  warning: { symbol: '!', word: 'warning', tone: 'unknown' },
  info: { symbol: '·', word: 'info', tone: 'quiet' },
};

/** Said only where it is not the ordinary one. */
export const READINGS: Readonly<Record<ReadingKind, string | null>> = {
  final: null,
  live: 'live, while data still arrives: intervals, p and q hold at all looks together, and are wider for it',
};

export function methodWords(comparison: Pick<Comparison, 'method'>): string {
  return comparison.method === null ? 'no method applies' : METHODS[comparison.method];
}

/** Enough of a digest to tell two inputs apart by eye. */
export function shortDigest(digest: string): string {
  const prefix = /^sha256:/.exec(digest)?.[0] ?? '';
  return digest.slice(0, prefix.length + 12);
}

export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const NOBODY_NAMED = 'The upgrade document names no candidate change.';

/** Of inferred candidates, so many are listed. */
export const CANDIDATE_LIMIT = 20;

/** Above the suspects: nobody did anything where nothing got worse. */
export function suspectsTitle({ verdict }: Pick<Report, 'verdict'>): string {
  return verdict === 'regressed' ? 'Who did it' : 'Candidate changes';
}

/** From when to when, and how long; `shown` is given the length in its brackets. */
export function windowWords(window: InputWindow, shown: (length: string) => string = (length) => length): string {
  const length = windowLength(window);
  return `${formatRange(window.start, window.end)}${length === null ? '' : ` ${shown(`(${length})`)}`}`;
}
