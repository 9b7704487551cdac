/** The closed set of things that can go wrong; the edges map each code to an exit status or an HTTP status once. */
export type AppErrorCode =
  | 'usage' // the command line asks for something that does not exist
  | 'document' // the upgrade document or an SLO file is wrong
  | 'unreadable' // a data source could not be read at all
  | 'interrupted'
  | 'configuration' // the service is configured in a way that cannot work
  | 'malformed' // a request body that cannot be decoded
  | 'too-large' // a request body, or what it unpacks to, beyond its limit
  | 'unsupported-media' // a content type or encoding that is not understood
  | 'unauthenticated' // no token, or one that is not known
  | 'forbidden' // a token that may not do this
  | 'not-found'
  | 'method-not-allowed' // something is there, but not under this method
  | 'conflict' // the request contradicts what is stored
  | 'reused-key' // an idempotency key that stands for another request
  | 'stale' // the request would overwrite what its sender has not seen
  | 'rate-limited' // one sender asks more often than it may: send again later
  | 'overloaded' // more than can be taken now: send again later
  | 'unavailable' // a store or a peer that does not answer: send again later
  | 'internal'; // our own defect: shown, never a pass

/** One fault of a document. `pointer` is a JSON pointer (RFC 6901) into it. */
export interface Fault {
  readonly pointer: string;
  readonly line: number;
  readonly message: string;
  readonly remedy: string;
}

/** The one error type. `place` names file, line and field; `remedy` says what to do next. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;
  readonly place: string | null;
  readonly remedy: string | null;
  /** After which time the sender may try again, where it may. */
  readonly retryAfterSeconds: number | null;
  /** Everything wrong with a document, for programs; the message tells people. */
  readonly faults: readonly Fault[];

  constructor(
    code: AppErrorCode,
    message: string,
    details: {
      place?: string | null;
      remedy?: string | null;
      cause?: unknown;
      retryAfterSeconds?: number;
      faults?: readonly Fault[];
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.place = details.place ?? null;
    this.remedy = details.remedy ?? null;
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
    this.faults = details.faults ?? [];
  }
}

/** What happened, and where, if the message does not say so. */
export function placedMessage({ place, message }: AppError): string {
  return place === null || message.includes(place) ? message : `${place}: ${message}`;
}

/** What to do about it behind what is told. */
export function withRemedy(told: string, { remedy }: AppError): string {
  return remedy === null ? told : `${told}; ${remedy}`;
}
