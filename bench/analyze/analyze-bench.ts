import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FLEET_START_MS, type FleetSize, writeFleetTelemetry } from './fleet-telemetry.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'bench/tmp/analyze');
const SIZE: FleetSize = { services: 20, endpointsPerService: 50, minutes: 2880 };

interface Measured {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

/** `analyze` of the design's fleet from a plain file, beside JSON.parse alone over the same lines. */
export async function analyzeBench(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  try {
    const file = join(FOLDER, 'metrics.jsonl');
    const points = await writeFleetTelemetry(file, SIZE);
    await writeFile(join(FOLDER, 'upgrade.yaml'), upgradeDocument());
    const { size } = await stat(file);
    console.log(`${points} histogram points, ${(size / 1e9).toFixed(2)} GB of OTLP JSON lines`);
    const peer = await measure('json-parse-peer.ts', file);
    const own = await measure('analyze-run.ts', join(FOLDER, 'upgrade.yaml'));
    print('JSON.parse alone', peer, points);
    print('postflight analyze', own, points);
    console.log(`ratio of time, analyze over JSON.parse alone: ${(own.seconds / peer.seconds).toFixed(2)}`);
  } finally {
    await rm(FOLDER, { recursive: true, force: true });
  }
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

function print(name: string, { seconds, peakMegabytes }: Measured, points: number): void {
  const rate = Math.round(points / seconds / 1000);
  console.log(
    `${name.padEnd(20)} ${seconds.toFixed(1).padStart(6)} s ${String(rate).padStart(6)} k points/s ${peakMegabytes.toFixed(0).padStart(6)} MB peak`,
  );
}

function upgradeDocument(): string {
  const at = (minute: number): string => new Date(FLEET_START_MS + minute * 60_000).toISOString();
  const half = SIZE.minutes / 2;
  return [
    'apiVersion: postflight/v1',
    'kind: Upgrade',
    'metadata: { name: bench }',
    'spec:',
    `  baseline: { start: "${at(0)}", end: "${at(half)}" }`,
    `  post: { start: "${at(half)}", end: "${at(SIZE.minutes)}" }`,
    `  changes: [{ id: all, kind: binary, service: service-0, from: "0", to: "1.0.0", at: "${at(half)}" }]`,
    '  telemetry: [{ otlp: metrics.jsonl }]',
    '',
  ].join('\n');
}
