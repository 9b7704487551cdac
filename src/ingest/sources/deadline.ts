export interface Deadline {
  readonly signal: AbortSignal;
  /** To be called when what it was for has ended. */
  clear(): void;
}

/**
 * Aborts when another signal does, or after so long. Not `AbortSignal.any` of an `AbortSignal.timeout`: in Node 20 both are
 * held weakly, and what has been collected never aborts.
 */
export function deadline(outer: AbortSignal | undefined, ms: number): Deadline {
  const controller = new AbortController();
  const abort = (): void => controller.abort(outer?.reason);
  const timer = setTimeout(() => controller.abort(new DOMException('it took too long', 'TimeoutError')), ms);
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
    },
  };
}
