import type { LedgerPlan } from '../ledger/plan.ts';

export interface OverloadOrder {
  readonly url: string;
  readonly plan: LedgerPlan;
  readonly ledger: string;
  readonly isPacked: boolean;
  readonly timeoutMs: number;
  /** Requests on their way at a time while capacity is measured, and at most in overload. */
  readonly capacityInFlight: number;
  readonly overloadInFlight: number;
  readonly capacitySeconds: number;
  readonly overloadSeconds: number;
  readonly afterSeconds: number;
  /** Of the capacity that was measured. */
  readonly times: number;
}

export interface PhaseStatistics {
  readonly seconds: number;
  readonly sent: number;
  /** Due, and not sent since as many as allowed were on their way. */
  readonly heldBack: number;
  readonly acknowledged: number;
  /** Of these: with a rejection of some points. */
  readonly partial: number;
  readonly shed: number;
  readonly shedWithoutRetryAfter: number;
  readonly doubts: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of `/livez`, asked four times a second. */
  readonly livenessP99Ms: number;
}

export type OverloadMessage =
  | { readonly phase: 'warm' | 'capacity' | 'overload' | 'after'; readonly statistics: PhaseStatistics }
  | { readonly phase: 'drained'; readonly open: number };
