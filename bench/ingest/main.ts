import { mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { FleetPlan } from '../load/fleet-walk.ts';
import { type Contestant, type Measurement, measure, nameOf, type Workload } from './measurement.ts';
import { barsOf, type IngestReport, isMet, markdownOf, ratiosOf } from './report.ts';
import { postflight, prometheus, SERVERS, victoriaMetrics } from './servers.ts';

/** What a telemetry store of its own takes, beside Prometheus and VictoriaMetrics in the same run. */
const ROOT = resolve(import.meta.dirname, '../..');
/** Of this run alone: another one may be under way. */
const FOLDER = join(ROOT, `bench/tmp/ingest-${process.pid}`);
const RESULTS = join(ROOT, 'bench/results');
const INTERVAL_MS = 60_000;

const CONTESTANTS: readonly Contestant[] = [
  { server: postflight, protocol: 'otlp', inFlight: 8 },
  { server: postflight, protocol: 'remote-write', inFlight: 8 },
  { server: prometheus, protocol: 'remote-write', inFlight: 1 },
  { server: victoriaMetrics, protocol: 'remote-write', inFlight: 8 },
];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    repeat: { type: 'string' },
    server: { type: 'string' },
    protocol: { type: 'string' },
  },
});

/** Many streams and few rounds: what arrives. */
function speedWorkload(quick: boolean): Workload {
  const size = quick ? { clients: 4, resourcesPerClient: 5 } : { clients: 8, resourcesPerClient: 10 };
  return {
    plan: planOf({ ...size, endpointsPerResource: 100 }, quick ? 10 : 62),
    warmRounds: 2,
    rounds: quick ? 8 : 60,
  };
}

/** Few streams over hours: what is kept, where the names of streams weigh little. */
function diskWorkload(quick: boolean): Workload {
  const rounds = quick ? 60 : 600;
  return {
    plan: planOf({ clients: 8, resourcesPerClient: 2, endpointsPerResource: 50 }, rounds),
    warmRounds: 0,
    rounds,
  };
}

function planOf(size: Pick<FleetPlan, 'clients' | 'resourcesPerClient' | 'endpointsPerResource'>, rounds: number) {
  const startMs = Math.floor(Date.now() / INTERVAL_MS) * INTERVAL_MS - rounds * INTERVAL_MS;
  return { seed: 20261125, startMs, intervalMs: INTERVAL_MS, ...size };
}

function wanted(): { contestants: Contestant[]; missing: string[] } {
  const servers = options.server?.split(',') ?? SERVERS.map(({ name }) => name);
  const asked = CONTESTANTS.filter(
    ({ server, protocol }) => servers.includes(server.name) && (options.protocol ?? protocol) === protocol,
  );
  const missing = asked.flatMap((one) => {
    const why = one.server.missing();
    return why === null ? [] : [`${nameOf(one)}: ${why}`];
  });
  return { contestants: asked.filter(({ server }) => server.missing() === null), missing };
}

async function measureAll(): Promise<IngestReport> {
  const { contestants, missing } = wanted();
  const loadBefore = loadavg()[0]!;
  const [speed, disk] = [speedWorkload(options.quick), diskWorkload(options.quick)];
  const speeds: Measurement[] = [];
  const disks: Measurement[] = [];
  const failed = new Set<string>();
  const runs = Number(options.repeat ?? (options.quick ? 1 : 5));
  for (let repetition = 0; repetition <= runs; repetition++) {
    const order = repetition % 2 === 0 ? contestants : [...contestants].reverse();
    for (const contestant of order.filter((one) => !failed.has(nameOf(one)))) {
      const [workload, kept] = repetition < runs ? [speed, speeds] : [disk, disks];
      try {
        kept.push(await measureOne(contestant, workload, repetition));
      } catch (error) {
        failed.add(nameOf(contestant));
        missing.push(`${nameOf(contestant)}: ${(error as Error).message.split('\n')[0]}`);
        console.error(`${nameOf(contestant)}: ${(error as Error).message}`);
      }
    }
  }
  const machine = { node: process.versions.node, cores: availableParallelism(), loadBefore };
  return { ...machine, speed, disk, speeds: sorted(speeds), disks: sorted(disks), missing };
}

async function measureOne(contestant: Contestant, workload: Workload, repetition: number): Promise<Measurement> {
  const one = await measure(contestant, workload, join(FOLDER, `run-${repetition}`));
  const rate = Math.round(one.pointsPerSecond).toLocaleString('en');
  const disk = Math.min(...Object.values(one.diskBytesPerPoint)).toFixed(1);
  console.log(
    `run ${repetition + 1}: ${one.contestant.padEnd(32)} ${rate.padStart(10)} points/s, ${disk} bytes a point`,
  );
  return one;
}

/** In the order of the contestants; within one, as they ran. */
function sorted(measurements: readonly Measurement[]): Measurement[] {
  return CONTESTANTS.flatMap((one) => measurements.filter(({ contestant }) => contestant === nameOf(one)));
}

await mkdir(FOLDER, { recursive: true });
try {
  const report = await measureAll();
  const text = markdownOf(report);
  console.log(`\n${text}`);
  if (!options.quick && options.server === undefined && options.protocol === undefined) {
    await writeFile(join(RESULTS, 'ingest.md'), text);
    await writeFile(join(RESULTS, 'ingest.json'), `${JSON.stringify(report, null, 2)}\n`);
  }
  const figures = [...barsOf(report), ...ratiosOf(report.speeds)];
  const missed = figures.filter((one) => isMet(one) === false);
  for (const { name, spread } of missed) console.error(`missed: ${name} ${spread.median.toFixed(2)}`);
  if (missed.length > 0 || report.missing.length > 0) process.exitCode = 1;
} finally {
  await rm(FOLDER, { recursive: true, force: true });
}
