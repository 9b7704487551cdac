import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FLEET_START_MS, type FleetSize, writeFleetTelemetry } from './fleet-telemetry.ts';
import { writeSpanTelemetry } from './span-telemetry.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'bench/tmp/analyze');
const SIZE: FleetSize = { services: 20, endpointsPerService: 50, minutes: 2880 };
const TRACES = { traces: 495_000, endpoints: 20, startMs: FLEET_START_MS, minutes: SIZE.minutes };

interface Workload {
  readonly rows: string;
  /** The one that changed. */
  readonly service: string;
  write(file: string): Promise<number>;
}

/** The design's fleet as histograms, and as many rows as spans. */
const WORKLOADS: readonly Workload[] = [
  { rows: 'histogram points', service: 'service-0', write: (file) => writeFleetTelemetry(file, SIZE) },
  { rows: 'spans', service: 'payments', write: (file) => writeSpanTelemetry(file, TRACES) },
];

interface Measured {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** `analyze` of plain files, beside JSON.parse alone over the same lines. */
export async function analyzeBench(): Promise<void> {
  for (const workload of WORKLOADS) {
    await mkdir(FOLDER, { recursive: true });
    try {
      await measureWorkload(workload);
    } finally {
      await rm(FOLDER, { recursive: true, force: true });
    }
  }
}

async function measureWorkload({ rows, service, write }: Workload): Promise<void> {
  const file = join(FOLDER, 'telemetry.jsonl');
  const count = await write(file);
  await writeFile(join(FOLDER, 'upgrade.yaml'), upgradeDocument(service));
  const { size } = await stat(file);
  console.log(`${count} ${rows}, ${(size / 1e9).toFixed(2)} GB of OTLP JSON lines`);
  const peer = await measure('json-parse-peer.ts', file);
  const own = await measure('analyze-run.ts', join(FOLDER, 'upgrade.yaml'));
  print('JSON.parse alone', peer, count);
  print('postflight analyze', own, count);
  console.log(`ratio of time, analyze over JSON.parse alone: ${(own.seconds / peer.seconds).toFixed(2)}`);
}

/** A process of its own, so that the peak is that of one job. */
async function measure(script: string, argument: string): Promise<Measured> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, script), argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${script} ended with ${status}`);
  return JSON.parse(printed) as Measured;
}

function print(name: string, { seconds, peakMegabytes }: Measured, rows: number): void {
  const rate = Math.round(rows / seconds / 1000);
  console.log(
    `${name.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s ${String(rate).padStart(6)} k rows/s ${peakMegabytes.toFixed(0).padStart(6)} MB peak`,
  );
}

function upgradeDocument(service: string): string {
  const at = (minute: number): string => new Date(FLEET_START_MS + minute * 60_000).toISOString();
  const half = SIZE.minutes / 2;
  return [
    'apiVersion: postflight/v1',
    'kind: Upgrade',
    'metadata: { name: bench }',
    'spec:',
    `  baseline: { start: "${at(0)}", end: "${at(half)}" }`,
    `  post: { start: "${at(half)}", end: "${at(SIZE.minutes)}" }`,
    `  changes: [{ id: all, kind: binary, service: ${service}, from: "0", to: "1.0.0", at: "${at(half)}" }]`,
    '  telemetry: [{ otlp: telemetry.jsonl }]',
    '',
  ].join('\n');
}
