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

/** Where two ways of the same telemetry led to different answers; empty: nowhere. */
export function disagreements({ files, sent, scraped }: Rehearsed): string[] {
  const found: string[] = [];
  if (!isDeepStrictEqual(conclusionsOf(sent), conclusionsOf(files))) {
    found.push('what was sent over OTLP led to other conclusions than the files');
  }
  if (scraped === null) return found;
  if (scraped.verdict !== files.verdict) found.push(`scraped: ${scraped.verdict}, files: ${files.verdict}`);
  if (!isDeepStrictEqual(blamedIn(scraped), blamedIn(files))) {
    found.push(`scraped: blames ${blamedIn(scraped)}, files: ${blamedIn(files)}`);
  }
  return found;
}

/** Calls to the third party take 20 ms where the machine is idle; where they take this, quick repetitions are not quick. */
const SLOWEST_CALL_SECONDS = 0.25;

/** Whether the machine was fast enough for the story: what the flag does shows only where calls are short beside its waits. */
export function keptUp({ comparisons }: Report): boolean {
  const calls = comparisons.find(
    ({ endpoint, peer, indicator }) =>
      endpoint === 'POST /orders' && peer === 'payments.example.com' && indicator === 'latency.p50',
  );
  return calls?.baseline !== null && calls?.baseline !== undefined && calls.baseline < SLOWEST_CALL_SECONDS;
}
