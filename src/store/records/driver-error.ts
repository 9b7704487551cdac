import { DrizzleQueryError } from 'drizzle-orm/errors';
import { AppError } from '../../domain/error.ts';

const RETRY_AFTER_SECONDS = 5;

/** The driver's own error. drizzle wraps it in a message that quotes the parameters, which must reach no log. */
export function driverError(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? (error.cause ?? null) : error;
}

export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** What a driver's codes mean. */
export interface DriverCodes {
  /** The statement itself is wrong, so that sending it again cannot help. */
  isDefect(code: string): boolean;
  /** What to look at where the database does not answer. */
  readonly remedy: string;
}

export function databaseError(error: unknown, { isDefect, remedy }: DriverCodes): AppError {
  const cause = driverError(error);
  if (cause instanceof AppError) return cause;
  const code = codeOf(cause);
  if (isDefect(code) || !(cause instanceof Error)) {
    return new AppError('internal', 'a query of the record store is wrong', { place: code || null, cause });
  }
  return new AppError('unavailable', `the record store does not answer: ${cause.message}`, {
    place: code || null,
    remedy,
    cause,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
