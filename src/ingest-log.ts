import type { Logger } from 'pino';
import { AppError } from './domain/error.ts';
import type { Receipt } from './domain/telemetry-store.ts';
import type { IngestAnswer } from './ingest/routes/otlp.ts';
import { receiptMessage } from './ingest/routes/otlp-answers.ts';

const QUIET_MS = 10_000;

/** What came of requests since a line was written. */
interface Counted {
  requests: number;
  rejected: number;
  /** Why the last of them was not taken: the first reason may have passed. */
  lastReason: string;
}

interface Quiet {
  counted: Counted;
  readonly tell: (counted: Counted) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * What becomes of telemetry, for the log. Who is overloaded sheds by the thousand, as does a sender whose clock is wrong, and
 * a line for each would be load of its own: the first is told, the others of the next seconds as a number.
 */
export class IngestLog {
  readonly #log: Pick<Logger, 'warn' | 'debug'>;
  readonly #quietMs: number;
  readonly #quiet = new Map<string, Quiet>();

  constructor(log: Pick<Logger, 'warn' | 'debug'>, quietMs = QUIET_MS) {
    this.#log = log;
    this.#quietMs = quietMs;
  }

  note({ door, status, receipt, error }: IngestAnswer): void {
    if (receipt !== null && receipt.rejected > 0) this.#noteRejected(door, receipt);
    if (status < 400) return;
    if (status !== 503) this.#log.debug({ door, status, err: error }, 'telemetry refused');
    else if (error instanceof AppError) this.#noteShed(door, error);
    else this.#log.warn({ door, status, err: error }, 'telemetry not taken');
  }

  #noteShed(door: string, error: AppError): void {
    const { code, message } = error;
    const isFirst = this.#isFirst(`${door} ${code}`, 0, message, ({ requests, lastReason }) => {
      const seconds = this.#quietMs / 1000;
      this.#log.warn({ door, status: 503, code, requests, seconds, lastReason }, 'more not taken');
    });
    if (isFirst) this.#log.warn({ door, status: 503, err: error }, 'telemetry not taken');
  }

  /** Taken but for a part that will never be: its sender is told, and senders do not always tell anyone. */
  #noteRejected(door: string, receipt: Receipt): void {
    const { rejected } = receipt;
    const reason = receiptMessage(receipt);
    const isFirst = this.#isFirst(`${door} rejected`, rejected, reason, (counted) => {
      this.#log.warn({ door, ...counted, seconds: this.#quietMs / 1000 }, 'more rejected');
    });
    if (isFirst) this.#log.warn({ door, rejected, reason }, 'part of the telemetry rejected');
  }

  /** Whether it is to be told at once; what is not is counted, and told when the quiet ends. */
  #isFirst(key: string, rejected: number, reason: string, tell: (counted: Counted) => void): boolean {
    const quiet = this.#quiet.get(key);
    if (quiet === undefined) {
      const timer = setTimeout(() => this.#tell(key), this.#quietMs).unref();
      this.#quiet.set(key, { counted: nothing(), tell, timer });
      return true;
    }
    quiet.counted.requests++;
    quiet.counted.rejected += rejected;
    quiet.counted.lastReason = reason;
    return false;
  }

  /** Quiet goes on for as long as there is something to be quiet about. */
  #tell(key: string): void {
    const quiet = this.#quiet.get(key)!;
    if (quiet.counted.requests === 0) {
      this.#quiet.delete(key);
      return;
    }
    quiet.tell(quiet.counted);
    quiet.counted = nothing();
    quiet.timer.refresh();
  }
}

function nothing(): Counted {
  return { requests: 0, rejected: 0, lastReason: '' };
}
