import { z } from '@hono/zod-openapi';
import { AppError } from '../../domain/error.ts';
import type { RecordStore, SloRecord } from '../../domain/record-store.ts';
import { decodeSlos } from '../../domain/slo-document.ts';
import { formatInstant } from '../../domain/window.ts';
import { JSON_TYPES, textBody, YAML_TYPES } from '../body.ts';
import { type Endpoint, param } from '../endpoint.ts';
import { documentTag, documentToReplace, IF_MATCH, staleDocument } from '../entity-tags.ts';
import { sloListSchema, sloSchema } from '../schemas.ts';

const TYPES = [...YAML_TYPES, ...JSON_TYPES];
const documentBody = z.looseObject({}).openapi({ description: 'OpenSLO v1, one or more documents' });

const putSlo: Endpoint = {
  method: 'put',
  path: '/api/v1/slos/{name}',
  scope: 'analyse',
  summary: 'Store an OpenSLO file under a name',
  headers: IF_MATCH,
  body: Object.fromEntries(TYPES.map((type) => [type, documentBody])),
  answers: { 200: { says: 'stored', content: { 'application/json': sloSchema } } },
  handle: async (context, parts) => {
    const document = await textBody(context, parts, TYPES);
    const name = param(context, 'name');
    decodeSlos(document, 'slo');
    const { tenant } = context.get('caller');
    const slo = { tenant, name, document, changedMs: parts.now() };
    const stored = await sloNamed(parts.records, tenant, name);
    const isPut = await parts.records.putSlo(slo, documentToReplace(context, stored?.document ?? null));
    if (!isPut) throw staleDocument();
    context.header('ETag', documentTag(document));
    return context.json(sloOf(slo));
  },
};

const readSlo: Endpoint = {
  method: 'get',
  path: '/api/v1/slos/{name}',
  scope: 'read',
  summary: 'One OpenSLO file',
  answers: { 200: { says: 'the file', content: { 'application/json': sloSchema } } },
  handle: async (context, { records }) => {
    const slo = await sloNamed(records, context.get('caller').tenant, param(context, 'name'));
    if (slo === undefined) throw unknownSlo();
    context.header('ETag', documentTag(slo.document));
    return context.json(sloOf(slo));
  },
};

const removeSlo: Endpoint = {
  method: 'delete',
  path: '/api/v1/slos/{name}',
  scope: 'analyse',
  summary: 'Remove an OpenSLO file',
  description:
    'Reports that were made keep what they say of it. An upgrade that names it in `slos` is in trouble until it is changed.',
  answers: { 204: { says: 'removed' } },
  handle: async (context, { records }) => {
    const isRemoved = await records.removeSlo(context.get('caller').tenant, param(context, 'name'));
    if (!isRemoved) throw unknownSlo();
    return context.body(null, 204);
  },
};

const listSlos: Endpoint = {
  method: 'get',
  path: '/api/v1/slos',
  scope: 'read',
  summary: 'OpenSLO files, by name',
  answers: { 200: { says: 'all of them', content: { 'application/json': sloListSchema } } },
  handle: async (context, { records }) => {
    const slos = await records.slos(context.get('caller').tenant);
    return context.json({ slos: slos.map(sloOf) });
  },
};

export const sloEndpoints = [putSlo, readSlo, removeSlo, listSlos];

async function sloNamed(records: RecordStore, tenant: string, name: string): Promise<SloRecord | undefined> {
  return (await records.slos(tenant)).find((slo) => slo.name === name);
}

function unknownSlo(): AppError {
  return new AppError('not-found', 'no SLO of this name is stored', {
    remedy: 'GET /api/v1/slos lists them; PUT stores one',
  });
}

function sloOf({ name, document, changedMs }: SloRecord) {
  return { name, self: `/api/v1/slos/${encodeURIComponent(name)}`, changed: formatInstant(changedMs), document };
}
