import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AppError } from '../../../domain/error.ts';
import { type ALIVE, watchHeartbeat } from './heartbeat.ts';

export interface EngineSettings {
  /** Of the store; nothing else may be in it. */
  readonly folder: string;
  /** What the engine may hold in memory, caches included. */
  readonly memoryBytes: number;
  /** Told of every start and every unexpected end. */
  readonly onChange?: (change: EngineChange) => void;
}

export interface EngineChange {
  readonly state: 'ready' | 'down';
  readonly pid: number;
  readonly detail: string;
}

type HostMessage =
  | { readonly state: typeof ALIVE }
  | { readonly state: 'ready'; readonly version: string }
  | { readonly state: 'failed'; readonly code: string; readonly message: string };

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const STOP_MS = 10_000;
/** A parent that was killed leaves a child that needs a moment to notice. */
const TAKEOVER_MS = 1_500;
const ATTEMPT_PAUSE_MS = 100;
/** Longer paths do not fit a socket address (sun_path). */
const LONGEST_SOCKET_PATH = 100;

/** Keeps one engine process running on a folder: starts it again after a crash, with growing pauses, until stopped. */
export class EngineSupervisor {
  readonly socketPath: string;
  readonly #settings: EngineSettings;
  #child: ChildProcess | null = null;
  #isStopping = false;
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | null = null;

  constructor(settings: EngineSettings) {
    this.#settings = { ...settings, folder: resolve(settings.folder) };
    this.socketPath = socketPathOf(this.#settings.folder);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Rejects with code `configuration` where the engine is not installed, `conflict` where the folder is in use. */
  async start(): Promise<void> {
    requireEngine();
    makeFolder(this.#settings.folder);
    const until = performance.now() + TAKEOVER_MS;
    for (;;) {
      try {
        if (await isAnswered(this.socketPath)) throw inUse(this.#settings.folder);
        await this.#launch();
        return;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'conflict' || performance.now() > until) throw error;
        await new Promise((done) => setTimeout(done, ATTEMPT_PAUSE_MS));
      }
    }
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((done) => child.once('exit', () => done()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
  }

  /** Rejects also where the system has no room for another process. */
  async #launch(): Promise<void> {
    const { folder, memoryBytes } = this.#settings;
    const { entry, execArgv } = hostEntry();
    const child = fork(entry, [folder, this.socketPath, String(memoryBytes)], {
      execArgv,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    const tail = lastLines(child);
    await new Promise<void>((done, fail) => {
      let isReady = false;
      let failure: AppError | null = null;
      child.on('message', (message: HostMessage) => {
        if (message.state === 'failed') failure = failureOf(message, folder);
        else if (message.state === 'ready') {
          isReady = true;
          watchHeartbeat(child);
          this.#pauseMs = FIRST_PAUSE_MS;
          this.#settings.onChange?.({ state: 'ready', pid: child.pid ?? 0, detail: message.version });
          done();
        }
      });
      child.on('error', (error) => fail(notStarted(folder, error.message, error)));
      child.on('exit', (code, signal) => {
        this.#child = null;
        const detail = `ended with ${signal ?? `status ${code}`}${tail()}`;
        if (!isReady) fail(failure ?? notStarted(folder, detail));
        else if (!this.#isStopping) {
          this.#settings.onChange?.({ state: 'down', pid: child.pid ?? 0, detail });
          this.#startLater();
        }
      });
    });
  }

  #startLater(): void {
    this.#timer = setTimeout(() => {
      if (this.#isStopping) return;
      this.#launch().catch((error: unknown) => {
        const detail = error instanceof Error ? error.message : String(error);
        this.#settings.onChange?.({ state: 'down', pid: 0, detail });
        if (!this.#isStopping) this.#startLater();
      });
    }, this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }
}

function requireEngine(): void {
  try {
    createRequire(import.meta.url).resolve('chdb');
  } catch (cause) {
    throw missing(cause);
  }
}

function missing(cause: unknown): AppError {
  return new AppError('configuration', 'the embedded telemetry engine is not installed on this machine', {
    remedy: 'install the optional package chdb (Linux with glibc, or macOS), or set POSTFLIGHT_CLICKHOUSE_URL',
    cause,
  });
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new AppError('configuration', `${folder} cannot be made: ${(cause as Error).message}`, {
      place: folder,
      remedy: 'check that its parent is a folder this user may write to, on a disk with free space',
      cause,
    });
  }
}

function notStarted(folder: string, why: string, cause?: unknown): AppError {
  return new AppError('unavailable', `the telemetry engine did not start: ${why}`, {
    place: folder,
    remedy: 'check free memory (it takes up to 1.5 GiB) and the disk, or set POSTFLIGHT_CLICKHOUSE_URL',
    cause,
  });
}

function inUse(folder: string, cause?: Error): AppError {
  const why = cause === undefined ? '' : `, or it cannot be opened: ${cause.message}`;
  return new AppError('conflict', `another process has the telemetry store open${holderOf(folder)}${why}`, {
    place: folder,
    remedy: 'stop it, or use another data folder',
    cause,
  });
}

/** The engine notes its process in its folder. */
function holderOf(folder: string): string {
  try {
    const pid = /PID: (\d+)/.exec(readFileSync(join(folder, 'engine', 'status'), 'utf8'))?.[1];
    return pid === undefined ? '' : ` (engine process ${pid})`;
  } catch {
    return '';
  }
}

function failureOf({ code, message }: { readonly code: string; readonly message: string }, folder: string): AppError {
  const cause = new Error(message);
  if (/MODULE_NOT_FOUND|CHDB_PLATFORM|CHDB_ABI/.test(code)) return missing(cause);
  if (code === 'CHDB_CONNECTION') return inUse(folder, cause);
  return new AppError('unavailable', `the telemetry engine did not open its folder: ${message}`, {
    place: folder,
    remedy:
      'check that this user may write there and the disk has room; where it is damaged, move it away and restore a backup',
    cause,
  });
}

/** A socket that answers belongs to a living host; a file without one was left by a host that was killed. */
function isAnswered(socketPath: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}

function socketPathOf(folder: string): string {
  const path = join(folder, 'engine.sock');
  if (path.length <= LONGEST_SOCKET_PATH) return path;
  return join(tmpdir(), `postflight-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.sock`);
}

/** The host beside this file: compiled, or as TypeScript where this file runs as such. */
function hostEntry(): { readonly entry: string; readonly execArgv: string[] } {
  const isSource = import.meta.url.endsWith('.ts');
  const entry = fileURLToPath(new URL(isSource ? './host.ts' : './host.js', import.meta.url));
  if (!isSource) return { entry, execArgv: [] };
  const loader = createRequire(import.meta.url).resolve('tsx');
  return { entry, execArgv: ['--import', pathToFileURL(loader).href] };
}

function lastLines(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-2_000);
  });
  return () => (text === '' ? '' : `: ${text.trim().split('\n').slice(-5).join(' | ')}`);
}
