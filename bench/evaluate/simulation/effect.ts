import type { Effect } from '../../../src/domain/report.ts';

/** What an upgrade truly did: factors on latency, on the share of errors and on the share of retries. */
export interface TrueEffect {
  readonly latency: number;
  readonly errors: number;
  readonly retries: number;
}

export const NOTHING: TrueEffect = { latency: 1, errors: 1, retries: 1 };

export const BASE_ERROR_SHARE = 0.01;
export const BASE_RETRY_SHARE = 0.03;

/** Requests of the slow kind take this much longer, fail more often and are retried more often. */
export const SLOW: TrueEffect = { latency: 4, errors: 3, retries: 2 };

/**
 * The effect an interval should hold, of the same kind as the one reported; slow requests are that share of the baseline. Null
 * where the threshold is drawn with the data.
 */
export function truthOf(indicator: string, kind: Effect['kind'], effect: TrueEffect, slowShare = 0): number | null {
  if (indicator === 'latency.tail_share') return null;
  const [before, after] = levels(indicator, effect, slowShare);
  return kind === 'relative' ? after / before - 1 : after - before;
}

function levels(indicator: string, effect: TrueEffect, slowShare: number): [number, number] {
  const errors = BASE_ERROR_SHARE * (1 + slowShare * (SLOW.errors - 1));
  const retries = BASE_RETRY_SHARE * (1 + slowShare * (SLOW.retries - 1));
  if (indicator === 'error_ratio') return [errors, errors * effect.errors];
  if (indicator === 'retry_ratio') return [retries, retries * effect.retries];
  if (indicator === 'attempts_per_request') return [1 + retries, 1 + retries * effect.retries];
  return [1, effect.latency];
}
