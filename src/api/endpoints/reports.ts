import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { AppError } from '../../domain/error.ts';
import type { RecordStore, ReportRecord } from '../../domain/record-store.ts';
import { RENDERERS } from '../../rendering/index.ts';
import { type Endpoint, param, queryOf, upgradePath } from '../endpoint.ts';
import { IF_NONE_MATCH, isNamed } from '../entity-tags.ts';
import { pendingSchema, reportSchema } from '../schemas.ts';
import type { ApiEnv } from '../services.ts';
import { storedReport } from '../stored-report.ts';
import { neededUpgrade } from './upgrades.ts';

/** What a report can be had as; the first is what is given to those who do not care. */
const FORMATS = ['json', 'html', 'markdown'] as const;
type Format = (typeof FORMATS)[number];

const TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json',
  html: 'text/html',
  markdown: 'text/markdown',
};
/** The page brings its style and nothing else; it may not be framed, send a form, or load anything. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const RETRY_AFTER_SECONDS = 5;

const reportQuery = z.object({
  revision: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .openapi({ description: 'an earlier report; the latest otherwise' }),
});

const readReport: Endpoint = {
  method: 'get',
  path: '/api/v1/upgrades/{name}/report',
  scope: 'read',
  summary: 'The report of an upgrade',
  description: '`Accept` chooses JSON, HTML or Markdown. The ETag changes with every report.',
  query: reportQuery,
  headers: IF_NONE_MATCH,
  answers: {
    200: {
      says: 'the report',
      content: { 'application/json': reportSchema, 'text/html': z.string(), 'text/markdown': z.string() },
    },
    202: { says: 'there is none yet: ask again', content: { 'application/json': pendingSchema } },
    304: { says: 'the report is the one named by If-None-Match' },
  },
  handle: async (context, { records }) => {
    const { revision } = queryOf(context, reportQuery);
    const name = param(context, 'name');
    const { tenant } = context.get('caller');
    const report = await reportOf(records, tenant, name, revision);
    if (report === null) return await pending(context, records, name);
    return answer(context, report, revision !== undefined);
  },
};

export const reportEndpoints = [readReport];

async function reportOf(
  records: RecordStore,
  tenant: string,
  name: string,
  revision: number | undefined,
): Promise<ReportRecord | null> {
  if (revision === undefined) return await records.latestReport(tenant, name);
  const report = await records.report(tenant, name, revision);
  if (report !== null) return report;
  throw new AppError('not-found', 'there is no report of this revision, or only its verdict is kept', {
    place: '?revision',
    remedy: 'leave it out for the latest report',
  });
}

async function pending(context: Context<ApiEnv>, records: RecordStore, name: string): Promise<Response> {
  const { trouble } = await neededUpgrade(records, context.get('caller').tenant, name);
  context.header('Retry-After', String(RETRY_AFTER_SECONDS));
  context.header('Location', `${upgradePath(name)}/report`);
  return context.json({ status: 'pending', upgrade: name, trouble }, 202);
}

function answer(context: Context<ApiEnv>, report: ReportRecord, isPinned: boolean): Response {
  const format = formatFor(context);
  const etag = `"${report.revision}-${report.digest.slice(0, 16)}-${format}"`;
  context.header('ETag', etag);
  context.header('Vary', 'Accept, Authorization');
  context.header('Cache-Control', isPinned ? 'private, max-age=86400, immutable' : 'private, no-cache');
  if (isNamed(context.req.header('If-None-Match'), etag)) return context.body(null, 304);
  if (format === 'html') context.header('Content-Security-Policy', PAGE_POLICY);
  context.header('Content-Type', `${TYPES[format]}; charset=utf-8`);
  return context.body(textOf(report, format));
}

function textOf(report: ReportRecord, format: Format): string {
  if (format === 'json') return report.document;
  return RENDERERS[format](storedReport(report));
}

function formatFor(context: Context<ApiEnv>): Format {
  const types = FORMATS.map((format) => TYPES[format]);
  const header = context.req.header('Accept') ?? '';
  if (header === '') return 'json';
  const chosen = accepts(context, { header: 'Accept', supports: types, default: TYPES.json });
  return FORMATS.find((format) => TYPES[format] === chosen) ?? 'json';
}
