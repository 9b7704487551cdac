import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf } from '../../../bench/load/process-tree.ts';

const SYNC_CALLS = 'fsync,fdatasync';
const ATTACH_MS = 1500;

export type SyncFault = { readonly delayMs: number } | { readonly error: 'EIO' };

/** Null where system calls of another process can be tampered with; else why not. */
export function missingTracer(): string | null {
  if (process.getuid?.() !== 0) return 'not root: tampering with system calls of another process needs it';
  const found = (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, 'strace')));
  return found ? null : 'strace is not installed';
}

/** Makes every sync of a process and its descendants slow, or fail, until stopped. */
export async function tamperSyncs(pid: number, fault: SyncFault): Promise<{ stop(): Promise<void> }> {
  const what = 'error' in fault ? `error=${fault.error}` : `delay_enter=${fault.delayMs * 1000}`;
  const targets = descendantsOf(pid).flatMap((one) => ['-p', String(one)]);
  const args = ['-f', '-qq', '-e', `trace=${SYNC_CALLS}`, '-e', `inject=${SYNC_CALLS}:${what}`, '-o', '/dev/null'];
  const tracer = spawn('strace', [...args, ...targets], { stdio: ['ignore', 'ignore', 'pipe'] });
  await sleep(ATTACH_MS);
  if (tracer.exitCode !== null) throw new Error(`strace ended with ${tracer.exitCode}`);
  return { stop: () => detach(tracer) };
}

async function detach(tracer: ChildProcess): Promise<void> {
  if (tracer.exitCode !== null || tracer.signalCode !== null) return;
  const gone = once(tracer, 'exit');
  tracer.kill('SIGINT');
  await gone;
}
