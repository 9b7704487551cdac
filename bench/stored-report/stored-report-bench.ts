import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ClickHouseTelemetryStore, openTelemetryStore } from '../../src/store/telemetry/clickhouse-telemetry-store.ts';
import { FleetWalk, pointsOf, type StoredFleet } from './fleet.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'bench/tmp/stored-report');
/** The design's upgrade of 200 endpoints. */
const FLEET: StoredFleet = { endpoints: 200, instances: 8, minutes: 2880 };
const MINUTES_PER_COMMIT = 6;
const REPEATS = 3;
/** Times of the fleet are fixed, and old. */
const ANY_TIME = { futureMs: Number.POSITIVE_INFINITY, pastMs: Number.POSITIVE_INFINITY };

interface Run {
  readonly spans: Readonly<Record<string, number>>;
  readonly comparisons: number;
  readonly verdict: string;
  readonly conclusions: string;
  readonly peakMegabytes: number;
}

/** A report from the store, beside the same analysis of the same points handed over in memory. */
export async function storedReportBench(fleet: StoredFleet = FLEET, kept: string | null = null): Promise<void> {
  const folder = kept ?? FOLDER;
  await mkdir(folder, { recursive: true });
  const store = await openTelemetryStore({
    place: { folder: join(folder, 'store') },
    limits: ANY_TIME,
    retention: { pointsDays: null, spansDays: null },
    commit: { spacingMs: 0 },
  });
  try {
    await fill(store, fleet, join(folder, 'filled'));
    const first = await run('store', fleet, store);
    print('from the store, cells calculated', first);
    const again: Run[] = [];
    for (let i = 0; i < REPEATS; i++) again.push(await run('store', fleet, store));
    const best = fastest(again);
    print('from the store, cells kept', best);
    const memory = await run('memory', fleet, store);
    print('from memory', memory);
    compare(best, memory, first);
  } finally {
    await store.close();
    if (kept === null) await rm(folder, { recursive: true, force: true });
  }
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
}

async function run(job: string, fleet: StoredFleet, store: ClickHouseTelemetryStore): Promise<Run> {
  const given = [join(import.meta.dirname, 'report-run.ts'), job, JSON.stringify(fleet), store.engineSocketPath ?? ''];
  const child = spawn(process.execPath, ['--import', 'tsx', ...given], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`the run ${job} ended with ${status}`);
  return JSON.parse(printed) as Run;
}

function totalMs({ spans }: Run): number {
  return spans.whole ?? (spans.finish ?? 0) + (spans.analysis ?? 0);
}

function fastest(runs: readonly Run[]): Run {
  return runs.reduce((best, one) => (totalMs(one) < totalMs(best) ? one : best));
}

function print(name: string, run: Run): void {
  const spans = Object.entries(run.spans).map(([span, ms]) => `${span} ${(ms / 1000).toFixed(2)} s`);
  console.log(`${name.padEnd(34)} ${spans.join(', ')}; ${run.peakMegabytes.toFixed(0)} MB peak`);
}

function compare(stored: Run, memory: Run, first: Run): void {
  const isSame = [stored, first].every(({ conclusions }) => conclusions === memory.conclusions);
  if (!isSame) throw new Error('the report from the store is not the one from memory');
  console.log(`${stored.comparisons} comparisons, ${stored.verdict}: the same report`);
  const ratio = totalMs(stored) / totalMs(memory);
  console.log(`ratio of time, from the store over folding and analysis in memory: ${ratio.toFixed(2)}`);
}
