import type { Comparison } from '../domain/report.ts';

/** A comparison in words: where and what. */
export function named(comparison: Comparison): string {
  return `${comparison.indicator} of ${placed(comparison)}`;
}

/** The traffic of an endpoint, or its calls to a peer, in words. */
export function placed({ service, endpoint, peer }: Pick<Comparison, 'service' | 'endpoint' | 'peer'>): string {
  const where = endpoint === null ? service : `${service} ${endpoint}`;
  return peer === null ? where : `${where} to ${peer}`;
}
