import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf } from './process-tree.ts';

const TAIL_CHARACTERS = 4000;

/** None outlives the process that started it, however that ends. */
const running = new Set<ServerProcess>();
process.on('exit', () => {
  for (const server of running) server.killNow();
});
for (const [name, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(name, () => process.exit(status));
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

/** A server as the leader of a process group of its own; ended by its own id. */
export class ServerProcess {
  readonly child: ChildProcess;
  readonly command: Command;
  #tail = '';

  constructor(command: Command) {
    this.command = command;
    this.child = spawn(command.file, command.args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: command.folder,
      env: { ...process.env, ...command.environment },
    });
    running.add(this);
    this.child.on('exit', () => running.delete(this));
    this.child.on('error', (error) => this.#keep(String(error)));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.#keep(chunk.toString()));
    }
  }

  get pid(): number {
    const { pid } = this.child;
    if (pid === undefined) throw new Error(`${this.command.file} did not start: ${this.#tail}`);
    return pid;
  }

  get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined;
  }

  /** The last of what it printed. */
  get printed(): string {
    return this.#tail;
  }

  /** Waits until `url` answers 2xx; answers after how many milliseconds it did. */
  async ready(url: string, withinMs: number): Promise<number> {
    const began = performance.now();
    while (performance.now() - began < withinMs) {
      if (this.ended) throw new Error(`${this.command.file} ended before it was ready:\n${this.#tail}`);
      if (await answers(url)) return performance.now() - began;
      await sleep(10);
    }
    throw new Error(`${url} did not answer within ${withinMs} ms:\n${this.#tail}`);
  }

  /** SIGKILL to the group and to whatever of its descendants left the group; returns when all are gone. */
  async kill(): Promise<void> {
    if (this.ended) return;
    const gone = once(this.child, 'exit');
    const members = this.killNow();
    await gone;
    while (members.some((member) => descendantsOf(member).length > 0)) await sleep(2);
  }

  /** The same without waiting; answers who was told. */
  killNow(): readonly number[] {
    if (this.ended) return [];
    const members = descendantsOf(this.pid);
    signal(-this.pid, 'SIGKILL');
    for (const member of members) signal(member, 'SIGKILL');
    return members;
  }

  /** SIGTERM; SIGKILL where it has not ended in time. Answers how long it took, and the exit status. */
  async stop(withinMs = 30_000): Promise<{ milliseconds: number; status: number | null }> {
    const began = performance.now();
    if (!this.ended) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      const late = setTimeout(() => void this.kill(), withinMs);
      await gone;
      clearTimeout(late);
    }
    return { milliseconds: performance.now() - began, status: this.child.exitCode };
  }

  #keep(text: string): void {
    this.#tail = (this.#tail + text).slice(-TAIL_CHARACTERS);
  }
}

/** Below those that systems give out by themselves: one of these may be taken before a server has started on it. */
const PORTS = { first: 10_000, count: 20_000 };
/** Where others look for a port at the same time they begin elsewhere: two servers on one port would answer for each other. */
let nextPort = Math.floor(Math.random() * PORTS.count);

export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS.count; tries++) {
    const port = PORTS.first + (nextPort++ % PORTS.count);
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (isListening) await new Promise((resolve) => server.close(resolve));
  return isListening;
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

/** The process may have gone meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
