import { isDeepStrictEqual } from 'node:util';
import type { Comparison, Report } from '../../src/domain/report.ts';
import { renderJson } from '../../src/rendering/json.ts';
import type { Rehearsed } from './rehearsal.ts';

/** What a reader acts on, without what says how the bytes came. */
export function conclusionsOf(report: Report) {
  const { verdict, comparisons, suspects, budgets } = JSON.parse(renderJson(report)) as Report;
  return { verdict, comparisons, suspects, budgets };
}

export function blamedIn({ suspects }: Report): string[] {
  return suspects.filter(({ verdict }) => verdict === 'blamed').map(({ change }) => change);
}

export function nameOf({ service, endpoint, peer, indicator }: Comparison): string {
  return [service, endpoint ?? 'all', ...(peer === null ? [] : [`to ${peer}`]), indicator].join(' ');
}

export function namesWith(report: Report, verdict: Comparison['verdict']): string[] {
  return report.comparisons.filter((one) => one.verdict === verdict).map(nameOf);
}

/** What the story is about. */
const GUILTY = 'backoff.v2';

/** Where two ways of the same telemetry led to different answers, or all of them to a wrong one; empty: nowhere. */
export function disagreements({ files, sent, scraped }: Rehearsed): string[] {
  const found: string[] = [];
  if (!isDeepStrictEqual(conclusionsOf(sent), conclusionsOf(files))) {
    found.push('what was sent over OTLP led to other conclusions than the files');
  }
  if (!keptUp(files)) return found;
  const blamed = blamedIn(files).join(', ');
  if (blamed !== GUILTY) found.push(`files: ${files.verdict}, blamed: ${blamed || 'nothing'}; it was ${GUILTY}`);
  if (scraped !== null && scraped.verdict !== files.verdict) {
    found.push(`scraped: ${scraped.verdict}, files: ${files.verdict}`);
  }
  return found;
}

/** The orders service works for 9 to 15 ms; where more than a tenth of its answers take this, they waited for a processor. */
const BUSY_SECONDS = 0.03;

/** Whether the machine was fast enough for the story, before and after: a story of milliseconds needs processors that are free. */
export function keptUp({ comparisons }: Report): boolean {
  const own = comparisons.find(
    ({ service, peer, indicator }) => service === 'orders' && peer === null && indicator === 'latency.p90',
  );
  if (own === undefined)
    throw new Error('nothing is known of the latency of orders: how busy the machine was cannot be told');
  return [own.baseline, own.post].every((seconds) => typeof seconds === 'number' && seconds < BUSY_SECONDS);
}
