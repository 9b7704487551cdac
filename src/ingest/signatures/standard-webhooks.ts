import type { SignatureScheme } from './signature-scheme.ts';

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const KEY_BYTES = { least: 24, most: 64 };
const SECONDS = /^[1-9]\d{0,10}$/;
const DIGEST = /^[A-Za-z0-9+/]{43}=$/;
/** One or two, while a secret is changed. */
const MOST_SIGNATURES = 8;

/** https://github.com/standard-webhooks/standard-webhooks: identifier, time and body are signed; `v1` is the symmetric kind. */
export const standardWebhooks: SignatureScheme = {
  name: 'standard-webhooks',
  header: 'webhook-signature',
  says: 'webhook-id, webhook-timestamp and webhook-signature: v1,<HMAC-SHA256 of id.timestamp.body in base64>',
  keyOf: (secret) => {
    const key = Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64');
    return key.length >= KEY_BYTES.least && key.length <= KEY_BYTES.most ? key : null;
  },
  read: ({ header, body }) => {
    const [id = '', timestamp = '', stated = ''] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(header);
    const signatures = stated.split(' ').filter((one) => one.startsWith('v1,'));
    const digests = signatures.map((one) => one.slice(3)).filter(isDigest);
    // A dot in the identifier could pass for the one that ends it.
    if (id === '' || id.includes('.') || !SECONDS.test(timestamp)) return null;
    if (digests.length === 0 || digests.length > MOST_SIGNATURES) return null;
    return {
      content: [`${id}.${timestamp}.`, body],
      digests: digests.map((one) => Buffer.from(one, 'base64')),
      delivery: { id: `${id}.${timestamp}`, signedMs: Number(timestamp) * 1000 },
    };
  },
};

/** One way to write each: the last character has bits to spare. */
function isDigest(text: string): boolean {
  return DIGEST.test(text) && Buffer.from(text, 'base64').toString('base64') === text;
}
