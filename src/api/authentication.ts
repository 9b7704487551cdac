import { timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { AppError } from '../domain/error.ts';
import { type RecordStore, SCOPES, type Scope, type TokenRecord } from '../domain/record-store.ts';
import type { ApiEnv, ApiServices, Caller } from './services.ts';
import { hashOf } from './token.ts';

/** RFC 6750, section 2.1, within a length no token of ours has. */
const BEARER = /^Bearer +([\w.~+/-]{1,256}=*)$/i;
const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/i;

type Parts = Pick<ApiServices, 'records' | 'anonymousTenant'>;

/** Lets through who may do what needs `scope`, and says for which tenant. */
export function requires(scope: Scope, parts: Parts): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    context.set('caller', await permittedCaller(context.req.raw, scope, parts));
    await next();
  };
}

/** Who sends a request that needs `scope`; rejects with `unauthenticated` or `forbidden`. For doors that answer in their own way. */
export async function permittedCaller(request: Request, scope: Scope, parts: Parts): Promise<Caller> {
  const caller = await callerOf(request, parts);
  if (caller.scopes.includes(scope) || caller.scopes.includes('admin')) return caller;
  throw new AppError('forbidden', `this needs a token with the scope ${scope}`, {
    place: 'Authorization',
    remedy: `ask an admin for one; the scopes of this token: ${caller.scopes.join(', ') || 'none'}`,
  });
}

async function callerOf(request: Request, { records, anonymousTenant }: Parts): Promise<Caller> {
  const authorization = request.headers.get('Authorization');
  if (authorization !== null) return await tokenHolder(authorization, records);
  if (anonymousTenant === null) {
    throw new AppError('unauthenticated', 'this needs a token', {
      place: 'Authorization',
      remedy: 'send it as Authorization: Bearer pf_…',
    });
  }
  refuseOtherSites(request);
  return { id: null, tenant: anonymousTenant, scopes: SCOPES };
}

/** One refusal for every token that is not valid: which of them it is tells nobody anything. */
async function tokenHolder(authorization: string, records: RecordStore): Promise<Caller> {
  const secret = BEARER.exec(authorization)?.[1];
  const hash = secret === undefined ? null : hashOf(secret);
  const token = hash === null ? null : await lookedUp(hash, records);
  if (hash === null || token === null || token.revokedMs !== null || !isSame(token.hash, hash)) {
    throw new AppError('unauthenticated', 'the token is not valid', {
      place: 'Authorization',
      remedy: 'send a token that was not revoked, as Authorization: Bearer pf_…',
    });
  }
  return { id: token.id, tenant: token.tenant, scopes: token.scopes };
}

/** Who is not known yet is not told where the records are kept. */
async function lookedUp(hash: string, records: RecordStore): Promise<TokenRecord | null> {
  try {
    return await records.tokenByHash(hash);
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== 'unavailable') throw cause;
    throw new AppError('unavailable', 'the record store does not answer, so no token can be looked up', {
      remedy: 'ask again; the log of the service says why',
      retryAfterSeconds: cause.retryAfterSeconds ?? 5,
      cause,
    });
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Without a token, a browser on this machine would do as any page it shows asks: by a name that leads to loopback (DNS
 * rebinding), or across origins. Such requests need a token, which no page has.
 */
function refuseOtherSites(request: Request): void {
  const host = request.headers.get('Host') ?? new URL(request.url).host;
  const origin = request.headers.get('Origin');
  if (LOOPBACK.test(host) && (origin === null || origin === `http://${host}`)) return;
  throw new AppError('forbidden', 'requests from another site, or by another name than loopback, need a token', {
    place: origin === null ? 'Host' : 'Origin',
    remedy: 'ask at 127.0.0.1 or localhost, or send a token',
  });
}
