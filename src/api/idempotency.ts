import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { AppError } from '../domain/error.ts';
import type { ApiEnv, ApiParts } from './services.ts';

const KEPT_MS = 24 * 3_600_000;
const KEY = /^[\x21-\x7e]{1,255}$/;

export const IDEMPOTENCY_KEY = {
  'Idempotency-Key': 'a request that comes again under its key within a day is answered as the first time',
};

/** What is answered; a status of success is kept for requests that come again. */
export interface JsonAnswer {
  readonly status: 200 | 201;
  readonly body: unknown;
}

/**
 * Answers a request that comes again under its `Idempotency-Key` as the first time, without doing it again. The answer is kept
 * after the deed, and other processes are not asked: a crash or a race does it twice. Only for what may be (draft-ietf-httpapi-idempotency-key-header).
 */
export async function once(
  context: Context<ApiEnv>,
  parts: ApiParts,
  text: string,
  act: () => Promise<JsonAnswer>,
): Promise<Response> {
  const key = context.req.header('Idempotency-Key');
  if (key === undefined) return answer(context, await act());
  if (!KEY.test(key)) {
    throw new AppError('malformed', 'the idempotency key is not 1 to 255 visible ASCII characters', {
      place: 'Idempotency-Key',
      remedy: 'send e.g. a UUID',
    });
  }
  const { tenant } = context.get('caller');
  const { underWay } = parts;
  const running = JSON.stringify([tenant, key]);
  if (underWay.has(running)) {
    throw new AppError('conflict', 'a request with this idempotency key is under way', {
      place: 'Idempotency-Key',
      remedy: 'ask again when it is answered, or send another key with another request',
    });
  }
  underWay.add(running);
  try {
    return await answerOnce(context, parts, { key, requestHash: hashOfRequest(context, text) }, act);
  } finally {
    underWay.delete(running);
  }
}

async function answerOnce(
  context: Context<ApiEnv>,
  { records, now }: ApiParts,
  { key, requestHash }: { readonly key: string; readonly requestHash: string },
  act: () => Promise<JsonAnswer>,
): Promise<Response> {
  const { tenant } = context.get('caller');
  const earlier = await records.answeredRequest(tenant, key, now());
  if (earlier !== null && earlier.requestHash !== requestHash) {
    throw new AppError('reused-key', 'this idempotency key was sent with another request', {
      place: 'Idempotency-Key',
      remedy: 'use a new key for a new request',
    });
  }
  if (earlier !== null) {
    const status = earlier.status === 201 ? 201 : 200;
    return answer(context, { status, body: JSON.parse(earlier.body) });
  }
  const made = await act();
  const kept = { requestHash, status: made.status, body: JSON.stringify(made.body) };
  const nowMs = now();
  await records.keepAnswer(tenant, key, kept, { nowMs, untilMs: nowMs + KEPT_MS });
  return answer(context, made);
}

function hashOfRequest(context: Context<ApiEnv>, text: string): string {
  const { method, path } = context.req;
  const said = JSON.stringify([method, path, context.req.header('Content-Type') ?? '', text]);
  return createHash('sha256').update(said).digest('hex');
}

/** What was created says itself where it is. */
function answer(context: Context<ApiEnv>, { status, body }: JsonAnswer): Response {
  const self = (body as { self?: unknown } | null)?.self;
  if (status === 201 && typeof self === 'string') context.header('Location', self);
  return context.body(JSON.stringify(body), status, { 'Content-Type': 'application/json' });
}
