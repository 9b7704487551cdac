import type { ReportVerdict } from './report.ts';

/** Of whoever names none; its admins govern the tokens of all tenants. */
export const DEFAULT_TENANT = 'default';

/** What a token may do; `admin` does everything. */
export const SCOPES = ['ingest', 'read', 'analyse', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface UpgradeRecord {
  readonly tenant: string;
  readonly name: string;
  /** The upgrade document as it was sent, YAML or JSON. */
  readonly document: string;
  readonly registeredMs: number;
  readonly changedMs: number;
  /** Analysed again at this time; null once its post window has ended and the final report is made. */
  readonly dueMs: number | null;
  /** Why the latest attempt to analyse it failed; null where it did not. */
  readonly trouble: string | null;
}

export interface ReportRecord {
  readonly tenant: string;
  readonly upgrade: string;
  /** Rises by one with every report of the upgrade. */
  readonly revision: number;
  readonly madeMs: number;
  readonly verdict: ReportVerdict;
  /** Of the telemetry it read. */
  readonly digest: string;
  readonly isFinal: boolean;
  /** The report document of the contract, as JSON text. */
  readonly document: string;
}

/** A change that was announced, before or after any upgrade names it. */
export interface ChangeRecord {
  readonly tenant: string;
  /** Chosen by the sender, or a hash of the content: the same event twice is one. */
  readonly id: string;
  readonly atMs: number;
  readonly receivedMs: number;
  /** Where it came from: a format's name. */
  readonly source: string;
  /** The change as an entry of `spec.changes`, as JSON text. */
  readonly change: string;
}

export interface TokenRecord {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the secret, in hex; the secret itself is shown once and kept nowhere. */
  readonly hash: string;
  readonly createdMs: number;
  readonly revokedMs: number | null;
}

export interface SloRecord {
  readonly tenant: string;
  readonly name: string;
  /** OpenSLO, as it was sent. */
  readonly document: string;
  readonly changedMs: number;
}

/** An upgrade that this process alone may analyse until the lease runs out. */
export interface Claim {
  readonly upgrade: UpgradeRecord;
  readonly holder: string;
  readonly untilMs: number;
}

/** What an analysis leaves behind, in one transaction. */
export interface Outcome {
  readonly report: Omit<ReportRecord, 'tenant' | 'upgrade' | 'revision'>;
  /** When to analyse again; null: never. */
  readonly nextDueMs: number | null;
}

/** How many rows were removed. */
export interface Forgotten {
  readonly changes: number;
  readonly reports: number;
  readonly answers: number;
}

export type PutOutcome = 'created' | 'changed' | 'same' | 'stale';

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

export interface PageRequest {
  readonly after: string | null;
  readonly limit: number;
}

/** The answer once given to a request that carried an idempotency key. */
export interface AnsweredRequest {
  readonly requestHash: string;
  readonly status: number;
  readonly body: string;
}

/**
 * What people and programs told us, and what we concluded. Every method may reject with an `AppError` of code
 * `unavailable`; times are arguments, the store reads no clock unless it is asked for it.
 */
export interface RecordStore {
  /**
   * Creates or replaces; the same document again changes nothing. Due at once when created or changed; a change also ends
   * the claim on the document before it. With `over`, only that document is replaced: anything else is `stale`.
   */
  putUpgrade(tenant: string, name: string, document: string, nowMs: number, over?: string): Promise<PutOutcome>;
  upgrade(tenant: string, name: string): Promise<UpgradeRecord | null>;
  /** With all its reports; whoever analyses it meanwhile leaves nothing. Answers whether it was there. */
  removeUpgrade(tenant: string, name: string): Promise<boolean>;
  /** Latest registered first. */
  upgrades(tenant: string, page: PageRequest): Promise<Page<UpgradeRecord>>;

  /**
   * Upgrades that are due, taken by one conditional update each, so that no two holders get the same one. Due later than
   * `longestWaitMs` from now is due as well, and a lease that ends well beyond `leaseMs` has run out: a clock that was put back leaves
   * such times behind. Each lease that ran out makes the next one longer by `leaseMs`, up to 16 times that.
   */
  claimDue(holder: string, nowMs: number, leaseMs: number, limit: number, longestWaitMs?: number): Promise<Claim[]>;
  /** Answers false, and leaves nothing, where the claim has ended: passed to another holder, or the document changed. */
  settle(claim: Claim, outcome: Outcome): Promise<boolean>;
  /** Gives a claim back unsettled, due again at `dueMs`; with what went wrong, where something did. */
  release(claim: Claim, dueMs: number | null, trouble: string | null): Promise<void>;
  /**
   * The clock was put back: nothing was changed and no report made later than now, and an upgrade that was done by such a
   * report is due again. Answers how many are.
   */
  putBack(nowMs: number): Promise<number>;

  latestReport(tenant: string, upgrade: string): Promise<ReportRecord | null>;
  /** Null also where only the verdict of a report so old is kept. */
  report(tenant: string, upgrade: string, revision: number): Promise<ReportRecord | null>;
  /** Latest first; without their documents. */
  reports(tenant: string, upgrade: string, page: PageRequest): Promise<Page<Omit<ReportRecord, 'document'>>>;

  /** Answers how many of them were new. */
  addChanges(changes: readonly ChangeRecord[]): Promise<number>;
  /** In `[fromMs, toMs)`, in order of time. */
  changes(tenant: string, fromMs: number, toMs: number): Promise<ChangeRecord[]>;

  /** Creates or replaces. With `over`, only that document is replaced: false where another is there, or none. */
  putSlo(slo: SloRecord, over?: string): Promise<boolean>;
  /** Answers whether it was there. */
  removeSlo(tenant: string, name: string): Promise<boolean>;
  slos(tenant: string): Promise<SloRecord[]>;

  addToken(token: TokenRecord): Promise<void>;
  /** Revoked ones included: the caller says why it refuses. */
  tokenByHash(hash: string): Promise<TokenRecord | null>;
  tokens(): Promise<TokenRecord[]>;
  revokeToken(id: string, nowMs: number): Promise<boolean>;

  answeredRequest(tenant: string, key: string, nowMs: number): Promise<AnsweredRequest | null>;
  /** The first answer of a key stands until `untilMs`; what has run out by `nowMs` is forgotten. */
  keepAnswer(
    tenant: string,
    key: string,
    answer: AnsweredRequest,
    keep: { readonly nowMs: number; readonly untilMs: number },
  ): Promise<void>;

  /**
   * Removes announced changes that happened and came before `beforeMs`, reports made before it that have a successor, and
   * answers that have run out by `nowMs`.
   */
  forget(beforeMs: number, nowMs: number): Promise<Forgotten>;

  /** The clock that all who share the records go by: what is due and who may have it must not depend on the host. */
  clockMs(): Promise<number>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
