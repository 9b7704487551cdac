import { createHash } from 'node:crypto';
import type { Context } from 'hono';
import { AppError } from '../domain/error.ts';

export const IF_MATCH = { 'If-Match': 'the ETag of what is to be replaced: 412 where it has changed since' };
export const IF_NONE_MATCH = { 'If-None-Match': 'the ETag of what is known: 304 where it is that still' };

/** Of what a request can change: the document. What we conclude from it is not the sender's to overwrite. */
export function documentTag(document: string): string {
  return `"${createHash('sha256').update(document).digest('hex').slice(0, 32)}"`;
}

/** RFC 9110, 13.1.2: a list of entity tags, compared weakly, or any. */
export function isNamed(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}

/** RFC 9110, 13.1.1: the document that may be replaced, where `If-Match` names one; undefined: whichever is there. */
export function documentToReplace(context: Context, stored: string | null): string | undefined {
  const header = context.req.header('If-Match');
  if (header === undefined) return undefined;
  const names = header.split(',').map((one) => one.trim());
  if (stored !== null && (names.includes('*') || names.includes(documentTag(stored)))) return stored;
  throw staleDocument();
}

export function staleDocument(): AppError {
  return new AppError('stale', 'the document is not the one that If-Match names', {
    place: 'If-Match',
    remedy: 'read it again, and change what it says now',
  });
}
