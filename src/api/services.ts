import type { RecordStore, Scope } from '../domain/record-store.ts';
import type { Window } from '../domain/window.ts';
import type { ByteBudget } from '../ingest/routes/byte-budget.ts';
import type { Deliveries } from '../ingest/signatures/deliveries.ts';
import type { WebhookSecret } from '../ingest/signatures/webhook-secret.ts';
import type { CellPage, RowPlace } from './cell-rows.ts';
import type { HeldRequests } from './held-requests.ts';
import type { RequestRates } from './request-rates.ts';

/** What the API is made of; it has no clock and no stores of its own. */
export interface ApiServices {
  readonly records: RecordStore;
  /** A page of the cells behind the numbers of a tenant, folded from what is stored. */
  readonly cells: (tenant: string, query: CellQuery, signal: AbortSignal) => Promise<CellPage>;
  /** Who may come without a token: the tenant such requests work for, or null where every request needs one. */
  readonly anonymousTenant: string | null;
  /** Requests a second that one token may make. */
  readonly requestRate: number;
  readonly now: () => number;
  /** The clock of the records, which other processes go by as well. */
  readonly sharedNow: () => Promise<number>;
  /** Milliseconds since some time or other: how long something takes does not depend on what time it is. */
  readonly elapsedMs: () => number;
  /** Resolves after the time, or at once when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly budget: ByteBudget;
  /** Whose webhooks are taken without a token. */
  readonly webhookSecrets: readonly WebhookSecret[];
  /** Aborted when the service stops: what is held open ends. */
  readonly stopping: AbortSignal;
  readonly onTrouble: (trouble: RequestTrouble) => void;
}

/** What one application holds beside, for as long as it lives. */
export interface ApiParts extends ApiServices {
  /** Requests with an idempotency key that are being answered. */
  readonly underWay: Set<string>;
  readonly held: HeldRequests;
  readonly deliveries: Deliveries;
  /** For bodies whose signature is still to be checked: who cannot sign takes no room from telemetry. */
  readonly unverified: ByteBudget;
  readonly rates: RequestRates;
}

export interface CellQuery {
  /** Null: any. */
  readonly service: string | null;
  readonly endpoint: string | null;
  readonly window: Window;
  /** The last row of the page before; null for the first page. */
  readonly after: RowPlace | null;
  readonly limit: number;
}

/** What failed on our side, for the log. */
export interface RequestTrouble {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly error: unknown;
}

/** Who is asking, as the token says; the data never does. */
export interface Caller {
  /** Of the token, or of the secret a webhook was signed with; null: anyone on loopback. */
  readonly id: string | null;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
}

export interface ApiEnv {
  Variables: {
    requestId: string;
    caller: Caller;
    /** Read already, to check its signature. */
    packedBody?: Uint8Array;
  };
}
