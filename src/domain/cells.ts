import type { Attributes } from './telemetry.ts';

/** How the buckets of a histogram row are laid out. Rows of one series may differ: bounds and scale can change mid-stream. */
export type BucketLayout =
  /** `bounds.length + 1` counts; bucket i is (bounds[i-1], bounds[i]], the last one is open. Bounds in the series' unit. */
  | { readonly kind: 'explicit'; readonly bounds: Float64Array }
  /** First count is the zero bucket, then consecutive positive buckets from the row's offset: (base^i, base^(i+1)]. */
  | { readonly kind: 'exponential'; readonly scale: number; readonly zeroThreshold: number };

/** Counts of buckets: whole ones in no wider a type than the largest of them needs. */
export type Counts = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Histograms of many rows in one ragged array: row r has counts[firstCount[r] .. firstCount[r+1]). */
export interface HistogramColumn {
  readonly layouts: readonly BucketLayout[];
  /** Index into `layouts`; -1 where the row has no buckets. */
  readonly layoutOfRow: Int32Array;
  readonly firstCount: Int32Array;
  /** Index of the first positive bucket, for exponential rows. */
  readonly offsetOfRow: Int32Array;
  readonly counts: Counts;
}

/** The peer of a client call that names none: null would make it the service's own traffic. */
export const UNKNOWN_PEER = '(unknown)';

/** Before the name of a flag, or of a setting, in the attributes that cells carry. */
export const FLAG_PREFIX = 'feature_flag.';
export const CONFIG_PREFIX = 'config.';

/** Between the variants of a flag that one request met more than one of: such a request belongs to no arm. */
export const BETWEEN_VARIANTS = '|';

/** Attempts are told apart by ordinal up to this one; the last place holds it and every later one. */
export const ORDINALS = 4;

/**
 * The attempts of the calls of a series, row by row as the series itself: a call counts in the block it began in. Attempts that
 * are known of but were not seen are not in it.
 */
export interface AttemptDetail {
  /** [rows x ORDINALS]: attempts seen, and how many of them failed. */
  readonly made: Float64Array;
  readonly failed: Float64Array;
  /** Time spent in attempts, in seconds: what remains of `sum` was spent waiting. */
  readonly attemptSum: Float64Array;
  /** How long attempts took, in seconds. */
  readonly durations: SplitHistogram;
  /**
   * From the end of an attempt to the start of the next, in seconds: entry k is before ordinal k + 2, the last one before later
   * ones too. `failed` are the delays whose retry failed again.
   */
  readonly delays: readonly SplitHistogram[];
  readonly firstRetries: RetryTimes;
}

/** All observations, and those that failed or ended in failure; null where there are none. */
export interface SplitHistogram {
  readonly all: HistogramColumn | null;
  readonly failed: HistogramColumn | null;
}

/** When calls were repeated for the first time: row r has entries first[r] .. first[r + 1], seconds since the epoch rising. */
export interface RetryTimes {
  readonly first: Int32Array;
  readonly second: Float64Array;
  readonly retries: Float64Array;
}

/** What identifies a series of cells: which traffic this was, and what it was exposed to. */
export interface CellKey {
  readonly service: string;
  /** Null: the service as a whole. */
  readonly endpoint: string | null;
  /** The dependency called; null for the service's own requests. */
  readonly peer: string | null;
  readonly instance: string | null;
  readonly version: string | null;
  /** `feature_flag.<flag>`, `config.<key>`, what exposure rules and strata name, and the region or zone of the process. */
  readonly attributes: Attributes;
  /** Spans carry flags and retries, metrics see all traffic: never added together. */
  readonly source: 'metrics' | 'spans';
}

/** The measure of ordinary traffic; other series carry the name of a named indicator, which is never empty. */
export const REQUESTS = '';

/**
 * Cells of one key in time order, by column: row r is the block `block[r]` (index since the epoch, in units of the
 * resolution). A column that the source cannot know is null; a single unknown entry is NaN.
 */
export interface CellSeries {
  readonly key: CellKey;
  /** `REQUESTS` or the name of a named indicator. */
  readonly measure: string;
  readonly block: Int32Array;
  /** Logical requests; a ratio's denominator; a gauge's number of samples. */
  readonly count: Float64Array;
  /** Sum of latencies in seconds; a ratio's numerator; the sum of a gauge's samples. */
  readonly sum: Float64Array | null;
  readonly errors: Float64Array | null;
  /** What went on the wire, and attempts - requests. Null where the source cannot tell. */
  readonly attempts: Float64Array | null;
  readonly retries: Float64Array | null;
  /** Latency of logical requests in seconds, or a named histogram in its own unit. */
  readonly histogram: HistogramColumn | null;
  /** Time in which calls waited to be repeated, in seconds, where a metric tells it. */
  readonly delays?: Float64Array;
  /** What went on the wire for the calls, where spans show it attempt by attempt. */
  readonly attemptDetail?: AttemptDetail;
  /** Mean place of a gauge's samples in their block, 0 at its start, 1 at its end; absent for what covers the block. */
  readonly sampledAt?: number;
}

/** Everything the analysis reads, besides the document: a report is a function of this and nothing else. */
export interface Cells {
  readonly resolutionMs: number;
  readonly series: readonly CellSeries[];
  /** Observed calls: caller service and endpoint (null: unknown) to a peer or service name. */
  readonly calls: readonly CallEdge[];
  /** What flags came out as, by process: exposure of traffic that does not carry its flags itself. */
  readonly evaluations: readonly FlagEvaluationSeries[];
}

/**
 * How often one process evaluated a flag to one variant, in order of block: from `feature_flag.evaluation` log records, or
 * from the OpenFeature metrics counter. The share of a variant in a block is the dose of that process there.
 */
export interface FlagEvaluationSeries {
  readonly service: string;
  readonly instance: string | null;
  readonly flag: string;
  readonly variant: string;
  /** Index since the epoch, in units of the resolution. */
  readonly block: Int32Array;
  readonly count: Float64Array;
}

export interface CallEdge {
  readonly service: string;
  readonly endpoint: string | null;
  /** `server.address`/`peer.service` as the caller names it. */
  readonly peer: string;
  /** The service that answered, where the trace shows it or the caller names it beside an address (`peer.service`). */
  readonly calleeService: string | null;
}

/** The block that holds an instant. */
export function blockOf(timeMs: number, resolutionMs: number): number {
  return Math.floor(timeMs / resolutionMs);
}
