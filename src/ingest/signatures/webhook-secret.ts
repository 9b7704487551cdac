import { createHmac, timingSafeEqual } from 'node:crypto';
import { SIGNATURE_SCHEMES } from './index.ts';
import type { ClaimedSignature } from './signature-scheme.ts';

/** Whoever signs with this key in this way works for this tenant. */
export interface WebhookSecret {
  readonly scheme: string;
  readonly tenant: string;
  readonly key: Uint8Array;
}

const ENTRY = /^([a-z-]+):([A-Za-z0-9][\w.-]{0,99}):(\S+)$/;
const NONE = 'none';

/** `scheme:tenant:secret`, several apart by white space; undefined where one of them is none. */
export function readWebhookSecrets(text: string): WebhookSecret[] | undefined {
  if (text === NONE) return [];
  const secrets = text.trim().split(/\s+/).map(readEntry);
  return secrets.every((one) => one !== undefined) ? secrets : undefined;
}

function readEntry(entry: string): WebhookSecret | undefined {
  const [, name, tenant = '', secret = ''] = ENTRY.exec(entry) ?? [];
  const scheme = SIGNATURE_SCHEMES.find((one) => one.name === name);
  const key = scheme?.keyOf(secret) ?? null;
  return scheme === undefined || key === null ? undefined : { scheme: scheme.name, tenant, key };
}

/** Without the secrets. */
export function showWebhookSecrets(secrets: readonly WebhookSecret[]): string {
  return secrets.map(({ scheme, tenant }) => `${scheme}:${tenant}:********`).join(' ') || NONE;
}

/** The secret that a request was signed with. Every digest is held against every secret, each in constant time. */
export function signerOf(claimed: ClaimedSignature, secrets: readonly WebhookSecret[]): WebhookSecret | null {
  let signer: WebhookSecret | null = null;
  for (const secret of secrets) {
    const hmac = createHmac('sha256', secret.key);
    for (const part of claimed.content) hmac.update(part);
    const expected = hmac.digest();
    for (const digest of claimed.digests) {
      if (digest.length === expected.length && timingSafeEqual(digest, expected)) signer = secret;
    }
  }
  return signer;
}
