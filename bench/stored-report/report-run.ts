import { createHash } from 'node:crypto';
import { keptAttributes } from '../../src/analysis/exposure.ts';
import { buildReport } from '../../src/analysis/report.ts';
import type { Report } from '../../src/domain/report.ts';
import type { TelemetrySink } from '../../src/domain/telemetry.ts';
import type { ReplayRequest } from '../../src/domain/telemetry-store.ts';
import { decodeUpgrade } from '../../src/domain/upgrade-document.ts';
import { createFolding } from '../../src/ingest/folding/folding.ts';
import { openTelemetryReader } from '../../src/store/telemetry/telemetry-reader.ts';
import { analyzeStored } from '../../src/analyze-stored.ts';
import { FLEET_START_MS } from '../analyze/fleet-telemetry.ts';
import { documentOf, endMsOf, FleetWalk, type StoredFleet } from './fleet.ts';

/** One job in a process of its own: `store` reads what another process keeps, `memory` gets the points handed. */
const [job = '', given = '{}', socketPath = ''] = process.argv.slice(2);
const fleet = JSON.parse(given) as StoredFleet;
const spans: Record<string, number> = {};

async function timed<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  const from = performance.now();
  const result = await work();
  spans[name] = performance.now() - from;
  return result;
}

async function fromStore(): Promise<Report> {
  const reader = openTelemetryReader({ socketPath });
  const task = {
    tenant: 'bench',
    name: 'fleet',
    document: documentOf(fleet),
    slos: [],
    announced: [],
    reach: { pastMs: 0, openMs: 0 },
    nowMs: endMsOf(fleet),
  };
  const watched = {
    replay: (tenant: string, request: ReplayRequest, sink: TelemetrySink) =>
      timed('replay', () => reader.replay(tenant, request, sink)),
  };
  const report = await timed('whole', () => analyzeStored(task, watched));
  await reader.close();
  return report;
}

async function fromMemory(): Promise<Report> {
  const upgrade = decodeUpgrade(documentOf(fleet), 'fleet');
  const folding = createFolding({
    resolutionMs: upgrade.resolutionMs,
    indicators: [],
    exposureAttributes: keptAttributes(upgrade),
    from: FLEET_START_MS,
    to: FLEET_START_MS + fleet.minutes * 60_000,
  });
  const walk = new FleetWalk(fleet);
  await timed('generate', () => {
    while (walk.next(folding.sink));
  });
  const folded = await timed('finish', () => folding.finish());
  const { cells, quality, points, firstMs, lastMs } = folded;
  return timed('analysis', () =>
    buildReport({ upgrade, slos: [], cells, firstMs, lastMs, quality, points, digest: '', reading: 'final' }),
  );
}

const before = process.cpuUsage();
const report = await (job === 'store' ? fromStore() : fromMemory());
const cpu = process.cpuUsage(before);
const { verdict, comparisons, suspects, budgets } = report;
const conclusions = createHash('sha256').update(JSON.stringify({ verdict, comparisons, suspects, budgets }));
console.log(
  JSON.stringify({
    spans,
    cpuMs: (cpu.user + cpu.system) / 1000,
    comparisons: comparisons.length,
    verdict,
    conclusions: conclusions.digest('hex'),
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
