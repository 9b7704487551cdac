import { AppError } from './domain/error.ts';

/** What a thread answers with: of an error only its message and stack cross to another thread, so ours go as plain values. */
export type ThreadAnswer<Result> = { readonly result: Result } | { readonly refusal: Refusal };

type Refusal = Pick<AppError, 'code' | 'message' | 'place' | 'remedy' | 'retryAfterSeconds' | 'faults'> & {
  readonly cause: unknown;
};

export async function answerOf<Result>(work: () => Promise<Result>): Promise<ThreadAnswer<Result>> {
  try {
    return { result: await work() };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message, place, remedy, retryAfterSeconds, faults, stack } = error;
    return { refusal: { code, message, place, remedy, retryAfterSeconds, faults, cause: stack } };
  }
}

export function resultOf<Result>(answer: ThreadAnswer<Result>): Result {
  if ('result' in answer) return answer.result;
  const { code, message, retryAfterSeconds, ...details } = answer.refusal;
  throw new AppError(code, message, { ...details, ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }) });
}
