import { createHash, randomBytes } from 'node:crypto';
import type { Scope, TokenRecord } from '../domain/record-store.ts';

/** So that a secret scanner, and whoever finds it in a log, knows what it is. */
const PREFIX = 'pf_';
const ID_BYTES = 8;
const SECRET_BYTES = 32;

export interface NewToken {
  readonly record: TokenRecord;
  /** Shown once. 256 bits of chance, so that a plain hash is enough to keep it by (OWASP ASVS 6.5.2). */
  readonly secret: string;
}

export function newToken(tenant: string, name: string, scopes: readonly Scope[], nowMs: number): NewToken {
  const id = randomBytes(ID_BYTES).toString('hex');
  const secret = `${PREFIX}${id}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const record = { id, tenant, name, scopes, hash: hashOf(secret), createdMs: nowMs, revokedMs: null };
  return { record, secret };
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
