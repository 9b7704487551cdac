import type { TelemetryLimits } from '../limits.ts';
import type { CommitQueue } from './commit-queue.ts';
import { type CredibleTime, credibleTime } from './credible-time.ts';
import { TenantWriter } from './tenant-writer.ts';

const HOUR_MS = 3_600_000;
/** A stream that was registered longer ago is registered again, so that its registration outlives its points. */
const LONGEST_LIFE_MS = 24 * HOUR_MS;

/**
 * The writer of each tenant. One is replaced when a day old, or when it refuses series and an hour old: those that ended
 * then make room, and those in use within the last hour keep their places.
 */
export class TenantWriters {
  readonly #limits: TelemetryLimits;
  readonly #queue: CommitQueue;
  readonly #nowMs: () => number;
  readonly #time: () => CredibleTime;
  readonly #writers = new Map<string, TenantWriter>();

  constructor(limits: TelemetryLimits, queue: CommitQueue, nowMs: () => number) {
    this.#limits = limits;
    this.#queue = queue;
    this.#nowMs = nowMs;
    this.#time = credibleTime(nowMs, () => performance.now());
  }

  of(tenant: string): TenantWriter {
    const now = this.#nowMs();
    const writer = this.#writers.get(tenant);
    if (writer !== undefined && Math.abs(now - writer.madeMs) < (writer.isFull ? HOUR_MS : LONGEST_LIFE_MS))
      return writer;
    const expected = writer?.namesSince(now - HOUR_MS) ?? new Set<string>();
    const next = new TenantWriter(tenant, this.#limits, this.#queue, this.#nowMs, this.#time, expected);
    this.#writers.set(tenant, next);
    return next;
  }
}
