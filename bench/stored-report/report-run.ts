import { createHash } from 'node:crypto';
import { keptAttributes } from '../../src/analysis/exposure/exposure.ts';
import { buildReport } from '../../src/analysis/report.ts';
import { analyzeStored } from '../../src/analyze-stored.ts';
import type { Report } from '../../src/domain/report.ts';
import { decodeUpgrade } from '../../src/domain/upgrade-document.ts';
import { createFolding, type Folding } from '../../src/ingest/folding/folding.ts';
import { openTelemetryReader } from '../../src/store/telemetry/telemetry-reader.ts';
import { FLEET_START_MS } from '../analyze/fleet-telemetry.ts';
import { documentOf, endMsOf, FleetWalk, type StoredFleet } from './fleet.ts';

/**
 * One job in a process of its own: `read` hands what another process keeps to a folding, `report` makes the whole report of
 * it, `memory` makes it of the same points handed over at once.
 */
const [job = '', given = '{}', socketPath = ''] = process.argv.slice(2);
const fleet = JSON.parse(given) as StoredFleet;
const upgrade = decodeUpgrade(documentOf(fleet), 'fleet');
const steps: Record<string, { readonly ms: number; readonly cpuMs: number }> = {};

async function timed<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const from = performance.now();
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  steps[name] = { ms: performance.now() - from, cpuMs: (user + system) / 1000 };
  return result;
}

function emptyFolding(): Folding {
  return createFolding({
    resolutionMs: upgrade.resolutionMs,
    indicators: [],
    exposureAttributes: keptAttributes(upgrade),
    from: FLEET_START_MS,
    to: FLEET_START_MS + fleet.minutes * 60_000,
  });
}

async function read(): Promise<null> {
  const reader = openTelemetryReader({ socketPath });
  const folding = emptyFolding();
  const window = { startMs: FLEET_START_MS, endMs: FLEET_START_MS + fleet.minutes * 60_000 };
  const request = { windows: [window], resolutionMs: upgrade.resolutionMs };
  await timed('replay', () => reader.replay('bench', request, folding.sink));
  await timed('folding', () => folding.finish());
  await reader.close();
  return null;
}

async function reportOfStore(): Promise<Report> {
  const reader = openTelemetryReader({ socketPath });
  const document = documentOf(fleet);
  const scope = { reach: { pastMs: 0, openMs: 0 }, nowMs: endMsOf(fleet), isFinal: true };
  const task = { tenant: 'bench', name: 'fleet', document, slos: [], announced: [], ...scope };
  const report = await timed('report', () => analyzeStored(task, reader));
  await reader.close();
  return report;
}

async function reportOfMemory(): Promise<Report> {
  const folding = emptyFolding();
  const walk = new FleetWalk(fleet);
  while (walk.next(folding.sink));
  const { cells, quality, points, firstMs, lastMs } = await timed('folding', () => folding.finish());
  return timed('analysis', () =>
    buildReport({ upgrade, slos: [], cells, firstMs, lastMs, quality, points, digest: '', reading: 'final' }),
  );
}

/** What a reader acts on. */
function digestOf({ verdict, comparisons, suspects, budgets }: Report): string {
  return createHash('sha256').update(JSON.stringify({ verdict, comparisons, suspects, budgets })).digest('hex');
}

const JOBS: Readonly<Record<string, () => Promise<Report | null>>> = {
  read,
  report: reportOfStore,
  memory: reportOfMemory,
};
const report = await JOBS[job]!();
const conclusions = report === null ? null : digestOf(report);
console.log(JSON.stringify({ steps, conclusions, peakMegabytes: process.resourceUsage().maxRSS / 1024 }));
