import type { Context } from 'hono';
import { AppError, type AppErrorCode } from '../domain/error.ts';
import { HTTP_STATUS } from '../ingest/routes/http-status.ts';
import type { ApiEnv, ApiServices } from './services.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** What each code means, for the title of a problem and the page that explains them. */
export const PROBLEM_TITLES: Readonly<Record<AppErrorCode, string>> = {
  usage: 'The request asks for something that does not exist',
  document: 'The document is wrong',
  unreadable: 'A source of data could not be read',
  interrupted: 'The service is stopping',
  configuration: 'The service is not set up for this',
  malformed: 'The request cannot be read',
  'too-large': 'The request is too large',
  'unsupported-media': 'The content type or encoding is not understood',
  unauthenticated: 'A token is needed',
  forbidden: 'The token may not do this',
  'not-found': 'There is no such thing here',
  'method-not-allowed': 'This cannot be done here',
  conflict: 'The request contradicts what is stored',
  'reused-key': 'The idempotency key stands for another request',
  stale: 'The document has changed since it was read',
  'rate-limited': 'The token asks too often',
  overloaded: 'More is being asked for than can be done now',
  unavailable: 'A store does not answer',
  internal: 'A defect of Postflight',
};

/** Codes whose places and causes are ours alone to see. */
const OURS: readonly AppErrorCode[] = ['internal', 'configuration', 'unavailable', 'unreadable'];
const RETRY_AFTER_SECONDS = 5;
/** Refused before the body was read, or before its end. */
const BEFORE_THE_BODY: readonly number[] = [401, 403, 405, 413, 415, 429];

/** The answer to everything that goes wrong (RFC 9457). */
export function problemResponse(context: Context<ApiEnv>, thrown: unknown, services: ApiServices): Response {
  const error = thrown instanceof AppError ? thrown : new AppError('internal', 'unexpected', { cause: thrown });
  const status = HTTP_STATUS[error.code];
  const isOurs = OURS.includes(error.code);
  const requestId = context.get('requestId');
  if (isOurs) {
    services.onTrouble({ requestId, method: context.req.method, path: context.req.path, error: thrown });
  }
  const problem = {
    type: `/docs#problem-${error.code}`,
    title: PROBLEM_TITLES[error.code],
    status,
    detail: error.code === 'internal' ? 'it was logged under the request identifier' : error.message,
    instance: context.req.path,
    code: error.code,
    requestId,
    ...(error.remedy === null ? {} : { remedy: error.remedy }),
    ...(error.place === null || isOurs ? {} : { place: error.place }),
    ...(error.faults.length === 0 ? {} : { errors: error.faults.map(faultOf) }),
  };
  const headers = new Headers({ 'Content-Type': PROBLEM_TYPE, 'Cache-Control': 'no-store' });
  if (status === 503 || status === 429)
    headers.set('Retry-After', String(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS));
  // What remains of a body that nobody reads is not worth receiving.
  if (BEFORE_THE_BODY.includes(status) && context.req.raw.body !== null) headers.set('Connection', 'close');
  if (status === 401) headers.set('WWW-Authenticate', challengeFor(context));
  return context.body(JSON.stringify(problem), status, Object.fromEntries(headers));
}

/** Pointers as fragments of the document that was sent (RFC 6901, section 6). */
function faultOf({ pointer, line, message, remedy }: AppError['faults'][number]) {
  return { pointer: `#${encodeURI(pointer)}`, line, detail: message, remedy };
}

function challengeFor(context: Context): string {
  const isTried = context.req.header('Authorization') !== undefined;
  return `Bearer realm="postflight"${isTried ? ', error="invalid_token"' : ''}`;
}
