import { mkdirSync, readFileSync } from 'node:fs';
import { type Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { freePort, ServerProcess } from '../../bench/load/server-process.ts';
import { serviceTarget } from '../chaos/target.ts';

const READY_MS = 60_000;
const REPORT_MS = 240_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly milliseconds: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface Message {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The service as it is shipped, in a process of its own, so that its memory is its own too. */
export class Served {
  readonly url: string;
  readonly server: ServerProcess;
  readonly #administrator: string;

  private constructor(url: string, server: ServerProcess, administrator: string) {
    this.url = url;
    this.server = server;
    this.#administrator = administrator;
  }

  static async start(folder: string, settings: Readonly<Record<string, string>> = {}): Promise<Served> {
    const missing = serviceTarget.missing();
    if (missing !== null) throw new Error(missing);
    mkdirSync(folder, { recursive: true });
    const port = await freePort();
    const command = serviceTarget.command(folder, port);
    const server = new ServerProcess({ ...command, environment: { ...command.environment, ...settings } });
    const url = `http://127.0.0.1:${port}`;
    await server.ready(`${url}/readyz`, READY_MS);
    return new Served(url, server, readFileSync(join(folder, 'admin-token'), 'utf8').trim());
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  /** A token that may send and read for a tenant. */
  async tokenOf(tenant: string): Promise<string> {
    const answer = await fetch(`${this.url}/api/v1/tokens`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.#administrator}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: tenant, tenant, scopes: ['ingest', 'read', 'analyse'] }),
    });
    if (answer.status !== 201) throw new Error(`${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { token: string }).token;
  }

  send({ path, headers, body }: Message, token: string | null = null, agent?: Agent): Promise<Answer> {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const options = { method: 'POST', headers: { 'content-length': body.length, ...headers, ...authorization } };
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(`${this.url}${path}`, agent === undefined ? options : { ...options, agent });
      let isAnswered = false;
      // Who refuses early may close before all was sent: the answer counts, where there is one.
      sent.on('error', (error) => {
        if (!isAnswered) reject(new Error(`${path}: ${error.message}; it printed: ${this.server.printed}`));
      });
      sent.on('response', (incoming) => {
        isAnswered = true;
        void readAnswer(incoming, began).then(resolve, reject);
      });
      sent.end(body);
    });
  }

  async read(path: string, token: string | null = null, accept = 'application/json'): Promise<string> {
    const headers: Record<string, string> = { Accept: accept };
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    const answer = await fetch(`${this.url}${path}`, { headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text;
  }

  /** The report of an upgrade, as its text, once there is one. */
  async report(upgrade: string, token: string | null = null): Promise<string> {
    const path = `/api/v1/upgrades/${upgrade}`;
    const began = performance.now();
    while (performance.now() - began < REPORT_MS) {
      const { report } = JSON.parse(await this.read(path, token)) as { report: unknown };
      if (report !== null) return await this.read(`${path}/report`, token);
      await this.read(`${path}/gate?wait=10s`, token);
    }
    throw new Error(`no report: ${await this.read(path, token)}`);
  }

  async isAlive(): Promise<boolean> {
    return !this.server.ended && (await fetch(`${this.url}/readyz`)).ok;
  }
}

async function readAnswer(incoming: IncomingMessage, began: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    status: incoming.statusCode ?? 0,
    text: Buffer.concat(chunks).toString(),
    milliseconds: performance.now() - began,
    headers: incoming.headers,
  };
}

/** The tree of processes less its engine is the process that answers. */
export function residentOf(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN) * 1024;
}

export function inMebibytes(bytes: number): number {
  return Math.round((bytes / 1024 ** 2) * 10) / 10;
}

const AT_A_TIME = 16;

/** A few at a time: what is stored together is stored in one go. */
export async function forEachOf<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const waiting = items.entries();
  const client = async (): Promise<void> => {
    for (const [index, item] of waiting) await work(item, index);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, client));
}
