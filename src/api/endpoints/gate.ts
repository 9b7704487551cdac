import { z } from '@hono/zod-openapi';
import { parseDurationMs } from '../../domain/duration.ts';
import type { RecordStore } from '../../domain/record-store.ts';
import type { Report, ReportVerdict } from '../../domain/report.ts';
import { type Endpoint, param, queryOf } from '../endpoint.ts';
import { gateSchema } from '../schemas.ts';
import { storedReport } from '../stored-report.ts';
import { clientSignal, waitFor } from '../waiting.ts';
import { neededUpgrade } from './upgrades.ts';

/** Proxies and clients give up on a silent request after a minute or less. */
const LONGEST_WAIT_MS = 30_000;
const SHOWN_REASONS = 20;

/** Only what says that nothing got worse lets a pipeline pass: no report, no data, or a defect of ours do not. */
const PASSES: Readonly<Record<ReportVerdict, boolean>> = {
  'no-regression': true,
  improved: true,
  regressed: false,
  'cannot-tell': false,
};

const gateQuery = z.object({
  wait: z
    .string()
    .transform((text, issues) => {
      const waitMs = /^0[a-z]*$/.test(text) ? 0 : parseDurationMs(text);
      if (waitMs !== null) return Math.min(waitMs, LONGEST_WAIT_MS);
      issues.addIssue('wait is not a duration such as 30s');
      return z.NEVER;
    })
    .default(0)
    .openapi({ type: 'string', example: '30s', description: 'how long to wait for a verdict; 30s at most' }),
});

interface Gate {
  readonly ok: boolean;
  readonly verdict: ReportVerdict | null;
  readonly reasons: readonly string[];
}

const readGate: Endpoint = {
  method: 'get',
  path: '/api/v1/upgrades/{name}/gate',
  scope: 'read',
  summary: 'Whether a pipeline may go on',
  description: '`ok` is true for no-regression and improved alone. With `wait`, answers as soon as there is a verdict.',
  query: gateQuery,
  answers: { 200: { says: 'the verdict so far', content: { 'application/json': gateSchema } } },
  handle: async (context, parts) => {
    const { wait } = queryOf(context, gateQuery);
    const { tenant } = context.get('caller');
    const name = param(context, 'name');
    const decided = await waitFor(parts, clientSignal(context), wait, async () => {
      return (await verdictOf(parts.records, tenant, name)) === null ? null : await gateOf(parts.records, tenant, name);
    });
    const data = decided ?? (await gateOf(parts.records, tenant, name));
    context.header('Cache-Control', 'no-store');
    return context.json({ data });
  },
};

export const gateEndpoints = [readGate];

/** The verdict on the document as it is now; null while there is none, none that tells, or a pass that no longer stands. */
async function verdictOf(records: RecordStore, tenant: string, name: string): Promise<ReportVerdict | null> {
  const { changedMs, trouble } = await neededUpgrade(records, tenant, name);
  const { rows } = await records.reports(tenant, name, { after: null, limit: 1 });
  const latest = rows[0];
  if (latest === undefined || latest.madeMs < changedMs || latest.verdict === 'cannot-tell') return null;
  return trouble !== null && PASSES[latest.verdict] ? null : latest.verdict;
}

async function gateOf(records: RecordStore, tenant: string, name: string): Promise<Gate> {
  const { changedMs, trouble } = await neededUpgrade(records, tenant, name);
  const latest = await records.latestReport(tenant, name);
  if (latest === null || latest.madeMs < changedMs) {
    const why = latest === null ? 'there is no report yet' : 'the document changed after the latest report';
    return { ok: false, verdict: null, reasons: [why, ...(trouble === null ? [] : [trouble])] };
  }
  const report = storedReport(latest);
  if (trouble !== null && PASSES[report.verdict]) {
    // What has come since may have been the regression: an older pass is none while we cannot look.
    return { ok: false, verdict: null, reasons: [`the latest analysis failed: ${trouble}`, report.reason] };
  }
  return { ok: PASSES[report.verdict], verdict: report.verdict, reasons: reasonsOf(report) };
}

function reasonsOf(report: Report): string[] {
  const blamed = report.suspects.filter((suspect) => suspect.verdict === 'blamed');
  return [report.reason, ...blamed.map(({ change, kind }) => `blamed: ${kind} ${change}`)].slice(0, SHOWN_REASONS);
}
