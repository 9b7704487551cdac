import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClickHouseTelemetryStore,
  openTelemetryStore,
} from '../../src/store/telemetry/clickhouse-telemetry-store.ts';
import { DEFAULT_CELLS } from '../../src/store/telemetry/increments/cell-book.ts';
import { FleetWalk, pointsOf, type StoredFleet } from './fleet.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'bench/tmp/stored-report');
/** The design's upgrade of 200 endpoints. */
const FLEET: StoredFleet = { endpoints: 200, instances: 8, minutes: 2880 };
const MINUTES_PER_COMMIT = 6;
const REPEATS = 3;
/** Times of the fleet are fixed, and old. */
const ANY_TIME = { futureMs: Number.POSITIVE_INFINITY, pastMs: Number.POSITIVE_INFINITY };

interface Step {
  readonly ms: number;
  readonly cpuMs: number;
}

interface Run {
  readonly steps: Readonly<Record<string, Step>>;
  readonly conclusions: string | null;
  readonly peakMegabytes: number;
  /** What the engine's process worked meanwhile; NaN where the system does not tell. */
  readonly engineCpuMs: number;
}

export interface StoredReportOptions {
  readonly fleet?: StoredFleet;
  /** Keeps the filled store for the next run. */
  readonly folder?: string | undefined;
  /** Without the analysis, which is the same whatever the cells came from. */
  readonly isReadOnly?: boolean;
}

/** A report from the store, beside the same analysis of the same points handed over in memory. */
export async function storedReportBench(options: StoredReportOptions = {}): Promise<void> {
  const { fleet = FLEET, folder = FOLDER, isReadOnly = false } = options;
  await mkdir(folder, { recursive: true });
  const store = await openTelemetryStore({
    place: { folder: join(folder, 'store') },
    limits: ANY_TIME,
    retention: { pointsDays: null, spansDays: null },
    commit: { spacingMs: 0 },
  });
  try {
    await fill(store, fleet, join(folder, 'filled'));
    print('cells calculated, or kept by a run before', await run('read', fleet, store));
    const again: Run[] = [];
    for (let i = 0; i < REPEATS; i++) again.push(await run('read', fleet, store));
    print(`cells kept, fastest of ${REPEATS}`, fastest(again));
    if (!isReadOnly) await compareReports(fleet, store);
  } finally {
    await store.close();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function compareReports(fleet: StoredFleet, store: ClickHouseTelemetryStore): Promise<void> {
  const stored = await run('report', fleet, store);
  print('report from the store', stored);
  const memory = await run('memory', fleet, store);
  print('report from memory', memory);
  if (stored.conclusions !== memory.conclusions) throw new Error('the report from the store is another one');
  const ratio = totalMs(stored) / totalMs(memory);
  console.log(`the same report; ratio of time, from the store over from memory: ${ratio.toFixed(2)}`);
}

async function fill(store: ClickHouseTelemetryStore, fleet: StoredFleet, marker: string): Promise<void> {
  if (existsSync(marker)) return;
  const started = performance.now();
  const writer = store.writerOf('bench');
  const walk = new FleetWalk(fleet);
  for (let minute = 1; walk.next(writer.sink); minute++) if (minute % MINUTES_PER_COMMIT === 0) await writer.commit();
  await writer.commit();
  const seconds = (performance.now() - started) / 1000;
  console.log(`${pointsOf(fleet)} points of ${fleet.endpoints} endpoints stored in ${seconds.toFixed(0)} s`);
  await writeFile(marker, '');
  // Sooner, cells would be calculated by each reader, and kept by none.
  await sleep(DEFAULT_CELLS.settleMs + 1000);
}

async function run(job: string, fleet: StoredFleet, store: ClickHouseTelemetryStore): Promise<Run> {
  const given = [join(import.meta.dirname, 'report-run.ts'), job, JSON.stringify(fleet), store.engineSocketPath ?? ''];
  const before = cpuMsOf(store.enginePid);
  const child = spawn(process.execPath, ['--import', 'tsx', ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`the run ${job} ended with ${status}`);
  return { ...JSON.parse(printed), engineCpuMs: cpuMsOf(store.enginePid) - before } as Run;
}

const MS_PER_TICK = 10;

/** User and system time, of Linux' /proc. */
function cpuMsOf(pid: number | undefined): number {
  if (pid === undefined || !existsSync('/proc/self/stat')) return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return MS_PER_TICK * (Number(fields[11]) + Number(fields[12]));
}

function totalMs({ steps }: Run): number {
  return Object.values(steps).reduce((sum, { ms }) => sum + ms, 0);
}

function fastest(runs: readonly Run[]): Run {
  return runs.reduce((best, one) => (totalMs(one) < totalMs(best) ? one : best));
}

function print(name: string, { steps, engineCpuMs, peakMegabytes }: Run): void {
  const seconds = (ms: number): string => (ms / 1000).toFixed(2);
  const parts = Object.entries(steps).map(
    ([step, { ms, cpuMs }]) => `${step} ${seconds(ms)} s (${seconds(cpuMs)} s of CPU)`,
  );
  const rest = `engine ${seconds(engineCpuMs)} s of CPU; ${peakMegabytes.toFixed(0)} MB peak`;
  console.log(`${name}: ${[...parts, rest].join(', ')}`);
}
