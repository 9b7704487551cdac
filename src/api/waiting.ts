import type { Context } from 'hono';
import { AppError } from '../domain/error.ts';
import type { ApiEnv, ApiParts } from './services.ts';

/** How often the record store is asked; reports may come from another process, so nothing else would tell. */
const QUESTION_MS = 1_000;

/**
 * Asks until the answer is not null, the time is up (null), or nobody waits any more. The service stopping counts as the
 * time being up.
 */
export async function waitFor<Result>(
  { elapsedMs, sleep, held, stopping }: ApiParts,
  signal: AbortSignal,
  waitMs: number,
  ask: () => Promise<Result | null>,
): Promise<Result | null> {
  const untilMs = elapsedMs() + waitMs;
  const isOver = (): boolean => elapsedMs() >= untilMs || stopping.aborted;
  const first = await ask();
  if (first !== null || isOver()) return first;
  const letGo = held.hold();
  const ended = AbortSignal.any([signal, stopping]);
  try {
    for (;;) {
      await sleep(Math.min(QUESTION_MS, Math.max(0, untilMs - elapsedMs())), ended);
      if (signal.aborted) throw new AppError('interrupted', 'the client has gone');
      const result = await ask();
      if (result !== null || isOver()) return result;
    }
  } finally {
    letGo();
  }
}

/** Aborted when the client has gone. */
export function clientSignal(context: Context<ApiEnv>): AbortSignal {
  return context.req.raw.signal;
}
