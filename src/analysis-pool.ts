import { AnalysisSeat } from './analysis-seat.ts';
import type { AnalysisTask } from './analyze-stored.ts';
import type { CellPage } from './api/cell-rows.ts';
import type { CellPageTask } from './cell-pages.ts';
import { AppError } from './domain/error.ts';
import { deadline } from './ingest/sources/deadline.ts';
import type { EngineAddress } from './store/telemetry/client.ts';
import { resultOf, type ThreadAnswer } from './thread-answer.ts';
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
/** Beside `src` and `dist` alike: threads have no loader for TypeScript and run what was built. */
const THREAD = new URL('../dist/analysis-thread.js', import.meta.url).href;

/** A thread for the watch and one for people: who asks for many cells keeps no upgrade waiting. */
export function openAnalysisPool(data: AnalysisThreadData, thread = THREAD): AnalysisPool {
  const [watching, asked] = [new AnalysisSeat(thread, data), new AnalysisSeat(thread, data)];
  return {
    analyse: (task, signal) => run<MadeReport>(watching, 'analyseInThread', task, signal, ANALYSIS),
    cells: (task, signal) => run<CellPage>(asked, 'cellsInThread', task, signal, CELLS),
    close: async () => {
      await Promise.all([watching.close(), asked.close()]);
    },
  };
}

async function run<Result>(
  seat: AnalysisSeat,
  name: string,
  argument: unknown,
  signal: AbortSignal,
  patience: Patience,
): Promise<Result> {
  const limit = deadline(signal, patience.longestMs);
  try {
    return resultOf((await seat.run(argument, name, limit.signal)) as ThreadAnswer<Result>);
  } catch (error) {
    signal.throwIfAborted();
    throw (error as Error).name === 'AbortError' ? tookTooLong(error, patience) : error;
  } finally {
    limit.clear();
  }
}

function tookTooLong(cause: unknown, { problem, remedy, retryAfterSeconds }: Patience): AppError {
  return new AppError('overloaded', problem, { remedy, cause, retryAfterSeconds });
}
