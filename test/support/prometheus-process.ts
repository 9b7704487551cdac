import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS = 30_000;

/** What version of Prometheus is installed; null where none is. */
export function installedPrometheus(): string | null {
  try {
    return /version (\S+)/.exec(execFileSync('prometheus', ['--version'], { encoding: 'utf8' }))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** A Prometheus on a port and a folder of its own, which receives remote write and may pass it on. */
export class PrometheusProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(remoteWriteUrl: string | null = null): Promise<PrometheusProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'postflight-prometheus-'));
    const remoteWrite =
      remoteWriteUrl === null
        ? ''
        : `remote_write:\n  - url: ${remoteWriteUrl}\n    send_exemplars: true\n    send_native_histograms: true\n`;
    writeFileSync(join(folder, 'prometheus.yml'), `global: { scrape_interval: 1h }\n${remoteWrite}`);
    const port = await freePort();
    const child = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-remote-write-receiver',
        '--enable-feature=native-histograms,exemplar-storage',
        '--log.level=error',
      ],
      { stdio: 'ignore' },
    );
    const process = new PrometheusProcess(`http://127.0.0.1:${port}`, child, folder);
    await process.#ready();
    return process;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true });
  }

  async #ready(): Promise<void> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const answer = await fetch(`${this.url}/-/ready`).catch(() => null);
      if (answer?.ok) return;
      if (Date.now() > deadline || this.#child.exitCode !== null) {
        await this.stop();
        throw new Error('Prometheus did not become ready');
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
