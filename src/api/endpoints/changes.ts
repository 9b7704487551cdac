import { z } from '@hono/zod-openapi';
import type { ChangeRecord } from '../../domain/record-store.ts';
import { formatInstant } from '../../domain/window.ts';
import type { ChangeEvent } from '../../ingest/changes/change-format.ts';
import { CHANGE_FORMATS, changeFormatOf } from '../../ingest/changes/index.ts';
import { mediaTypeOf } from '../../ingest/formats/media-type.ts';
import { JSON_TYPES, parseJson, textBody, YAML_TYPES } from '../body.ts';
import { type Endpoint, queryOf } from '../endpoint.ts';
import { IDEMPOTENCY_KEY, once } from '../idempotency.ts';
import { acceptedChangesSchema, changeListSchema } from '../schemas.ts';
import { rangeOf, rangeParameters } from '../time-range.ts';

const DAY_MS = 86_400_000;
const RANGE = { usualMs: 7 * DAY_MS, longestMs: 31 * DAY_MS };

const eventBody = z
  .unknown()
  .openapi({ description: CHANGE_FORMATS.map(({ name, says }) => `${name}: ${says}`).join('. ') });

const announceChanges: Endpoint = {
  method: 'post',
  path: '/api/v1/changes',
  scope: 'analyse',
  takesSignatures: true,
  summary: 'Announce changes',
  description:
    'What sent them is told by their content. The same event twice is one. Webhooks signed with a secret that is configured need no token.',
  headers: IDEMPOTENCY_KEY,
  body: Object.fromEntries([...JSON_TYPES, ...YAML_TYPES].map((type) => [type, eventBody])),
  answers: {
    200: { says: 'all of them were known', content: { 'application/json': acceptedChangesSchema } },
    201: { says: 'some of them are new', content: { 'application/json': acceptedChangesSchema } },
  },
  handle: async (context, parts) => {
    const text = await textBody(context, parts, [...JSON_TYPES, ...YAML_TYPES]);
    const isJson = mediaTypeOf(context.req.header('Content-Type')).endsWith('json');
    const header: ChangeEvent['header'] = (name) => context.req.header(name);
    const event = { header, text, json: isJson ? parseJson(text) : undefined };
    const format = changeFormatOf(event);
    const { tenant } = context.get('caller');
    const receivedMs = parts.now();
    const records = format.read(event).map(({ id, atMs, entry }): ChangeRecord => {
      return { tenant, id, atMs, receivedMs, source: format.name, change: entry };
    });
    return await once(context, parts, text, async () => {
      const fresh = await parts.records.addChanges(records);
      return { status: fresh > 0 ? 201 : 200, body: { format: format.name, changes: records.length, new: fresh } };
    });
  },
};

const changesQuery = z.object(rangeParameters);

const listChanges: Endpoint = {
  method: 'get',
  path: '/api/v1/changes',
  scope: 'read',
  summary: 'Changes that were announced, in order of time',
  description: 'Those of the last seven days, unless the query says otherwise; a month at most.',
  query: changesQuery,
  answers: { 200: { says: 'the changes', content: { 'application/json': changeListSchema } } },
  handle: async (context, { records, now }) => {
    const { startMs, endMs } = rangeOf(queryOf(context, changesQuery), now(), RANGE);
    const changes = await records.changes(context.get('caller').tenant, startMs, endMs);
    return context.json({
      changes: changes.map(({ id, atMs, receivedMs, source, change }) => ({
        id,
        at: formatInstant(atMs),
        received: formatInstant(receivedMs),
        source,
        change: JSON.parse(change),
      })),
    });
  },
};

export const changeEndpoints = [announceChanges, listChanges];
