import { bodySignature } from './body-signature.ts';
import type { SignatureScheme } from './signature-scheme.ts';
import { standardWebhooks } from './standard-webhooks.ts';

/** Every way in which webhooks are signed. Unleash signs nothing: it sends an Authorization header. */
export const SIGNATURE_SCHEMES: readonly SignatureScheme[] = [
  bodySignature('github', 'X-Hub-Signature-256', 'sha256='),
  bodySignature('launchdarkly', 'X-LD-Signature'),
  bodySignature('flagsmith', 'X-Flagsmith-Signature'),
  bodySignature('growthbook', 'X-GrowthBook-Signature'),
  standardWebhooks,
];
