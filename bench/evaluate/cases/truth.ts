import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What is known of a case. Only the scorer reads it: the product sees the document and the telemetry, nothing else. */
export interface Truth {
  readonly id: string;
  readonly set: string;
  readonly regression: boolean;
  readonly truth: readonly string[];
  readonly candidates: readonly string[];
  /** Seconds since the epoch. */
  readonly onset: number | null;
  readonly onset_latest: number | null;
  readonly extra?: TruthDetails;
}

interface TruthDetails {
  readonly cluster?: string;
  /** Verdicts of comparisons that count as an alarm, where "regressed" alone does not. */
  readonly alarm_on?: readonly string[];
  /** Seconds between samples. */
  readonly step?: number;
  /** Changes that nothing but their names tells apart. */
  readonly groups?: Readonly<Record<string, string>>;
  readonly releases?: boolean;
}

export interface Case {
  readonly truth: Truth;
  readonly document: string;
}

/** The cases of a folder by set, each in the order of its ids. */
export function readCases(folder: string): Map<string, Case[]> {
  const sets = new Map<string, Case[]>();
  if (!existsSync(join(folder, 'truth'))) return sets;
  for (const file of readdirSync(join(folder, 'truth')).sort()) {
    if (!file.endsWith('.jsonl')) continue;
    const lines = readFileSync(join(folder, 'truth', file), 'utf8').split('\n');
    const cases = lines
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as Truth)
      .map((truth) => ({ truth, document: join(folder, truth.set, truth.id, 'upgrade.yaml') }))
      .filter(({ document }) => existsSync(document))
      .sort((left, right) => (left.truth.id < right.truth.id ? -1 : 1));
    if (cases.length > 0) sets.set(basename(file, '.jsonl'), cases);
  }
  return sets;
}
