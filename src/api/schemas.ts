import { z } from '@hono/zod-openapi';
import { SCOPES } from '../domain/record-store.ts';

/** What the API answers, as its document describes it; tests hold the answers against these. */

export const instant = z.iso.datetime().openapi({ example: '2026-11-20T03:00:00Z' });
const verdict = z.enum(['regressed', 'improved', 'no-regression', 'cannot-tell']);

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string().openapi({ description: 'one of a closed set; the page at /docs explains each' }),
    requestId: z.string(),
    remedy: z.string().optional(),
    place: z.string().optional(),
    errors: z
      .array(z.object({ pointer: z.string(), line: z.int(), detail: z.string(), remedy: z.string() }))
      .optional()
      .openapi({ description: 'everything wrong with a document' }),
  })
  .openapi('Problem');

const reportSummarySchema = z
  .object({ revision: z.int(), verdict, made: instant, final: z.boolean(), digest: z.string() })
  .openapi('ReportSummary');

export const upgradeSchema = z
  .object({
    name: z.string(),
    self: z.string(),
    registered: instant,
    changed: instant,
    due: instant.nullable().openapi({ description: 'when it is analysed again; null: never' }),
    trouble: z.string().nullable().openapi({ description: 'why the latest analysis failed' }),
    report: reportSummarySchema.nullable(),
  })
  .openapi('Upgrade');

export const upgradeDocumentSchema = upgradeSchema
  .extend({ document: z.string().openapi({ description: 'as it was sent, YAML or JSON' }) })
  .openapi('UpgradeWithDocument');

export const upgradeListSchema = z
  .object({ upgrades: z.array(upgradeSchema), next: z.string().nullable() })
  .openapi('UpgradeList');

export const registeredSchema = upgradeSchema
  .extend({ outcome: z.enum(['created', 'changed', 'same']) })
  .openapi('RegisteredUpgrade');

export const reportSchema = z
  .looseObject({
    schema: z.literal('postflight/report/v1'),
    upgrade: z.string(),
    verdict,
    reason: z.string(),
    comparisons: z.array(z.looseObject({})),
    suspects: z.array(z.looseObject({})),
    budgets: z.array(z.looseObject({})),
    quality: z.array(z.looseObject({})),
    inputs: z.looseObject({}),
  })
  .openapi('Report', { description: 'postflight/report/v1: what `postflight analyze -o json` prints' });

export const pendingSchema = z
  .object({ status: z.literal('pending'), upgrade: z.string(), trouble: z.string().nullable() })
  .openapi('PendingReport');

export const gateSchema = z
  .object({
    data: z.object({ ok: z.boolean(), verdict: verdict.nullable(), reasons: z.array(z.string()) }),
  })
  .openapi('Gate');

export const changeSchema = z
  .object({
    id: z.string(),
    at: instant,
    received: instant,
    source: z.string(),
    change: z.looseObject({}).openapi({ description: 'an entry of spec.changes' }),
  })
  .openapi('Change');

export const changeListSchema = z.object({ changes: z.array(changeSchema) }).openapi('ChangeList');

export const acceptedChangesSchema = z
  .object({ format: z.string(), changes: z.int(), new: z.int() })
  .openapi('AcceptedChanges');

export const sloSchema = z
  .object({ name: z.string(), self: z.string(), changed: instant, document: z.string() })
  .openapi('Slo');

export const sloListSchema = z.object({ slos: z.array(sloSchema) }).openapi('SloList');

const bucketsSchema = z
  .union([
    z.object({ bounds: z.array(z.number()), counts: z.array(z.number()) }),
    z.object({
      scale: z.int(),
      zero_threshold: z.number(),
      zero_count: z.number(),
      offset: z.int(),
      counts: z.array(z.number()),
    }),
  ])
  .openapi('Buckets');

export const cellSchema = z
  .object({
    service: z.string(),
    endpoint: z.string().nullable(),
    peer: z.string().nullable(),
    instance: z.string().nullable(),
    version: z.string().nullable(),
    flags: z.record(z.string(), z.string()),
    source: z.enum(['metrics', 'spans']),
    start: instant,
    seconds: z.number(),
    requests: z.number().nullable(),
    errors: z.number().nullable(),
    attempts: z.number().nullable(),
    retries: z.number().nullable(),
    sum: z.number().nullable().openapi({ description: 'of latencies, in seconds' }),
    buckets: bucketsSchema.nullable(),
  })
  .openapi('Cell');

export const cellListSchema = z.object({ cells: z.array(cellSchema), next: z.string().nullable() }).openapi('CellList');

export const scopeSchema = z.enum(SCOPES);

export const tokenSchema = z
  .object({
    id: z.string(),
    tenant: z.string(),
    name: z.string(),
    scopes: z.array(scopeSchema),
    created: instant,
    revoked: instant.nullable(),
  })
  .openapi('Token');

export const newTokenSchema = tokenSchema
  .extend({ token: z.string().openapi({ description: 'shown this once and kept nowhere' }) })
  .openapi('NewToken');

export const tokenListSchema = z.object({ tokens: z.array(tokenSchema) }).openapi('TokenList');
