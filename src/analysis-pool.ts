import { Piscina } from 'piscina';
import type { AnalysisTask } from './analyze-stored.ts';
import type { CellPage } from './api/cell-rows.ts';
import type { CellPageTask } from './cell-pages.ts';
import { AppError } from './domain/error.ts';
import { deadline } from './ingest/sources/deadline.ts';
import type { EngineAddress } from './store/telemetry/client.ts';
import type { MadeReport } from './watch.ts';

/** Analyses in threads of their own, so that a long one never keeps an acknowledgement waiting. */
export interface AnalysisPool {
  analyse(task: AnalysisTask, signal: AbortSignal): Promise<MadeReport>;
  cells(task: CellPageTask, signal: AbortSignal): Promise<CellPage>;
  close(): Promise<void>;
}

/** What a thread needs to find the telemetry: plain values. */
export interface AnalysisThreadData {
  readonly address: EngineAddress;
}

/** How long something may take, waiting for its turn included, and what is said where it takes longer. */
interface Patience {
  readonly longestMs: number;
  readonly problem: string;
  readonly remedy: string;
  readonly retryAfterSeconds: number;
}

/** The next try would hardly take less: others have their turn before it. */
const ANALYSIS: Patience = {
  longestMs: 240_000,
  problem: 'the analysis took too long',
  remedy: 'give the upgrade a shorter baseline or a coarser resolution; it is tried again in ten minutes',
  retryAfterSeconds: 600,
};
/** Whoever asks for cells has to hear within two minutes, or the connection is cut as silent. */
const CELLS: Patience = {
  longestMs: 110_000,
  problem: 'reading the cells took too long',
  remedy: 'ask for a shorter stretch of time, or for one service',
  retryAfterSeconds: 30,
};
const MOST_WAITING = 16;
const IDLE_MS = 60_000;

/** A thread for the watch and one for people: who asks for many cells keeps no upgrade waiting. */
export function openAnalysisPool(data: AnalysisThreadData): AnalysisPool {
  const [watching, asked] = [openThread(data), openThread(data)];
  return {
    analyse: (task, signal) => run<MadeReport>(watching, 'analyseInThread', task, signal, ANALYSIS),
    cells: (task, signal) => run<CellPage>(asked, 'cellsInThread', task, signal, CELLS),
    close: async () => {
      await Promise.all([watching.destroy(), asked.destroy()]);
    },
  };
}

function openThread(data: AnalysisThreadData): Piscina {
  return new Piscina({
    // Beside `src` and `dist` alike: threads have no loader for TypeScript and run what was built.
    filename: new URL('../dist/analysis-thread.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    maxQueue: MOST_WAITING,
    idleTimeout: IDLE_MS,
    workerData: data,
  });
}

async function run<Result>(
  thread: Piscina,
  name: string,
  argument: unknown,
  signal: AbortSignal,
  patience: Patience,
): Promise<Result> {
  const limit = deadline(signal, patience.longestMs);
  try {
    return (await thread.run(argument, { name, signal: limit.signal })) as Result;
  } catch (error) {
    signal.throwIfAborted();
    throw asAppError(error, patience);
  } finally {
    limit.clear();
  }
}

/** Errors lose their class between threads. */
function asAppError(error: unknown, patience: Patience): unknown {
  if (error instanceof AppError) return error;
  const { code, message, place, remedy, retryAfterSeconds } = error as Partial<AppError>;
  const { name } = error as Error;
  if (name === 'AbortError') return tookTooLong(error, patience);
  if (message === 'Task queue is at limit') return tooManyWait(error);
  if (name !== 'AppError' || code === undefined) return error;
  const retry = typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {};
  return new AppError(code, message ?? '', { place: place ?? null, remedy: remedy ?? null, cause: error, ...retry });
}

function tookTooLong(cause: unknown, { problem, remedy, retryAfterSeconds }: Patience): AppError {
  return new AppError('overloaded', problem, { remedy, cause, retryAfterSeconds });
}

function tooManyWait(cause: unknown): AppError {
  return new AppError('overloaded', 'too many analyses are waiting', {
    remedy: 'ask again later',
    cause,
    retryAfterSeconds: 30,
  });
}
