import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * What was promised to whom, appended and synced before anything is sent: requests are planned in stretches, so that one
 * sync serves many. An answer is appended when it has come; a request without one is in doubt.
 */
export class LedgerFile {
  readonly #file: number;
  readonly #stretch: number;
  readonly #planned = new Map<number, number>();

  constructor(path: string, stretch = 64) {
    this.#file = openSync(path, 'a');
    this.#stretch = stretch;
  }

  /** To be called before request `request` of a client is sent for the first time. */
  plan(client: number, request: number): void {
    if (request < (this.#planned.get(client) ?? 0)) return;
    const until = request + this.#stretch;
    writeSync(this.#file, `planned ${client} ${until}\n`);
    fdatasyncSync(this.#file);
    this.#planned.set(client, until);
  }

  sent(client: number, request: number): void {
    writeSync(this.#file, `sent ${client} ${request}\n`);
  }

  acknowledged(client: number, request: number): void {
    writeSync(this.#file, `acked ${client} ${request}\n`);
  }

  close(): void {
    fdatasyncSync(this.#file);
    closeSync(this.#file);
  }
}

export interface LedgerClient {
  readonly acknowledged: ReadonlySet<number>;
  /** Sent, and never answered for good: the service may hold it or not. */
  readonly inDoubt: ReadonlySet<number>;
}

export function readLedger(path: string): ReadonlyMap<number, LedgerClient> {
  const clients = new Map<number, { acknowledged: Set<number>; inDoubt: Set<number> }>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [word, clientText, requestText] = line.split(' ');
    if (word !== 'sent' && word !== 'acked') continue;
    const client = Number(clientText);
    const request = Number(requestText);
    const known = clients.get(client) ?? { acknowledged: new Set(), inDoubt: new Set() };
    clients.set(client, known);
    if (word === 'acked') {
      known.acknowledged.add(request);
      known.inDoubt.delete(request);
    } else if (!known.acknowledged.has(request)) known.inDoubt.add(request);
  }
  return clients;
}
