import { z } from '@hono/zod-openapi';
import { parseDurationMs } from '../../domain/duration.ts';
import type { UpgradeRecord } from '../../domain/record-store.ts';
import type { Report, ReportVerdict } from '../../domain/report.ts';
import { formatInstant } from '../../domain/window.ts';
import { type Endpoint, param, queryOf } from '../endpoint.ts';
import { gateSchema } from '../schemas.ts';
import type { ApiParts } from '../services.ts';
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
      return (await verdictOf(parts, tenant, name)) === null ? null : await gateOf(parts, tenant, name);
    });
    const data = decided ?? (await gateOf(parts, tenant, name));
    context.header('Cache-Control', 'no-store');
    return context.json({ data });
  },
};

export const gateEndpoints = [readGate];

/** An analysis takes its turn, four minutes at most, and says what kept it from ending. */
const OVERDUE_MS = 900_000;

/** Why an older pass is none: what has come since may have been the regression, and we have not looked. */
async function whyNotLooked({ dueMs, trouble }: UpgradeRecord, { sharedNow }: ApiParts): Promise<string | null> {
  if (trouble !== null) return `the latest analysis failed: ${trouble}`;
  const isOverdue = dueMs !== null && (await sharedNow()) > dueMs + OVERDUE_MS;
  return isOverdue ? `the analysis has been due since ${formatInstant(dueMs)} and has not ended` : null;
}

/** The verdict on the document as it is now; null while there is none, none that tells, or a pass that no longer stands. */
async function verdictOf(parts: ApiParts, tenant: string, name: string): Promise<ReportVerdict | null> {
  const upgrade = await neededUpgrade(parts.records, tenant, name);
  const { rows } = await parts.records.reports(tenant, name, { after: null, limit: 1 });
  const latest = rows[0];
  if (latest === undefined || latest.madeMs < upgrade.changedMs || latest.verdict === 'cannot-tell') return null;
  return PASSES[latest.verdict] && (await whyNotLooked(upgrade, parts)) !== null ? null : latest.verdict;
}

async function gateOf(parts: ApiParts, tenant: string, name: string): Promise<Gate> {
  const upgrade = await neededUpgrade(parts.records, tenant, name);
  const latest = await parts.records.latestReport(tenant, name);
  if (latest === null || latest.madeMs < upgrade.changedMs) {
    const why = latest === null ? 'there is no report yet' : 'the document changed after the latest report';
    return { ok: false, verdict: null, reasons: [why, ...(upgrade.trouble === null ? [] : [upgrade.trouble])] };
  }
  const report = storedReport(latest);
  const unseen = PASSES[report.verdict] ? await whyNotLooked(upgrade, parts) : null;
  if (unseen !== null) return { ok: false, verdict: null, reasons: [unseen, report.reason] };
  return { ok: PASSES[report.verdict], verdict: report.verdict, reasons: reasonsOf(report) };
}

function reasonsOf(report: Report): string[] {
  const blamed = report.suspects.filter((suspect) => suspect.verdict === 'blamed');
  return [report.reason, ...blamed.map(({ change, kind }) => `blamed: ${kind} ${change}`)].slice(0, SHOWN_REASONS);
}
