import { z } from '@hono/zod-openapi';
import { AppError } from '../../domain/error.ts';
import type { SloRecord } from '../../domain/record-store.ts';
import { decodeSlos } from '../../domain/slo-document.ts';
import { formatInstant } from '../../domain/window.ts';
import { JSON_TYPES, textBody, YAML_TYPES } from '../body.ts';
import { type Endpoint, param } from '../endpoint.ts';
import { sloListSchema, sloSchema } from '../schemas.ts';

const TYPES = [...YAML_TYPES, ...JSON_TYPES];
const documentBody = z.looseObject({}).openapi({ description: 'OpenSLO v1, one or more documents' });

const putSlo: Endpoint = {
  method: 'put',
  path: '/api/v1/slos/{name}',
  scope: 'analyse',
  summary: 'Store an OpenSLO file under a name',
  body: Object.fromEntries(TYPES.map((type) => [type, documentBody])),
  answers: { 200: { says: 'stored', content: { 'application/json': sloSchema } } },
  handle: async (context, parts) => {
    const document = await textBody(context, parts, TYPES);
    const name = param(context, 'name');
    decodeSlos(document, 'slo');
    const slo = { tenant: context.get('caller').tenant, name, document, changedMs: parts.now() };
    await parts.records.putSlo(slo);
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
    const slos = await records.slos(context.get('caller').tenant);
    const slo = slos.find(({ name }) => name === param(context, 'name'));
    if (slo === undefined) throw new AppError('not-found', 'no SLO of this name is stored');
    return context.json(sloOf(slo));
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

export const sloEndpoints = [putSlo, readSlo, listSlos];

function sloOf({ name, document, changedMs }: SloRecord) {
  return { name, self: `/api/v1/slos/${encodeURIComponent(name)}`, changed: formatInstant(changedMs), document };
}
