import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FleetPlan } from '../load/fleet-walk.ts';
import type { LoadOrder, LoadResult } from '../load/load-client.ts';
import { usageOf, watchMemory } from '../load/process-tree.ts';
import type { IngestServer } from './servers.ts';

const CLIENT = resolve(import.meta.dirname, '../load/load-client.ts');
const PATHS: Readonly<Record<LoadOrder['protocol'], string>> = { otlp: '/v1/metrics', 'remote-write': '/api/v1/write' };

export interface Contestant {
  readonly server: IngestServer;
  readonly protocol: LoadOrder['protocol'];
  /** Of one client; 1 where the server wants the samples of a series in order. */
  readonly inFlight: number;
}

export interface Workload {
  readonly plan: FleetPlan;
  readonly warmRounds: number;
  readonly rounds: number;
}

export interface Measurement {
  readonly contestant: string;
  readonly pointsPerSecond: number;
  readonly pointsPerCpuSecond: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakBytes: number;
  readonly wireBytesPerPoint: number;
  readonly diskBytesPerPoint: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
}

export function nameOf({ server, protocol }: Contestant): string {
  return `${server.name}, ${protocol}`;
}

/** One server with an empty folder, one client process: start, warm up, measure, settle, stop. */
export async function measure(contestant: Contestant, workload: Workload, folder: string): Promise<Measurement> {
  const { server, protocol, inFlight } = contestant;
  const data = join(folder, server.name);
  await mkdir(data, { recursive: true });
  const running = await server.start(data);
  try {
    const { plan, warmRounds, rounds } = workload;
    const load = new LoadProcess({ protocol, url: running.url + PATHS[protocol], plan, warmRounds, rounds, inFlight });
    await load.until('ready');
    load.tell('warm');
    await load.until('warmed');
    const { pid } = running.process;
    const before = usageOf(pid).cpuSeconds;
    const memory = watchMemory(pid);
    load.tell('go');
    const result = await load.until('done');
    const cpuSeconds = usageOf(pid).cpuSeconds - before;
    const peakBytes = memory.stop();
    const disk = await running.settle();
    return summaryOf(nameOf(contestant), result!, { cpuSeconds, peakBytes, disk, workload });
  } finally {
    await running.process.kill();
    await rm(data, { recursive: true, force: true });
  }
}

interface Observed {
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly disk: Readonly<Record<string, number>>;
  readonly workload: Workload;
}

function summaryOf(
  contestant: string,
  result: LoadResult,
  { cpuSeconds, peakBytes, disk, workload: { warmRounds, rounds } }: Observed,
): Measurement {
  const stored = (result.points * (warmRounds + rounds)) / rounds;
  return {
    contestant,
    pointsPerSecond: result.points / result.seconds,
    pointsPerCpuSecond: result.points / cpuSeconds,
    cpuSeconds,
    seconds: result.seconds,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    peakBytes,
    wireBytesPerPoint: result.bytes / result.points,
    diskBytesPerPoint: Object.fromEntries(Object.entries(disk).map(([what, bytes]) => [what, bytes / stored])),
    refused: result.refused,
  };
}

class LoadProcess {
  readonly #child;
  /** States it has reached and nobody has waited for yet. */
  readonly #reached = new Map<string, LoadResult | undefined>();

  constructor(order: LoadOrder) {
    this.#child = fork(CLIENT, [JSON.stringify(order)], { execArgv: ['--import', 'tsx', '--max-old-space-size=4096'] });
    this.#child.on('message', (message) => {
      const { state, result } = message as { state: string; result?: LoadResult };
      this.#reached.set(state, result);
    });
  }

  tell(word: string): void {
    this.#child.send(word);
  }

  async until(state: string): Promise<LoadResult | undefined> {
    while (!this.#reached.has(state)) {
      if (this.#child.exitCode !== null) throw new Error(`the load client ended with ${this.#child.exitCode}`);
      await Promise.race([once(this.#child, 'message'), once(this.#child, 'exit')]);
    }
    return this.#reached.get(state);
  }
}
