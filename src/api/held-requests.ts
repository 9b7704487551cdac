import { AppError } from '../domain/error.ts';

/** Requests that are held open until something happens: each costs a socket and a question a second to the record store. */
export class HeldRequests {
  readonly #limit: number;
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Answers how to let go. */
  hold(): () => void {
    if (this.#count >= this.#limit) {
      throw new AppError('overloaded', `${this.#limit} requests are waiting for reports already`, {
        retryAfterSeconds: 5,
        remedy: 'ask again later, or without waiting',
      });
    }
    this.#count += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#count -= 1;
      isHeld = false;
    };
  }
}
