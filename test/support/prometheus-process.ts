import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, ServerProcess } from '../../bench/load/server-process.ts';

const READY_MS = 30_000;
const SCRAPE_INTERVAL = '1s';
/** It gives itself a minute to hand on what it has (storage.remote.flush-deadline). */
const FLUSH_MS = 70_000;

/** What version of Prometheus is installed; null where none is. */
export function installedPrometheus(): string | null {
  try {
    return /version (\S+)/.exec(execFileSync('prometheus', ['--version'], { encoding: 'utf8' }))?.[1] ?? null;
  } catch {
    return null;
  }
}

export interface RemoteWrite {
  readonly url: string;
  readonly token?: string;
}

/** A page of metrics, and what its series are labelled with. */
export interface ScrapeTarget {
  readonly job: string;
  readonly instance: string;
  readonly port: number;
}

interface ActiveTarget {
  readonly labels: { readonly instance: string };
  readonly health: string;
  readonly lastScrape: string;
}

/** A Prometheus on a port and a folder of its own, which scrapes, receives remote write, and may pass on what it has. */
export class PrometheusProcess {
  readonly url: string;
  readonly #server: ServerProcess;
  readonly #folder: string;

  private constructor(url: string, server: ServerProcess, folder: string) {
    this.url = url;
    this.#server = server;
    this.#folder = folder;
  }

  static async start(
    remoteWrite: RemoteWrite | null = null,
    targets: readonly ScrapeTarget[] = [],
  ): Promise<PrometheusProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'postflight-prometheus-'));
    // JSON is YAML too.
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configurationOf(remoteWrite, targets)));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--enable-feature=native-histograms,exemplar-storage',
      '--log.level=error',
    ];
    const process = new PrometheusProcess(url, new ServerProcess({ file: 'prometheus', args }), folder);
    await process.#ready();
    return process;
  }

  /** Waits until every target has been read since. */
  async untilScraped(sinceMs: number): Promise<void> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const late = (await this.#targets()).filter(
        ({ health, lastScrape }) => health !== 'up' || Date.parse(lastScrape) <= sinceMs,
      );
      if (late.length === 0) return;
      if (Date.now() > deadline) throw new Error(`not scraped: ${late.map(({ labels }) => labels.instance)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #targets(): Promise<readonly ActiveTarget[]> {
    const answer = await fetch(`${this.url}/api/v1/targets?state=active`);
    return ((await answer.json()) as { data: { activeTargets: ActiveTarget[] } }).data.activeTargets;
  }

  /** Hands on what waits for that. */
  async stop(): Promise<void> {
    await this.#server.stop(FLUSH_MS);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    try {
      await this.#server.ready(`${this.url}/-/ready`, READY_MS);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
}

function configurationOf(remoteWrite: RemoteWrite | null, targets: readonly ScrapeTarget[]): object {
  const writes = {
    url: remoteWrite?.url,
    send_exemplars: true,
    send_native_histograms: true,
    queue_config: { batch_send_deadline: '1s' },
    ...(remoteWrite?.token === undefined ? {} : { authorization: { credentials: remoteWrite.token } }),
  };
  const jobs = [...new Set(targets.map(({ job }) => job))];
  return {
    global: { scrape_interval: SCRAPE_INTERVAL, scrape_timeout: SCRAPE_INTERVAL },
    remote_write: remoteWrite === null ? [] : [writes],
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      static_configs: targets
        .filter((target) => target.job === job)
        .map(({ instance, port }) => ({ targets: [`127.0.0.1:${port}`], labels: { instance } })),
    })),
  };
}
