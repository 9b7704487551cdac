import { Piscina } from 'piscina';
import type { AnalysisTask } from './analyze-stored.ts';
import type { Cells } from './domain/cells.ts';
import { AppError } from './domain/error.ts';
import type { StoredCells } from './fold-stored.ts';
import type { EngineAddress } from './store/telemetry/client.ts';
import type { MadeReport } from './watch.ts';

/** Analyses in threads of their own, so that a long one never keeps an acknowledgement waiting. */
export interface AnalysisPool {
  analyse(task: AnalysisTask, signal: AbortSignal): Promise<MadeReport>;
  fold(wanted: StoredCells, signal: AbortSignal): Promise<Cells>;
  close(): Promise<void>;
}

/** What a thread needs to find the telemetry: plain values. */
export interface AnalysisThreadData {
  readonly address: EngineAddress;
}

const LONGEST_RUN_MS = 240_000;
/** One for the watch, one for people who ask for cells. */
const THREADS = 2;
const MOST_WAITING = 16;
const IDLE_MS = 60_000;

export function openAnalysisPool(data: AnalysisThreadData): AnalysisPool {
  const pool = new Piscina({
    // Beside `src` and `dist` alike: threads have no loader for TypeScript and run what was built.
    filename: new URL('../dist/analysis-thread.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: THREADS,
    maxQueue: MOST_WAITING,
    idleTimeout: IDLE_MS,
    workerData: data,
  });
  const run = async (name: string, argument: unknown, signal: AbortSignal): Promise<unknown> => {
    try {
      return await pool.run(argument, {
        name,
        signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_RUN_MS)]),
      });
    } catch (error) {
      signal.throwIfAborted();
      throw asAppError(error);
    }
  };
  return {
    analyse: async (task, signal) => (await run('analyseInThread', task, signal)) as MadeReport,
    fold: async (wanted, signal) => (await run('foldInThread', wanted, signal)) as Cells,
    close: () => pool.destroy(),
  };
}

/** Errors lose their class between threads. */
function asAppError(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const { code, message, place, remedy, retryAfterSeconds } = error as Partial<AppError>;
  const { name } = error as Error;
  if (name === 'AbortError' || message === 'Task queue is at limit') {
    const problem = name === 'AbortError' ? 'the analysis took too long' : 'too many analyses are waiting';
    return new AppError('overloaded', problem, { cause: error, retryAfterSeconds: 30 });
  }
  if (name !== 'AppError' || code === undefined) return error;
  const retry = typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {};
  return new AppError(code, message ?? '', { place: place ?? null, remedy: remedy ?? null, cause: error, ...retry });
}
