/** A request as its sender signed it. */
export interface SignedRequest {
  readonly header: (name: string) => string | undefined;
  /** As it came over the wire. */
  readonly body: Uint8Array;
}

/** What a request says of its signature; nothing of it is true before it was checked. */
export interface ClaimedSignature {
  /** What was signed, one after the other. */
  readonly content: readonly (string | Uint8Array)[];
  /** HMAC-SHA256 of it; several while a sender changes its secret. */
  readonly digests: readonly Uint8Array[];
  /** When this delivery was signed, and what tells it from others; null where the sender signs the body alone. */
  readonly delivery: { readonly id: string; readonly signedMs: number } | null;
}

/** One way in which webhooks are signed. */
export interface SignatureScheme {
  readonly name: string;
  /** The header that says a request is signed in this way. */
  readonly header: string;
  /** How the signature is written, for refusals and the API's page. */
  readonly says: string;
  /** The key of a secret as its owner has it; null where it cannot be one. */
  keyOf(secret: string): Uint8Array | null;
  /** Null where the headers cannot be read. */
  read(request: SignedRequest): ClaimedSignature | null;
}
