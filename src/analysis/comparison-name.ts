import type { Comparison } from '../domain/report.ts';

/** A comparison in words: where and what. */
export function named({ service, endpoint, peer, indicator }: Comparison): string {
  const where = endpoint === null ? service : `${service} ${endpoint}`;
  return `${indicator} of ${where}${peer === null ? '' : ` to ${peer}`}`;
}
