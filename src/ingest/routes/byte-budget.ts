import { AppError } from '../../domain/error.ts';

export function moreThanFits(): AppError {
  return new AppError('overloaded', 'more is being received than fits in memory', {
    remedy: 'send again later',
    retryAfterSeconds: 1,
  });
}

/** Bytes that all requests together may hold in memory: a request that does not fit is told to come again. */
export class ByteBudget {
  readonly limitBytes: number;
  #usedBytes = 0;

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  open(): ByteHold {
    return new ByteHold(this);
  }

  take(bytes: number): void {
    if (this.#usedBytes + bytes > this.limitBytes) throw moreThanFits();
    this.#usedBytes += bytes;
  }

  give(bytes: number): void {
    this.#usedBytes -= bytes;
  }
}

/** What one request holds of the budget. */
export class ByteHold {
  readonly #budget: ByteBudget;
  #heldBytes = 0;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  take(bytes: number): void {
    this.#budget.take(bytes);
    this.#heldBytes += bytes;
  }

  /** No more than is held: what comes late, after the release, has been given back. */
  give(bytes: number): void {
    const given = Math.min(bytes, this.#heldBytes);
    this.#budget.give(given);
    this.#heldBytes -= given;
  }

  release(): void {
    this.give(this.#heldBytes);
  }
}
