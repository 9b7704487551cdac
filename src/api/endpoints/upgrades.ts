import { z } from '@hono/zod-openapi';
import { AppError } from '../../domain/error.ts';
import { namedSlos } from '../../domain/named-slos.ts';
import type { RecordStore, UpgradeRecord } from '../../domain/record-store.ts';
import { decodeUpgrade } from '../../domain/upgrade-document.ts';
import { formatInstant } from '../../domain/window.ts';
import { mediaTypeOf } from '../../ingest/formats/media-type.ts';
import { JSON_TYPES, parseJson, textBody, YAML_TYPES } from '../body.ts';
import { type Endpoint, param, queryOf, upgradePath } from '../endpoint.ts';
import { documentTag, documentToReplace, IF_MATCH, staleDocument } from '../entity-tags.ts';
import { IDEMPOTENCY_KEY, once } from '../idempotency.ts';
import { linkNext, pageQuery } from '../paging.ts';
import { registeredSchema, upgradeDocumentSchema, upgradeListSchema } from '../schemas.ts';

const documentBody = z
  .looseObject({})
  .openapi({ description: 'the upgrade document, as docs/upgrade-document.md describes it' });

const registerUpgrade: Endpoint = {
  method: 'post',
  path: '/api/v1/upgrades',
  scope: 'analyse',
  summary: 'Register an upgrade, or change the document of one',
  description:
    'It is analysed at once and as telemetry arrives. Its `slos` are names of stored SLOs, its `telemetry` is what was sent here. The same document again changes nothing.',
  headers: { ...IDEMPOTENCY_KEY, ...IF_MATCH },
  body: Object.fromEntries([...YAML_TYPES, ...JSON_TYPES].map((type) => [type, documentBody])),
  answers: {
    201: { says: 'registered', content: { 'application/json': registeredSchema } },
    200: { says: 'known already, with this document or another', content: { 'application/json': registeredSchema } },
  },
  handle: async (context, parts) => {
    const text = await textBody(context, parts, [...YAML_TYPES, ...JSON_TYPES]);
    if (mediaTypeOf(context.req.header('Content-Type')).endsWith('json')) parseJson(text);
    const place = 'upgrade';
    const { name, sloFiles: names } = decodeUpgrade(text, place);
    return await once(context, parts, text, async () => {
      const { tenant } = context.get('caller');
      namedSlos(await parts.records.slos(tenant), { text, place, names });
      const stored = await parts.records.upgrade(tenant, name);
      const over = documentToReplace(context, stored?.document ?? null);
      const outcome = await parts.records.putUpgrade(tenant, name, text, await parts.sharedNow(), over);
      if (outcome === 'stale') throw staleDocument();
      const body = { ...(await summaryOf(parts.records, await neededUpgrade(parts.records, tenant, name))), outcome };
      return { status: outcome === 'created' ? 201 : 200, body };
    });
  },
};

const listUpgrades: Endpoint = {
  method: 'get',
  path: '/api/v1/upgrades',
  scope: 'read',
  summary: 'Upgrades, latest registered first',
  query: pageQuery,
  answers: { 200: { says: 'a page of them', content: { 'application/json': upgradeListSchema } } },
  handle: async (context, { records }) => {
    const { limit, cursor } = queryOf(context, pageQuery);
    const { rows, next } = await records.upgrades(context.get('caller').tenant, { after: cursor ?? null, limit });
    linkNext(context, next);
    return context.json({ upgrades: await Promise.all(rows.map((row) => summaryOf(records, row))), next });
  },
};

const readUpgrade: Endpoint = {
  method: 'get',
  path: '/api/v1/upgrades/{name}',
  scope: 'read',
  summary: 'One upgrade, with its document',
  answers: { 200: { says: 'the upgrade', content: { 'application/json': upgradeDocumentSchema } } },
  handle: async (context, { records }) => {
    const upgrade = await neededUpgrade(records, context.get('caller').tenant, param(context, 'name'));
    context.header('ETag', documentTag(upgrade.document));
    return context.json({ ...(await summaryOf(records, upgrade)), document: upgrade.document });
  },
};

const removeUpgrade: Endpoint = {
  method: 'delete',
  path: '/api/v1/upgrades/{name}',
  scope: 'analyse',
  summary: 'Remove an upgrade, with all its reports',
  description:
    'Telemetry and announced changes stay. Registered again, its revisions go on. An `Idempotency-Key` that was used for it answers as it did for a day.',
  answers: { 204: { says: 'removed' } },
  handle: async (context, { records }) => {
    const isRemoved = await records.removeUpgrade(context.get('caller').tenant, param(context, 'name'));
    if (!isRemoved) throw unknownUpgrade();
    return context.body(null, 204);
  },
};

export const upgradeEndpoints = [registerUpgrade, listUpgrades, readUpgrade, removeUpgrade];

export async function neededUpgrade(records: RecordStore, tenant: string, name: string): Promise<UpgradeRecord> {
  const upgrade = await records.upgrade(tenant, name);
  if (upgrade !== null) return upgrade;
  throw unknownUpgrade();
}

function unknownUpgrade(): AppError {
  return new AppError('not-found', 'no upgrade of this name is registered', {
    remedy: 'register it with POST /api/v1/upgrades',
  });
}

async function summaryOf(records: RecordStore, upgrade: UpgradeRecord) {
  const { rows } = await records.reports(upgrade.tenant, upgrade.name, { after: null, limit: 1 });
  const report = rows[0];
  return {
    name: upgrade.name,
    self: upgradePath(upgrade.name),
    registered: formatInstant(upgrade.registeredMs),
    changed: formatInstant(upgrade.changedMs),
    due: upgrade.dueMs === null ? null : formatInstant(upgrade.dueMs),
    trouble: upgrade.trouble,
    report:
      report === undefined
        ? null
        : {
            revision: report.revision,
            verdict: report.verdict,
            made: formatInstant(report.madeMs),
            final: report.isFinal,
            digest: report.digest,
          },
  };
}
