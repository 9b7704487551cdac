import type { Context, MiddlewareHandler } from 'hono';
import { AppError } from '../domain/error.ts';
import type { Scope } from '../domain/record-store.ts';
import { gather, WireBody } from '../ingest/routes/request-body.ts';
import { TOLERANCE_MS } from '../ingest/signatures/deliveries.ts';
import { SIGNATURE_SCHEMES } from '../ingest/signatures/index.ts';
import type { SignatureScheme } from '../ingest/signatures/signature-scheme.ts';
import { signerOf, type WebhookSecret } from '../ingest/signatures/webhook-secret.ts';
import { requires } from './authentication.ts';
import type { ApiEnv, ApiParts } from './services.ts';

/** Events are some kilobytes. What they hold before it is known whose they are is counted apart from all other bodies. */
const LIMIT_BYTES = 1024 ** 2;
export const UNVERIFIED_BYTES = 8 * LIMIT_BYTES;
const NOTHING = new Uint8Array(0);

/**
 * As `requires`, and also lets through what was signed with one of the secrets that are configured: senders of webhooks
 * often cannot send a token. The tenant is the secret's, and the signature gives this one scope.
 */
export function requiresTokenOrSignature(scope: Scope, parts: ApiParts): MiddlewareHandler<ApiEnv> {
  const byToken = requires(scope, parts);
  return async (context, next) => {
    const scheme = schemeOf(context, parts);
    if (scheme === null) return await byToken(context, next);
    const header = (name: string): string | undefined => context.req.header(name);
    if (scheme.read({ header, body: NOTHING }) === null) throw unreadable(scheme);
    const hold = parts.unverified.open();
    try {
      const body = await gather(new WireBody(context, LIMIT_BYTES).chunks(), hold);
      const { signer, delivery } = checked(context, scheme, body, parts);
      context.set('packedBody', body);
      const { tenant } = signer;
      context.set('caller', { id: `webhooks of ${scheme.name} for ${tenant}`, tenant, scopes: [scope] });
      await next();
      if (delivery !== null && mayComeAgain(context.res.status)) parts.deliveries.giveBack(delivery);
    } finally {
      hold.release();
    }
  };
}

/** Null: a signature has no part in it. Where anyone may come, what no secret is set for is not looked at. */
function schemeOf(context: Context<ApiEnv>, parts: ApiParts): SignatureScheme | null {
  if (context.req.header('Authorization') !== undefined) return null;
  const scheme = SIGNATURE_SCHEMES.find(({ header }) => context.req.header(header) !== undefined);
  if (scheme === undefined) return null;
  if (parts.webhookSecrets.some((secret) => secret.scheme === scheme.name)) return scheme;
  if (parts.anonymousTenant !== null) return null;
  throw refusal(
    'the signature cannot be checked: no secret is set for it',
    scheme,
    'set webhook_secrets, or send a token',
  );
}

function checked(
  context: Context<ApiEnv>,
  scheme: SignatureScheme,
  body: Uint8Array,
  { webhookSecrets, deliveries, now }: ApiParts,
): { readonly signer: WebhookSecret; readonly delivery: string | null } {
  const claimed = scheme.read({ header: (name) => context.req.header(name), body });
  if (claimed === null) throw unreadable(scheme);
  const secrets = webhookSecrets.filter((secret) => secret.scheme === scheme.name);
  const signer = signerOf(claimed, secrets);
  if (signer === null) {
    throw refusal('the signature is not of this body and a secret of ours', scheme, 'compare both sides of the secret');
  }
  if (claimed.delivery === null) return { signer, delivery: null };
  const { id, signedMs } = claimed.delivery;
  if (Math.abs(now() - signedMs) > TOLERANCE_MS) {
    throw refusal('it was signed too long ago, or ahead of our clock', scheme, 'sign each attempt with its own time');
  }
  const delivery = JSON.stringify([scheme.name, signer.tenant, id]);
  if (!deliveries.take(delivery, now())) {
    throw refusal('this delivery was taken already', scheme, 'sign each attempt with its own time');
  }
  return { signer, delivery };
}

function unreadable(scheme: SignatureScheme): AppError {
  return refusal('the signature cannot be read', scheme, `send ${scheme.says}`);
}

function refusal(message: string, { header }: SignatureScheme, remedy: string): AppError {
  return new AppError('unauthenticated', message, { place: header, remedy });
}

function mayComeAgain(status: number): boolean {
  return status >= 500 || status === 429;
}
