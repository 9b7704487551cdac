import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '../../../domain/error.ts';
import { PendingRows } from './pending-rows.ts';
import { DIMENSIONS, FACTS, type WrittenTable } from './tables.ts';

export interface CommitSettings {
  /** Rows are refused while this many bytes wait. */
  readonly queueBytes: number;
  /** A batch this large is not held back. */
  readonly batchBytes: number;
  /** Least time between the starts of two smaller batches: every batch is a part on disk that has to be merged. */
  readonly spacingMs: number;
  /** How long a batch is tried, and how long the engine may be away before rows are refused at once. */
  readonly patienceMs: number;
  /** Rows that would wait longer for their turn are refused: exporters give up after ten seconds, and send all of it again. */
  readonly longestWaitMs: number;
}

export const DEFAULT_COMMIT: CommitSettings = {
  queueBytes: 256 * 2 ** 20,
  batchBytes: 16 * 2 ** 20,
  spacingMs: 200,
  patienceMs: 5_000,
  longestWaitMs: 3_000,
};

/** Inserts rows under a token: the same token again inserts nothing. Resolves when they are on disk. */
export interface BatchTarget {
  insert(table: WrittenTable, rows: Uint8Array, token: string): Promise<void>;
  /** Writes something that says nothing, under a token of its own, as rows are written. */
  probe(token: string): Promise<void>;
}

interface Waiter {
  readonly stored: () => void;
  readonly failed: (error: AppError) => void;
}

interface Batch {
  readonly rows: PendingRows;
  waiters: Waiter[];
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
const RETRY_AFTER_SECONDS = 5;
/** Of what is written in the time that rows may wait. */
const LITTLE = 0.25;
const LONGEST_HOLD_MS = 1_000;
/** Smaller batches say how long a write takes at least, and nothing of how much is written in a second. */
const TELLING_BYTES = 2 ** 20;

/**
 * Group commit: what all requests hand in while one batch is written is the next batch. A batch whose insert fails is
 * tried again under its tokens, so that what had been stored all the same is not stored twice.
 */
export class CommitQueue {
  readonly #target: BatchTarget;
  readonly #settings: CommitSettings;
  readonly #process = randomUUID();
  #open: Batch = { rows: new PendingRows(), waiters: [] };
  #spare: Batch = { rows: new PendingRows(), waiters: [] };
  #flying: Promise<void> | null = null;
  #flyingBytes = 0;
  #flyingFactBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #sequence = 0;
  #startedMs = Number.NEGATIVE_INFINITY;
  /** Until when a little is held back. */
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  #dueMs = Number.POSITIVE_INFINITY;
  #comingBytes = 0;
  #downSinceMs = Number.NaN;
  /** Why the last batch that was given up failed, until something is written again. */
  #failure: AppError | null = null;
  #isWatching = false;
  /** Of batches that were large enough to say; NaN before the first. */
  #bytesPerMs = Number.NaN;
  #isClosed = false;

  constructor(target: BatchTarget, settings: CommitSettings) {
    this.#target = target;
    this.#settings = settings;
  }

  get waitingBytes(): number {
    return this.#open.rows.bytes + this.#flyingBytes;
  }

  /** What was said to be on its way, and still is. */
  get comingBytes(): number {
    return this.#comingBytes;
  }

  /** Why nothing can be written, as far as is known; null once something was. */
  get failure(): AppError | null {
    return this.#failure;
  }

  /** Takes the rows out of `pending`, at once; where they cannot be taken, what was registered stays in it. */
  add(pending: PendingRows): Promise<void> {
    if (pending.rows === 0) return Promise.resolve();
    const refusal = this.#refusalOf(pending.factBytes);
    if (refusal !== null) {
      pending.clearFacts();
      return Promise.reject(refusal);
    }
    this.#open.rows.append(pending);
    pending.clear();
    const stored = new Promise<void>((resolve, reject) => {
      this.#open.waiters.push({ stored: resolve, failed: reject });
    });
    this.#schedule();
    return stored;
  }

  /** Writes what waits; nothing is taken after it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#flying !== null || this.#open.rows.rows > 0) {
      if (this.#flying === null) this.#fly();
      await this.#flying;
    }
  }

  /** Why nothing would be taken now of what is not on its way yet; null where something would. */
  refusal(): AppError | null {
    return this.#absence() ?? (this.#waitingFactBytes + this.#comingBytes <= this.#writtenInTime() ? null : TOO_MUCH);
  }

  /** What was registered while nothing could be written must not keep what comes after it from being taken. */
  get #waitingFactBytes(): number {
    return this.#open.rows.factBytes + this.#flyingFactBytes;
  }

  /** So many bytes are on their way here; negative: no longer, since they are here or will never be. */
  expect(bytes: number): void {
    this.#comingBytes += bytes;
    if (this.#comingBytes === 0 && this.#open.rows.rows > 0) this.#schedule();
  }

  /** What was let in is worth more than what comes: it waits for up to twice as long. */
  #refusalOf(bytes: number): AppError | null {
    const waitingBytes = this.#waitingFactBytes;
    const isTooMuch = waitingBytes + bytes > this.#settings.queueBytes || waitingBytes > 2 * this.#writtenInTime();
    return this.#absence() ?? (isTooMuch ? TOO_MUCH : null);
  }

  #absence(): AppError | null {
    if (this.#isClosed) return STOPPING;
    const isAway = this.#failure !== null || performance.now() - this.#downSinceMs > this.#settings.patienceMs;
    return isAway ? AWAY : null;
  }

