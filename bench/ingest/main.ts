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
const FOLDER = join(ROOT, 'bench/tmp/ingest');
const RESULTS = join(ROOT, 'bench/results');
const INTERVAL_MS = 60_000;

const CONTESTANTS: readonly Contestant[] = [
  { server: postflight, protocol: 'otlp' },
  { server: postflight, protocol: 'remote-write' },
  { server: prometheus, protocol: 'remote-write' },
  { server: victoriaMetrics, protocol: 'remote-write' },
];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    repeat: { type: 'string' },
    server: { type: 'string' },
    protocol: { type: 'string' },
  },
});

function workloadOf(quick: boolean): Workload {
  const rounds = quick ? 8 : 40;
  const warmRounds = 2;
  const startMs = Math.floor(Date.now() / INTERVAL_MS) * INTERVAL_MS - (warmRounds + rounds) * INTERVAL_MS;
  const size = quick ? { clients: 4, resourcesPerClient: 5 } : { clients: 8, resourcesPerClient: 10 };
  const plan: FleetPlan = { seed: 20261125, startMs, intervalMs: INTERVAL_MS, endpointsPerResource: 100, ...size };
  return { plan, warmRounds, rounds };
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
  const workload = workloadOf(options.quick);
  const loadBefore = loadavg()[0]!;
  const measurements: Measurement[] = [];
  const failed = new Set<string>();
  for (let repetition = 0; repetition < Number(options.repeat ?? (options.quick ? 1 : 5)); repetition++) {
    const order = repetition % 2 === 0 ? contestants : [...contestants].reverse();
    for (const contestant of order.filter((one) => !failed.has(nameOf(one)))) {
      await measureOne(contestant, workload, repetition).then(
        (one) => measurements.push(one),
        (error: Error) => {
          failed.add(nameOf(contestant));
          missing.push(`${nameOf(contestant)}: ${error.message.split('\n')[0]}`);
          console.error(`${nameOf(contestant)}: ${error.message}`);
        },
      );
    }
  }
  const { node } = process.versions;
  return { node, cores: availableParallelism(), loadBefore, workload, measurements: sorted(measurements), missing };
}

async function measureOne(contestant: Contestant, workload: Workload, repetition: number): Promise<Measurement> {
  const one = await measure(contestant, workload, join(FOLDER, `run-${repetition}`));
  const rate = Math.round(one.pointsPerSecond).toLocaleString('en');
  console.log(`run ${repetition + 1}: ${one.contestant.padEnd(32)} ${rate.padStart(10)} points/s`);
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
  const figures = [...barsOf(report.measurements), ...ratiosOf(report.measurements)];
  const missed = figures.filter((one) => isMet(one) === false);
  for (const { name, spread } of missed) console.error(`missed: ${name} ${spread.median.toFixed(2)}`);
  if (missed.length > 0 || report.missing.length > 0) process.exitCode = 1;
} finally {
  await rm(FOLDER, { recursive: true, force: true });
}
