import type { SignatureScheme } from './signature-scheme.ts';

/** What people make up has to be long at least. */
const SHORTEST_SECRET = 16;
const DIGEST = /^[0-9a-f]{64}$/i;

/** Senders that sign the body and nothing else, in hex: the same delivery again looks the same, and counts once. */
export function bodySignature(name: string, header: string, prefix = ''): SignatureScheme {
  return {
    name,
    header,
    says: `${header}: ${prefix}<HMAC-SHA256 of the body in hex>`,
    keyOf: (secret) => (secret.length < SHORTEST_SECRET ? null : Buffer.from(secret)),
    read: (request) => {
      const stated = request.header(header) ?? '';
      const digest = stated.slice(prefix.length);
      if (!stated.startsWith(prefix) || !DIGEST.test(digest)) return null;
      return { content: [request.body], digests: [Buffer.from(digest, 'hex')], delivery: null };
    },
  };
}
