import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { diskBytesOf } from '../load/disk-use.ts';
import { freePort, ServerProcess } from '../load/server-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const START_MS = 30_000;
const SETTLE_MS = 60_000;

/** A server under test, with an empty data folder. */
export interface RunningServer {
  readonly process: ServerProcess;
  readonly url: string;
  /** Brings the data into the form it is kept in, stops the server, and answers bytes on disk by what was measured. */
  settle(): Promise<Readonly<Record<string, number>>>;
}

export interface IngestServer {
  readonly name: string;
  /** Null where it can run here; else why not. */
  missing(): string | null;
  start(folder: string): Promise<RunningServer>;
}

function onPath(file: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, file)));
}

function missingPackage(file: string): string | null {
  return onPath(file) ? null : `${file} is not installed: apt-get install -y ${file}`;
}

export const postflight: IngestServer = {
  name: 'postflight',
  missing: () => (existsSync(join(ROOT, 'dist/main.js')) ? null : 'dist/main.js is missing: npm run build'),
  start: async (folder) => {
    const port = await freePort();
    const server = new ServerProcess({
      file: process.execPath,
      args: [join(ROOT, 'bin/postflight.js'), 'serve'],
      environment: {
        POSTFLIGHT_LISTEN: `127.0.0.1:${port}`,
        POSTFLIGHT_DATA: folder,
        POSTFLIGHT_SERIES_LIMIT: '10000000',
        POSTFLIGHT_LOG_LEVEL: 'warn',
      },
    });
    const url = `http://127.0.0.1:${port}`;
    await server.ready(`${url}/readyz`, START_MS);
    const settle = async () => {
      await untilSteady(folder);
      await server.stop();
      const asItIs = diskBytesOf(folder);
      await forceMerge(join(folder, 'telemetry'));
      return { 'data folder, stopped': asItIs, 'data folder after OPTIMIZE FINAL, stopped': diskBytesOf(folder) };
    };
    return { process: server, url, settle };
  },
};

/** In a process of its own: the embedded engine is never loaded beside what is measured. */
async function forceMerge(folder: string): Promise<void> {
  const args = ['--import', 'tsx', join(ROOT, 'bench/ingest/force-merge.ts')];
  await promisify(execFile)(process.execPath, [...args, join(folder, 'engine'), join(folder, 'backups')]);
}

export const prometheus: IngestServer = {
  name: 'prometheus',
  missing: () => missingPackage('prometheus'),
  start: async (folder) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = new ServerProcess({
      file: 'prometheus',
      args: [
        '--config.file=/dev/null',
        `--storage.tsdb.path=${folder}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--web.enable-remote-write-receiver',
        '--web.enable-admin-api',
        '--log.level=warn',
      ],
    });
    await server.ready(`${url}/-/ready`, START_MS);
    const settle = async () => {
      const answer = await fetch(`${url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
      const { data } = (await answer.json()) as { data: { name: string } };
      const block = diskBytesOf(join(folder, 'snapshots', data.name));
      await server.stop();
      const log = diskBytesOf(join(folder, 'wal')) + diskBytesOf(join(folder, 'chunks_head'));
      return { 'block of a snapshot': block, 'log and head chunks, stopped': log };
    };
    return { process: server, url, settle };
  },
};

export const victoriaMetrics: IngestServer = {
  name: 'victoria-metrics',
  missing: () => missingPackage('victoria-metrics'),
  start: async (folder) => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = new ServerProcess({
      file: 'victoria-metrics',
      args: [
        `-storageDataPath=${folder}`,
        `-httpListenAddr=127.0.0.1:${port}`,
        '-loggerLevel=WARN',
        '-retentionPeriod=1y',
      ],
    });
    await server.ready(`${url}/health`, START_MS);
    const settle = async () => {
      await fetch(`${url}/internal/force_flush`);
      await fetch(`${url}/internal/force_merge`);
      await untilSteady(folder);
      await server.stop();
      return { 'data folder after force_merge, stopped': diskBytesOf(folder) };
    };
    return { process: server, url, settle };
  },
};

export const SERVERS: readonly IngestServer[] = [postflight, prometheus, victoriaMetrics];

/** Background merges have come to rest: the folder's size has not moved for three seconds. */
async function untilSteady(folder: string): Promise<void> {
  const until = performance.now() + SETTLE_MS;
  let steadySince = performance.now();
  let size = diskBytesOf(folder);
  while (performance.now() < until && performance.now() - steadySince < 3000) {
    await sleep(250);
    const now = diskBytesOf(folder);
    if (now === size) continue;
    size = now;
    steadySince = performance.now();
  }
}
