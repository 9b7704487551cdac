import { AppError } from '../../domain/error.ts';

/** Senders repeat a delivery after minutes, and sign it anew; Standard Webhooks' own libraries allow the same. */
export const TOLERANCE_MS = 300_000;

/** Deliveries that were taken within the tolerance: none of them is taken twice. After that their own time refuses them. */
export class Deliveries {
  readonly #limit: number;
  /** When each may be forgotten, in the order they came. */
  readonly #untilMs = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Answers false where it was taken already. */
  take(id: string, nowMs: number): boolean {
    if ((this.#untilMs.get(id) ?? Number.NEGATIVE_INFINITY) > nowMs) return false;
    this.#forgetOld(nowMs);
    if (this.#untilMs.size >= this.#limit) {
      throw new AppError('overloaded', 'more signed deliveries come than can be told apart', {
        remedy: 'send it again in a minute',
        retryAfterSeconds: 60,
      });
    }
    // Signed ahead of our clock as far as is allowed, it is still fresh for twice the tolerance.
    this.#untilMs.set(id, nowMs + 2 * TOLERANCE_MS);
    return true;
  }

  /** Of one that could not be stored: it may come again. */
  giveBack(id: string): void {
    this.#untilMs.delete(id);
  }

  #forgetOld(nowMs: number): void {
    for (const [id, untilMs] of this.#untilMs) {
      if (untilMs > nowMs) return;
      this.#untilMs.delete(id);
    }
  }
}
