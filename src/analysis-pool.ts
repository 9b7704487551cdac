import { Piscina } from 'piscina';
import type { AnalysisTask } from './analyze-stored.ts';
import { AppError } from './domain/error.ts';
import type { MadeReport } from './watch.ts';

/** Analyses in threads of their own, so that a long one never keeps an acknowledgement waiting. */
export interface AnalysisPool {
  analyse(task: AnalysisTask, signal: AbortSignal): Promise<MadeReport>;
  close(): Promise<void>;
}

/** What a thread needs to find the telemetry: plain values. */
export interface AnalysisThreadData {
  readonly clickhouseUrl: string;
}

const ANALYSIS_LIMIT_MS = 240_000;

export function openAnalysisPool(data: AnalysisThreadData): AnalysisPool {
  const isSource = import.meta.url.endsWith('.ts');
  const pool = new Piscina({
    filename: new URL(isSource ? './analysis-thread.ts' : './analysis-thread.js', import.meta.url).href,
    ...(isSource ? { execArgv: ['--import', 'tsx'] } : {}),
    minThreads: 0,
    maxThreads: 2,
    idleTimeout: 60_000,
    workerData: data,
  });
  return {
    analyse: async (task, signal) => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(ANALYSIS_LIMIT_MS)]);
      try {
        return (await pool.run(task, { name: 'analyseInThread', signal: limit })) as MadeReport;
      } catch (error) {
        throw asAppError(error);
      }
    },
    close: () => pool.destroy(),
  };
}

/** Errors lose their class between threads. */
function asAppError(error: unknown): unknown {
  const { name, code, message, place, remedy, retryAfterSeconds } = error as Partial<AppError>;
  if (error instanceof AppError || name !== 'AppError' || code === undefined) return error;
  const retry = typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {};
  return new AppError(code, message ?? '', { place: place ?? null, remedy: remedy ?? null, cause: error, ...retry });
}
