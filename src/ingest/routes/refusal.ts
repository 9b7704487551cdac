import { AppError } from '../../domain/error.ts';
import { HTTP_STATUS } from './http-status.ts';

/** What a sender of telemetry is told. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
}

/**
 * An error as senders of telemetry are told it. They must not repeat a 500 (OTLP) and would lose their data: what we did
 * not foresee is "later", too.
 */
export function refusalOf(caught: unknown): AppError {
  if (caught instanceof AppError && HTTP_STATUS[caught.code] !== 500) return caught;
  return new AppError('unavailable', 'something went wrong here; it is in the log', {
    remedy: 'send it again later',
    cause: caught,
    retryAfterSeconds: 30,
  });
}
