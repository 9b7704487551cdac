import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, ServerProcess } from '../../bench/load/server-process.ts';
import { judge, type LedgerVerdict } from './ledger/judge.ts';
import { readLedger } from './ledger/ledger-file.ts';
import { Load } from './ledger/load.ts';
import type { LoadOrder, LoadStatistics } from './ledger/load-order.ts';
import { BLOCK_MS, type LedgerPlan } from './ledger/plan.ts';
import { readCells } from './ledger/read-cells.ts';
import type { Target } from './target.ts';

const START_MS = 60_000;
const DRAIN_MS = 120_000;
const PAST_MS = 3 * 24 * 3600_000;

/** A service under load while something is done to it. */
export interface Trial {
  readonly folder: string;
  readonly url: string;
  readonly service: ServerProcess;
  readonly load: Load;
  /** Of every start: milliseconds from spawning to being ready. */
  readonly startsMs: readonly number[];
  start(): Promise<void>;
}

export interface TrialOptions {
  readonly target: Target;
  readonly folder: string;
  /** Where the ledger is kept: never on the disk that is broken. */
  readonly ledgerFolder?: string;
  /** A store behind a network in place of the one in the folder. */
  readonly clickhouseUrl?: string;
  readonly plan?: Partial<LedgerPlan>;
  readonly load?: Partial<Omit<LoadOrder, 'url' | 'plan' | 'ledger'>>;
  disturb(trial: Trial): Promise<void>;
}

export interface TrialOutcome {
  readonly verdict: LedgerVerdict;
  readonly load: LoadStatistics;
  readonly startsMs: readonly number[];
}

/** Load on, disturb, load drained, read back, compare. */
export async function runTrial(options: TrialOptions): Promise<TrialOutcome> {
  const plan = planOf(options.plan);
  const trial = new RunningTrial(options, await freePort());
  const ledger = join(options.ledgerFolder ?? options.folder, `ledger-${plan.seed}`);
  try {
    await trial.start();
    const order = {
      encodings: ['protobuf', 'json'] as const,
      timeoutMs: 5000,
      sendsTwice: false,
      misbehaving: 0,
      paceMs: 0,
      ...options.load,
    };
    trial.load = new Load({ ...order, url: `${trial.url}/v1/metrics`, plan, ledger });
    await trial.load.untilAcknowledged(1, START_MS);
    await options.disturb(trial);
    const statistics = await trial.load.drain(DRAIN_MS);
    const stored = await readCells(trial.url, plan);
    return { verdict: judge(plan, readLedger(ledger), stored), load: statistics, startsMs: trial.startsMs };
  } finally {
    await trial.end();
    await rm(ledger, { force: true });
  }
}

export interface StartedService {
  readonly process: ServerProcess;
  readonly url: string;
}

/** A service with an empty folder, for loads that are not the ledger's own. */
export async function startService(target: Target, folder: string): Promise<StartedService> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const process = new ServerProcess(target.command(join(folder, 'data'), port));
  await process.ready(`${url}/readyz`, START_MS);
  return { process, url };
}

export function planOf(stated: Partial<LedgerPlan> = {}): LedgerPlan {
  const startMs = Math.floor((Date.now() - PAST_MS) / BLOCK_MS) * BLOCK_MS;
  return { seed: 20261125, startMs, clients: 24, deltaSlots: 10, cumulativeSlots: 5, ...stated };
}

class RunningTrial implements Trial {
  readonly folder: string;
  readonly url: string;
  readonly startsMs: number[] = [];
  readonly #options: TrialOptions;
  readonly #port: number;
  #service: ServerProcess | null = null;
  #load: Load | null = null;

  constructor(options: TrialOptions, port: number) {
    this.#options = options;
    this.folder = options.folder;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  get service(): ServerProcess {
    if (this.#service === null) throw new Error('the service was never started');
    return this.#service;
  }

  get load(): Load {
    if (this.#load === null) throw new Error('there is no load yet');
    return this.#load;
  }

  set load(load: Load) {
    this.#load = load;
  }

  async end(): Promise<void> {
    this.#load?.end();
    await this.#service?.kill();
  }

  async start(): Promise<void> {
    const { target, clickhouseUrl } = this.#options;
    this.#service = new ServerProcess(target.command(join(this.folder, 'data'), this.#port, clickhouseUrl));
    this.startsMs.push(await this.#service.ready(`${this.url}/readyz`, START_MS));
  }
}

/** SIGKILL of everything at a random moment, and a new start, `kills` times. */
export async function killRepeatedly(trial: Trial, kills: number, random: () => number): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    await sleep(KILL_AFTER_MS.least + (KILL_AFTER_MS.most - KILL_AFTER_MS.least) * random());
    await trial.service.kill();
    await trial.start();
  }
}

const KILL_AFTER_MS = { least: 20, most: 1500 };
