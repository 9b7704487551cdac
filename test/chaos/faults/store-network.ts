import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineSupervisor } from '../../../src/store/telemetry/engine/supervisor.ts';

/** What the network between the service and its store does. */
export type NetworkState =
  | { readonly kind: 'sound' }
  /** Nobody listens, and what was open is reset. */
  | { readonly kind: 'down' }
  /** Every answer comes late. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Statements arrive and are carried out; every second answer is cut off. */
  | { readonly kind: 'deaf' };

const MEMORY_BYTES = 1.5 * 2 ** 30;

/** A ClickHouse server behind a network that can be broken: the engine's host on a socket, and a relay before it. */
export class StoreNetwork {
  readonly #engine: EngineSupervisor;
  readonly #open = new Set<Socket>();
  #relay: Server | null = null;
  #state: NetworkState = { kind: 'sound' };
  #answers = 0;

  constructor(folder: string) {
    this.#engine = new EngineSupervisor({ folder, memoryBytes: MEMORY_BYTES });
  }

  /** Answers the address of the store. */
  async start(): Promise<string> {
    await this.#engine.start();
    this.#relay = createServer((client) => this.#join(client)).listen(0, '127.0.0.1');
    await once(this.#relay, 'listening');
    const address = this.#relay.address();
    if (address === null || typeof address === 'string') throw new Error('the relay has no port');
    return `http://127.0.0.1:${address.port}`;
  }

  set state(state: NetworkState) {
    this.#state = state;
    if (state.kind === 'down') for (const socket of this.#open) socket.destroy();
  }

  async stop(): Promise<void> {
    this.#relay?.close();
    for (const socket of this.#open) socket.destroy();
    await this.#engine.stop();
  }

  #join(client: Socket): void {
    if (this.#state.kind === 'down') {
      client.destroy();
      return;
    }
    const store = connect(this.#engine.socketPath);
    for (const [one, other] of [
      [client, store],
      [store, client],
    ] as const) {
      this.#open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#open.delete(one);
        other.destroy();
      });
    }
    client.on('data', (chunk) => store.write(chunk));
    store.on('data', (chunk) => void this.#answer(client, chunk));
  }

  async #answer(client: Socket, chunk: Buffer): Promise<void> {
    const state = this.#state;
    if (state.kind === 'deaf' && this.#answers++ % 2 === 0) client.destroy();
    if (state.kind === 'slow') await sleep(state.delayMs);
    if (!client.destroyed) client.write(chunk);
  }
}
