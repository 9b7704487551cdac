import { Piscina } from 'piscina';
import { AppError } from './domain/error.ts';

const MOST_WAITING = 16;
const IDLE_MS = 60_000;

/**
 * A thread for one analysis at a time, started where there is work and ended where there is none. One that cannot start, as while
 * another version is being installed over ours, takes nothing with it: who waited is refused, and the next starts another.
 */
export class AnalysisSeat {
  readonly #open: () => Piscina;
  #pool: Piscina | null = null;
  #startFailure: unknown = null;

  constructor(filename: string, workerData: unknown) {
    this.#open = () =>
      new Piscina({
        filename,
        workerData,
        minThreads: 0,
        maxThreads: 1,
        maxQueue: MOST_WAITING,
        idleTimeout: IDLE_MS,
      });
  }

  async run(argument: unknown, name: string, signal: AbortSignal): Promise<unknown> {
    try {
      return await this.#started().run(argument, { name, signal });
    } catch (error) {
      throw this.#asOurs(error);
    }
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
  }

  #started(): Piscina {
    if (this.#pool !== null) return this.#pool;
    const pool = this.#open();
    // What fails under way is told to whoever asked; this is for what nobody asked.
    pool.on('error', (error: unknown) => {
      this.#startFailure = error;
      if (this.#pool === pool) this.#pool = null;
      void pool.destroy();
    });
    this.#pool = pool;
    return pool;
  }

  #asOurs(error: unknown): unknown {
    const { message } = error as Error;
    if (message === 'Task queue is at limit') return tooManyWait(error);
    if (message !== 'Terminating worker thread' || this.#startFailure === null) return error;
    const cause = this.#startFailure;
    return new AppError('unavailable', `no thread could be started for analyses: ${(cause as Error).message}`, {
      remedy:
        'see that the installed version is whole, and that there is memory and room for a thread; it is tried again',
      cause,
      retryAfterSeconds: 60,
    });
  }
}

function tooManyWait(cause: unknown): AppError {
  return new AppError('overloaded', 'too many analyses are waiting', {
    remedy: 'ask again later',
    cause,
    retryAfterSeconds: 30,
  });
}
