import type { Report, ReportVerdict, SuspectVerdict } from '../../../src/domain/report.ts';

/** What scoring needs of a report; a case that threw, or ran too long, is a failed run. */
export type Answer = Answered | { readonly ok: false; readonly error: string };

export interface Answered {
  readonly ok: true;
  readonly verdict: ReportVerdict;
  /** Of the comparisons that regressed or shifted. */
  readonly moved: readonly { readonly verdict: string; readonly onsetSeconds: number | null }[];
  /** When the report says the trouble began, where it does. */
  readonly onsetSeconds: number | null;
  readonly suspects: readonly NamedSuspect[];
  /** Comparisons by verdict, for people who look into a case. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface NamedSuspect {
  readonly change: string;
  readonly rank: number;
  readonly score: number;
  readonly verdict: SuspectVerdict;
  readonly aliases: readonly string[];
}

export function answerOf(report: Report): Answered {
  const counts: Record<string, number> = {};
  for (const { verdict } of report.comparisons) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return {
    ok: true,
    verdict: report.verdict,
    moved: report.comparisons
      .filter(({ verdict }) => verdict === 'regressed' || verdict === 'shifted')
      .map(({ verdict, onset }) => ({ verdict, onsetSeconds: onset === null ? null : Date.parse(onset.at) / 1000 })),
    onsetSeconds: report.onset === null ? null : Date.parse(report.onset.at) / 1000,
    suspects: report.suspects.map(({ change, rank, score, verdict, inseparable_from: aliases }) => ({
      change,
      rank,
      score,
      verdict,
      aliases,
    })),
    counts,
  };
}
