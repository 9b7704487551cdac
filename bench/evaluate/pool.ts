import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Job, Outcome } from './job.ts';

export const WORKERS = 2;
const WORKER = join(import.meta.dirname, 'worker.ts');

export interface PoolOptions {
  /** A job that takes longer is failed, and its process replaced. */
  readonly timeoutMs: number;
  readonly onProgress: (done: number, all: number) => void;
}

export type Settled = Outcome | { readonly kind: 'failed'; readonly error: string };

/** Runs jobs in worker processes, one at a time in each: a job that hangs or crashes takes nothing else down. */
export async function runJobs(jobs: readonly Job[], options: PoolOptions): Promise<Settled[]> {
  const settled = new Array<Settled>(jobs.length);
  let next = 0;
  let done = 0;
  const serve = async (): Promise<void> => {
    let worker: ChildProcess | null = null;
    while (next < jobs.length) {
      const number = next++;
      worker ??= fork(WORKER, {
        cwd: import.meta.dirname,
        execArgv: ['--import', 'tsx'],
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      settled[number] = await ask(worker, number, jobs[number]!, options.timeoutMs);
      if (settled[number].kind === 'failed') {
        worker.kill('SIGKILL');
        worker = null;
      }
      options.onProgress(++done, jobs.length);
    }
    worker?.disconnect();
  };
  await Promise.all(Array.from({ length: WORKERS }, serve));
  return settled;
}

function ask(worker: ChildProcess, number: number, job: Job, timeoutMs: number): Promise<Settled> {
  return new Promise((resolve) => {
    const settle = (settled: Settled): void => {
      clearTimeout(timer);
      worker.removeAllListeners();
      resolve(settled);
    };
    const timer = setTimeout(() => settle({ kind: 'failed', error: `ran past ${timeoutMs / 1000} s` }), timeoutMs);
    worker.on('message', ({ outcome, error }: { outcome?: Outcome; error?: string }) =>
      settle(outcome ?? { kind: 'failed', error: error ?? 'no answer' }),
    );
    worker.on('exit', (status, signal) => settle({ kind: 'failed', error: `worker ended with ${status ?? signal}` }));
    worker.on('error', (error) => settle({ kind: 'failed', error: error.message }));
    worker.send({ number, job });
  });
}
