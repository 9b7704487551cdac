import type { Logger } from 'pino';
import { AppError } from './domain/error.ts';
import type { IngestAnswer } from './ingest/routes/otlp.ts';

const QUIET_MS = 10_000;

interface Quiet {
  more: number;
  /** Why the last of them was not taken: the first reason may have passed. */
  lastReason: string;
  readonly timer: NodeJS.Timeout;
}

/**
 * What becomes of telemetry, for the log. Who is overloaded sheds by the thousand, and a line for each would be load of its
 * own: the first is told, the others of the next seconds as a number.
 */
export class IngestLog {
  readonly #log: Pick<Logger, 'warn' | 'debug'>;
  readonly #quietMs: number;
  readonly #quiet = new Map<string, Quiet>();

  constructor(log: Pick<Logger, 'warn' | 'debug'>, quietMs = QUIET_MS) {
    this.#log = log;
    this.#quietMs = quietMs;
  }

  note({ door, status, error }: IngestAnswer): void {
    if (status < 400) return;
    if (status !== 503) this.#log.debug({ door, status, err: error }, 'telemetry refused');
    else if (error instanceof AppError) this.#noteShed(door, error);
    else this.#log.warn({ door, status, err: error }, 'telemetry not taken');
  }

  #noteShed(door: string, error: AppError): void {
    const { code } = error;
    const key = `${door} ${code}`;
    const quiet = this.#quiet.get(key);
    if (quiet !== undefined) {
      quiet.more++;
      quiet.lastReason = error.message;
      return;
    }
    this.#log.warn({ door, status: 503, err: error }, 'telemetry not taken');
    const timer = setTimeout(() => this.#tell(door, code), this.#quietMs).unref();
    this.#quiet.set(key, { more: 0, lastReason: '', timer });
  }

  /** Quiet goes on for as long as there is something to be quiet about. */
  #tell(door: string, code: AppError['code']): void {
    const key = `${door} ${code}`;
    const { more, lastReason, timer } = this.#quiet.get(key)!;
    if (more === 0) {
      this.#quiet.delete(key);
      return;
    }
    const seconds = this.#quietMs / 1000;
    this.#log.warn({ door, status: 503, code, requests: more, seconds, lastReason }, 'more not taken');
    this.#quiet.set(key, { more: 0, lastReason: '', timer: timer.refresh() });
  }
}
