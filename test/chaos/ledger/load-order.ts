import type { Encoding } from './ledger-request.ts';
import type { LedgerPlan } from './plan.ts';

export interface LoadOrder {
  readonly url: string;
  readonly plan: LedgerPlan;
  readonly ledger: string;
  /** Client c speaks the one at c modulo their number. */
  readonly encodings: readonly Encoding[];
  readonly timeoutMs: number;
  /** Every request is sent a second time once it was acknowledged. */
  readonly sendsTwice: boolean;
  /** Share of requests whose first sending the client breaks off itself, in the body or before the answer. */
  readonly misbehaving: number;
  /** Least time between two requests of one client. */
  readonly paceMs: number;
}

export interface LoadStatistics {
  readonly acknowledged: number;
  readonly resent: number;
  readonly shed: number;
  readonly shedWithoutRetryAfter: number;
  readonly doubts: number;
  /** Answers that no sound request may get, by status; with an example. */
  readonly refused: Readonly<Record<string, number>>;
  readonly refusal: string | null;
  readonly partial: number;
  /** Still without an answer after draining. */
  readonly open: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What the load tells while it runs, and at its end. */
export interface LoadMessage {
  readonly acknowledged: number;
  readonly statistics: LoadStatistics | null;
}

export type LoadCommand = { readonly do: 'start' } | { readonly do: 'drain'; readonly withinMs: number };
