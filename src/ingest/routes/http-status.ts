import type { AppErrorCode } from '../../domain/error.ts';

/** The one place where error codes become HTTP statuses. */
export const HTTP_STATUS = {
  usage: 400,
  document: 400,
  unreadable: 502,
  interrupted: 503,
  configuration: 500,
  malformed: 400,
  'too-large': 413,
  'unsupported-media': 415,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  stale: 412,
  'reused-key': 422,
  'rate-limited': 429,
  overloaded: 503,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<AppErrorCode, number>;
