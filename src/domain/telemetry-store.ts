import type { CellSink } from './cell-run.ts';
import type { QualityCode } from './quality.ts';
import type { TelemetrySink } from './telemetry.ts';
import type { Window } from './window.ts';

/** What became of the rows handed to a writer since its last commit. */
export interface Receipt {
  /** Points, spans and flag evaluations that are on disk now; the same one sent before counts again. */
  readonly accepted: number;
  /** Those that will never be accepted, whoever sends them again. */
  readonly rejected: number;
  /** Why rows were rejected, with the first place of each; also remarks that rejected nothing (`count` 0). */
  readonly reasons: readonly RejectionReason[];
}

export interface RejectionReason {
  readonly code: QualityCode;
  readonly count: number;
  /** The first place, as the decoder or the limit names it. */
  readonly where: string;
  readonly detail: string;
}

/**
 * The way in for one tenant. Handing rows to the sink and calling `commit` or `rollback` happen in one turn of the event
 * loop, so rows of two requests never mix.
 */
export interface TelemetryWriter {
  /** Lives as long as the writer and answers the same number for the same identity: decoders may keep what they interned. */
  readonly sink: TelemetrySink;
  /**
   * Resolves once every accepted row since the last call is on disk. Rejects with an `AppError` of code `overloaded` or
   * `unavailable` where that could not be had: the sender has to send again, and what was stored twice counts once.
   */
  commit(): Promise<Receipt>;
  /** Forgets the rows since the last commit. */
  rollback(): void;
}

/** What a replay reads. */
export interface ReplayRequest {
  /** Half-open, in milliseconds since the epoch; blocks and spans that begin in it. */
  readonly windows: readonly Window[];
  /** Length of the blocks the sink sums over: 60 s and multiples come as kept cells of 60 s, else cells of this length. */
  readonly resolutionMs: number;
  /**
   * Metrics of this service only, and all that Prometheus sent, which names services in other ways; absent: of all. Spans come
   * whole, since what they are is told by those around them.
   */
  readonly service?: string;
}

export interface ReplaySummary {
  readonly points: number;
  /** SHA-256 over what was handed out: equal for equal content, however it came in. */
  readonly digest: string;
}

/** Durable telemetry by tenant. Cumulative points come back as what they added per block: runs, or delta points. */
export interface TelemetryStore {
  writerOf(tenant: string): TelemetryWriter;
  replay(tenant: string, request: ReplayRequest, sink: TelemetrySink | CellSink): Promise<ReplaySummary>;
  /** Latest time of anything stored, in milliseconds since the epoch; NaN where nothing is. */
  latestMs(tenant: string): Promise<number>;
  /** Rejects while nothing can be stored. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
