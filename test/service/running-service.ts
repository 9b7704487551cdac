import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { readConfig } from '../../src/config.ts';
import { type Service, startService } from '../../src/main.ts';
import { folderOf } from '../support/command-line.ts';

export const EXAMPLE = resolve(import.meta.dirname, '../../examples/dten');

/** The recording is as old as it is. */
const OLD_DATA = {
  POSTFLIGHT_ACCEPT_PAST: '9999d',
  POSTFLIGHT_POINTS_RETENTION: '9999d',
  POSTFLIGHT_SPANS_RETENTION: '9999d',
};

export interface Running {
  readonly url: string;
  readonly folder: string;
  stop(): Promise<void>;
}

/** The service in this process, on a free port, in a folder of its own unless one is named. */
export async function running(settings: Record<string, string> = {}, folder = folderOf({}).path): Promise<Running> {
  const environment = {
    POSTFLIGHT_LISTEN: '127.0.0.1:0',
    POSTFLIGHT_DATA: folder,
    POSTFLIGHT_LOG_LEVEL: 'silent',
    POSTFLIGHT_SHUTDOWN_GRACE: '5s',
    ...OLD_DATA,
    ...settings,
  };
  const service: Service = await startService(readConfig(environment), {});
  return { url: `http://${service.address.replace('0.0.0.0', '127.0.0.1')}`, folder, stop: () => service.stop() };
}

export function hasEngine(): boolean {
  try {
    createRequire(import.meta.url).resolve('chdb');
    return true;
  } catch {
    return false;
  }
}

export interface RecordedRequest {
  readonly signal: 'metrics' | 'traces';
  readonly line: string;
}

/** The requests of the example's recording, in the order they were made. */
export function recordedRequests(): RecordedRequest[] {
  const folder = join(EXAMPLE, 'telemetry');
  return readdirSync(folder).flatMap((file) =>
    gunzipSync(readFileSync(join(folder, file)))
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ signal: file.startsWith('traces') ? ('traces' as const) : ('metrics' as const), line })),
  );
}

/** The example's document as the service takes it: its telemetry is what was sent, its SLOs are stored by name. */
export function exampleDocument(): string {
  return asRegistered(readFileSync(join(EXAMPLE, 'upgrade.yaml'), 'utf8'));
}

export function asRegistered(document: string): string {
  return document.replace(/^ {2}telemetry:\n(?: {4}.*\n)+/m, '').replace(/slos: .*/, 'slos: [orders]');
}

export async function postAll(
  url: string,
  requests: readonly RecordedRequest[],
  encode: (request: RecordedRequest) => { contentType: string; body: string | Uint8Array<ArrayBuffer> },
): Promise<Map<string, number>> {
  const answers = new Map<string, number>();
  const left = [...requests];
  const client = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const { contentType, body } = encode(next);
      const headers = { 'Content-Type': contentType };
      const response = await fetch(`${url}/v1/${next.signal}`, { method: 'POST', headers, body });
      const answer = `${response.status} ${(await response.arrayBuffer()).byteLength}`;
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  return answers;
}

/** Registers the example and waits for its report. */
export async function reportOfExample(url: string): Promise<Record<string, never> & { verdict: string }> {
  const yaml = { 'Content-Type': 'application/yaml' };
  const slo = readFileSync(join(EXAMPLE, 'slo.yaml'));
  await fetch(`${url}/api/v1/slos/orders`, { method: 'PUT', headers: yaml, body: slo });
  const registered = await fetch(`${url}/api/v1/upgrades`, { method: 'POST', headers: yaml, body: exampleDocument() });
  if (registered.status !== 201) throw new Error(`${registered.status}: ${await registered.text()}`);
  for (let attempt = 0; attempt < 4; attempt++) {
    await fetch(`${url}/api/v1/upgrades/dten-4.2.0/gate?wait=25s`);
    const report = await fetch(`${url}/api/v1/upgrades/dten-4.2.0/report`);
    if (report.status === 200) return (await report.json()) as never;
  }
  throw new Error(await (await fetch(`${url}/api/v1/upgrades/dten-4.2.0`)).text());
}
