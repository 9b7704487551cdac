import type { LedgerVerdict } from '../ledger/judge.ts';
import type { Target } from '../target.ts';
import type { TrialOutcome } from '../trial.ts';

/** One fault, or one kind of load, with what has to be seen. Its figures come last and decide. */
export interface ChaosRow {
  readonly name: string;
  /** What it holds the service to, for people. */
  readonly bar: string;
  run(context: RowContext): Promise<RowResult>;
}

export interface RowContext {
  readonly target: Target;
  /** The shortened run of CI. */
  readonly isShort: boolean;
  /** Empty, and of this row alone. */
  readonly folder: string;
  random(): number;
}

export interface RowResult {
  readonly figures: Readonly<Record<string, number | string>>;
  /** What was missed, a sentence each; empty where the bar is met. */
  readonly misses: readonly string[];
  /** Bars of time that were missed: they decide where figures are taken, not in tests, whose machine is anyone's. */
  readonly late?: readonly string[];
  /** Why it could not run here; null where it ran. */
  readonly skipped: string | null;
}

export function allMisses({ misses, late = [] }: RowResult): string[] {
  return [...misses, ...late];
}

export function skipped(reason: string): RowResult {
  return { figures: {}, misses: [], skipped: reason };
}

/** What every row with a ledger reports. */
export function ledgerFigures({ verdict, load }: TrialOutcome): Record<string, number | string> {
  const { requests, points, cells, inDoubt, lost, doubled, corrupted } = verdict;
  return { acknowledged: requests, points, cells, 'in doubt': inDoubt, shed: load.shed, lost, doubled, corrupted };
}

/** What every row with a ledger is held to. */
export function ledgerMisses({ verdict, load }: TrialOutcome): string[] {
  const misses: string[] = [];
  const say = (isMissed: boolean, sentence: string): void => {
    if (isMissed) misses.push(sentence);
  };
  say(verdict.requests === 0, 'nothing was acknowledged');
  say(verdict.lost + verdict.doubled + verdict.corrupted > 0, faultsOf(verdict));
  say(load.open > 0, `${load.open} requests were never acknowledged`);
  say(load.partial > 0, `${load.partial} sound requests were answered with a rejection`);
  say(
    Object.keys(load.refused).length > 0,
    `answers that may not be: ${JSON.stringify(load.refused)}, ${load.refusal}`,
  );
  say(load.shedWithoutRetryAfter > 0, `${load.shedWithoutRetryAfter} refusals without Retry-After`);
  return misses;
}

function faultsOf({ lost, doubled, corrupted, faults }: LedgerVerdict): string {
  const first = faults[0];
  const example =
    first === undefined ? '' : `; ${first.kind} at cell ${first.cell}, request ${first.request}: ${first.detail}`;
  return `lost ${lost}, doubled ${doubled}, corrupted ${corrupted}${example}`;
}

/** The largest of a few, and the middle one. */
export function spreadFigures(name: string, values: readonly number[]): Record<string, number> {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { [`${name} p50 ms`]: at(0.5), [`${name} p99 ms`]: at(0.99), [`${name} max ms`]: at(1) };
}
