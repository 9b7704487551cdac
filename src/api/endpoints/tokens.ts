import { z } from '@hono/zod-openapi';
import { AppError } from '../../domain/error.ts';
import { DEFAULT_TENANT, type TokenRecord } from '../../domain/record-store.ts';
import { formatInstant } from '../../domain/window.ts';
import { JSON_TYPES, parseJson, textBody } from '../body.ts';
import { bodyOf, type Endpoint, param } from '../endpoint.ts';
import { newTokenSchema, scopeSchema, tokenListSchema } from '../schemas.ts';
import type { Caller } from '../services.ts';
import { newToken } from '../token.ts';

const newTokenBody = z
  .strictObject({
    name: z.string().min(1).max(200),
    scopes: z.array(scopeSchema).min(1),
    tenant: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,99}$/)
      .optional()
      .openapi({ description: `the caller's own otherwise; others only for administrators of ${DEFAULT_TENANT}` }),
  })
  .openapi('TokenRequest');

const createToken: Endpoint = {
  method: 'post',
  path: '/api/v1/tokens',
  scope: 'admin',
  summary: 'Make a token',
  description: 'The secret is in this answer and nowhere else.',
  body: { 'application/json': newTokenBody },
  answers: { 201: { says: 'the token', content: { 'application/json': newTokenSchema } } },
  handle: async (context, parts) => {
    const stated = bodyOf(newTokenBody, parseJson(await textBody(context, parts, JSON_TYPES)));
    const caller = context.get('caller');
    const tenant = stated.tenant ?? caller.tenant;
    if (!governs(caller, tenant)) {
      throw new AppError('forbidden', 'tokens of another tenant are not yours to make', {
        remedy: `leave tenant out, or write ${caller.tenant}`,
      });
    }
    const { record, secret } = newToken(tenant, stated.name, [...new Set(stated.scopes)], parts.now());
    await parts.records.addToken(record);
    context.header('Cache-Control', 'no-store');
    return context.json({ ...tokenOf(record), token: secret }, 201);
  },
};

const listTokens: Endpoint = {
  method: 'get',
  path: '/api/v1/tokens',
  scope: 'admin',
  summary: 'Tokens, revoked ones included, without their secrets',
  answers: { 200: { says: 'all of them', content: { 'application/json': tokenListSchema } } },
  handle: async (context, { records }) => {
    const tokens = await records.tokens();
    const shown = tokens.filter(({ tenant }) => governs(context.get('caller'), tenant));
    return context.json({ tokens: shown.map(tokenOf) });
  },
};

const revokeToken: Endpoint = {
  method: 'delete',
  path: '/api/v1/tokens/{id}',
  scope: 'admin',
  summary: 'Revoke a token, at once and for good',
  answers: { 204: { says: 'revoked' } },
  handle: async (context, { records, now }) => {
    const id = param(context, 'id');
    const token = (await records.tokens()).find((one) => one.id === id);
    if (token === undefined || !governs(context.get('caller'), token.tenant)) {
      throw new AppError('not-found', 'there is no token of this identifier', {
        remedy: 'GET /api/v1/tokens lists them',
      });
    }
    await records.revokeToken(id, now());
    return context.body(null, 204);
  },
};

export const tokenEndpoints = [createToken, listTokens, revokeToken];

function governs(caller: Caller, tenant: string): boolean {
  return caller.tenant === tenant || caller.tenant === DEFAULT_TENANT;
}

function tokenOf({ id, tenant, name, scopes, createdMs, revokedMs }: TokenRecord) {
  const revoked = revokedMs === null ? null : formatInstant(revokedMs);
  return { id, tenant, name, scopes, created: formatInstant(createdMs), revoked };
}
