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

/** The effect an interval should hold, of the same kind as the one reported; null where the threshold is drawn with the data. */
export function truthOf(indicator: string, kind: Effect['kind'], effect: TrueEffect): number | null {
  if (indicator === 'latency.tail_share') return null;
  const [before, after] = levels(indicator, effect);
  return kind === 'relative' ? after / before - 1 : after - before;
}

function levels(indicator: string, effect: TrueEffect): [number, number] {
  if (indicator === 'error_ratio') return [BASE_ERROR_SHARE, BASE_ERROR_SHARE * effect.errors];
  if (indicator === 'retry_ratio') return [BASE_RETRY_SHARE, BASE_RETRY_SHARE * effect.retries];
  if (indicator === 'attempts_per_request') return [1 + BASE_RETRY_SHARE, 1 + BASE_RETRY_SHARE * effect.retries];
  return [1, effect.latency];
}