  /** As much as is written in the time that rows may wait; a batch at least. */
  #writtenInTime(): number {
    const { batchBytes, longestWaitMs, queueBytes } = this.#settings;
    return Number.isNaN(this.#bytesPerMs)
      ? queueBytes
      : Math.min(queueBytes, Math.max(batchBytes, this.#bytesPerMs * longestWaitMs));
  }

  #noteWritten(): void {
    this.#downSinceMs = Number.NaN;
    this.#failure = null;
  }

  #noteRate(bytes: number, tookMs: number): void {
    if (bytes < TELLING_BYTES) return;
    const rate = bytes / tookMs;
    this.#bytesPerMs = Number.isNaN(this.#bytesPerMs) ? rate : (this.#bytesPerMs + rate) / 2;
  }

  #schedule(): void {
    if (this.#flying !== null) return;
    const dueMs = this.#dueNow();
    if (this.#timer !== null) {
      if (dueMs >= this.#dueMs) return;
      clearTimeout(this.#timer);
    }
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => this.#fly(), Math.max(0, dueMs - performance.now()));
  }

  /**
   * When what waits is written. A little is held back while more is on its way, for a part of the time that a write takes: where
   * writing is slow, what each batch costs whatever its size is what counts (as PostgreSQL's commit_delay and commit_siblings).
   */
  #dueNow(): number {
    const { batchBytes, spacingMs } = this.#settings;
    const { bytes } = this.#open.rows;
    if (bytes >= batchBytes) return Number.NEGATIVE_INFINITY;
    const spacedMs = this.#startedMs + spacingMs;
    if (this.#comingBytes === 0 || bytes >= LITTLE * this.#writtenInTime()) return spacedMs;
    return Math.max(spacedMs, this.#heldUntilMs);
  }

  #fly(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dueMs = Number.POSITIVE_INFINITY;
    const batch = this.#open;
    this.#open = this.#spare;
    this.#spare = batch;
    this.#flyingBytes = batch.rows.bytes;
    this.#flyingFactBytes = batch.rows.factBytes;
    this.#startedMs = performance.now();
    this.#flying = this.#write(batch).finally(() => {
      const endedMs = performance.now();
      this.#heldUntilMs = endedMs + Math.min((endedMs - this.#startedMs) / 2, LONGEST_HOLD_MS);
      batch.rows.clear();
      batch.waiters = [];
      this.#flying = null;
      this.#flyingBytes = 0;
      this.#flyingFactBytes = 0;
      if (this.#hasWork()) this.#schedule();
    });
  }

  /** What was registered alone is written once the engine answers: it waits for no new telemetry. */
  #hasWork(): boolean {
    const { rows, bytes } = this.#open.rows;
    return rows > 0 || (bytes > 0 && Number.isNaN(this.#downSinceMs));
  }

  async #write(batch: Batch): Promise<void> {
    const token = `${this.#process}-${this.#sequence++}`;
    const done = new Set<WrittenTable>();
    const giveUpMs = performance.now() + this.#settings.patienceMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await this.#insert(batch.rows, DIMENSIONS, token, done);
        await this.#insert(batch.rows, FACTS, token, done);
        this.#noteWritten();
        this.#noteRate(batch.rows.bytes, performance.now() - this.#startedMs);
        for (const { stored } of batch.waiters) stored();
        return;
      } catch (cause) {
        if (Number.isNaN(this.#downSinceMs)) this.#downSinceMs = performance.now();
        if (performance.now() + pauseMs > giveUpMs) {
          this.#open.rows.appendDimensions(batch.rows);
          this.#failure = unavailable(cause);
          for (const { failed } of batch.waiters) failed(this.#failure);
          if (!this.#isWatching) void this.#watch();
          return;
        }
      }
      await pause(pauseMs);
    }
  }

  async #insert(
    rows: PendingRows,
    tables: readonly WrittenTable[],
    token: string,
    done: Set<WrittenTable>,
  ): Promise<void> {
    const waiting = tables.filter((table) => rows.tables[table].rows > 0 && !done.has(table));
    const results = await Promise.allSettled(
      waiting.map(async (table) => {
        await this.#target.insert(table, rows.tables[table].bytes, `${token}-${table}`);
        done.add(table);
      }),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Writes until something is written, so that rows are taken again: an engine whose disk is full answers, but stores nothing. */
  async #watch(): Promise<void> {
    this.#isWatching = true;
    while (!this.#isClosed && this.#failure !== null) {
      try {
        await this.#target.probe(`${this.#process}-${this.#sequence++}`);
        this.#noteWritten();
        if (this.#hasWork()) this.#schedule();
      } catch {
        await pause(LONGEST_PAUSE_MS / 2, undefined, { ref: false });
      }
    }
    this.#isWatching = false;
  }
}

function unavailable(cause?: unknown): AppError {
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  return new AppError('unavailable', `the telemetry store does not take data${detail}`, {
    remedy: 'send it again later',
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    cause,
  });
}

/** Made once: they are answered by the thousand, and where they come from says nothing. */
const STOPPING = new AppError('unavailable', 'the service is stopping', {
  remedy: 'send it again when it has started',
  retryAfterSeconds: RETRY_AFTER_SECONDS,
});
const AWAY = unavailable();
const TOO_MUCH = new AppError('overloaded', 'more telemetry came than can be written', {
  remedy: 'send it again later, or send less at once',
  retryAfterSeconds: 1,
});
