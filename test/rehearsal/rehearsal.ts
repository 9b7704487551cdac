import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../bench/load/server-process.ts';
import type { Audience } from '../../examples/dten/destinations.ts';
import { type Run, SLO_DOCUMENTS, upgradeDocument } from '../../examples/dten/documents.ts';
import { firstInstances, type System } from '../../examples/dten/system.ts';
import type { Timeline } from '../../examples/dten/timeline.ts';
import { liveThrough } from '../../examples/dten/upgrade.ts';
import { analyzeUpgrade } from '../../src/analyze.ts';
import type { Report } from '../../src/domain/report.ts';
import { Served } from '../hostile/served.ts';
import { asRegistered } from '../service/running-service.ts';
import { PrometheusProcess, type ScrapeTarget } from '../support/prometheus-process.ts';
import { Registration } from './registration.ts';

/** What one run of the example system led to, by how its telemetry came. */
export interface Rehearsed {
  /** The files it wrote. */
  readonly files: Report;
  /** Their metrics alone: what there is to know without spans. */
  readonly metricFiles: Report;
  /** Sent over OTLP while it ran. */
  readonly sent: Report;
  /** Scraped by Prometheus, which wrote it on; null where that is left out. */
  readonly scraped: Report | null;
}

const NAME = 'dten-4.2.0';
/** The same requests come over OTLP: each way has a tenant of its own. */
const SCRAPED_TENANT = 'scraped';

/** Lives through the upgrade with all who take its telemetry running beside it. */
export async function rehearse(folder: string, timeline: Timeline, withPrometheus: boolean): Promise<Rehearsed> {
  const ends: (() => unknown)[] = [];
  try {
    const served = await Served.start(join(folder, 'data'));
    ends.push(() => served.stop());
    const targets = withPrometheus ? await scrapeTargets() : [];
    const token = await served.tokenOf(SCRAPED_TENANT);
    const prometheus = withPrometheus ? await prometheusFor(served, token, targets) : null;
    ends.push(() => prometheus?.stop());
    const sent = new Registration(served.url, null, NAME);
    const scraped = new Registration(served.url, token, NAME);
    const run: Run = { name: NAME, folder: join(folder, 'recording'), turnsFlagOn: true };
    const audience: Audience = {
      service: served.url,
      metricsPorts: new Map(targets.map(({ instance, port }) => [instance, port])),
    };
    const witness = {
      onSystem: (system: System) => ends.push(() => system.kill()),
      onRolledOut: async (turnedOut: Timeline, baselineStartMs: number) => {
        const document = asRegistered(upgradeDocument(run, turnedOut, baselineStartMs));
        for (const one of [sent, scraped]) await one.register(document, { orders: SLO_DOCUMENTS });
      },
      onLoadEnded: async () => await prometheus?.untilScraped(Date.now()),
    };
    await liveThrough(run, timeline, witness, audience);
    await prometheus?.stop();
    const ofSent = await sent.finalReport();
    const ofScraped = withPrometheus ? await scraped.finalReport() : null;
    return { ...(await reportsOfFiles(run.folder)), sent: ofSent, scraped: ofScraped };
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function scrapeTargets(): Promise<ScrapeTarget[]> {
  const reporting = firstInstances().filter(({ version }) => version !== '');
  return await Promise.all(
    reporting.map(async ({ service, id }) => ({ job: service, instance: id, port: await freePort() })),
  );
}

async function prometheusFor(
  served: Served,
  token: string,
  targets: readonly ScrapeTarget[],
): Promise<PrometheusProcess> {
  return await PrometheusProcess.start({ url: `${served.url}/api/v1/write`, token }, targets);
}

async function reportsOfFiles(folder: string): Promise<Pick<Rehearsed, 'files' | 'metricFiles'>> {
  const document = join(folder, 'upgrade.yaml');
  const ofMetrics = join(folder, 'upgrade-metrics.yaml');
  const text = await readFile(document, 'utf8');
  await writeFile(ofMetrics, text.replace('telemetry/*.jsonl.gz', 'telemetry/metrics.jsonl.gz'));
  const [files, metricFiles] = [await analyzeUpgrade(document), await analyzeUpgrade(ofMetrics)];
  return { files, metricFiles };
}
