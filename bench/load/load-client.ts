import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { BackwardWriter } from './backward-writer.ts';
import type { FleetPlan } from './fleet-walk.ts';
import { OtlpFleet } from './otlp-request.ts';
import { RemoteWriteFleet } from './remote-write-request.ts';

/**
 * A closed-loop client in a process of its own: makes all bodies first, says so, and sends them when told, each client on a
 * connection of its own and in order.
 */
export interface LoadOrder {
  readonly protocol: 'otlp' | 'remote-write';
  readonly url: string;
  readonly plan: FleetPlan;
  /** Rounds sent before the clock starts: they make the servers know the series. */
  readonly warmRounds: number;
  readonly rounds: number;
  /** Requests of one client on their way at a time; above one they may arrive in another order than that of their times. */
  readonly inFlight: number;
}

export interface LoadResult {
  /** Of acknowledged requests after warming up. */
  readonly points: number;
  readonly requests: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not 2xx, by status; every one was sent again. */
  readonly refused: Readonly<Record<string, number>>;
}

const HEADERS: Readonly<Record<LoadOrder['protocol'], Readonly<Record<string, string>>>> = {
  otlp: { 'content-type': 'application/x-protobuf' },
  'remote-write': {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  },
};
const ATTEMPTS = 200;
const RETRY_MS = 50;

class LoadClient {
  readonly #order: LoadOrder;
  readonly #agent: Agent;
  readonly #latencies: number[] = [];
  readonly #refused: Record<string, number> = {};

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#agent = new Agent({ keepAlive: true, maxSockets: order.plan.clients * order.inFlight });
  }

  async run(): Promise<LoadResult> {
    const { plan, warmRounds, rounds } = this.#order;
    const warm = this.#bodies(0, warmRounds);
    const bodies = this.#bodies(warmRounds, warmRounds + rounds);
    await this.#told('ready', 'warm');
    await this.#send(warm);
    this.#latencies.length = 0;
    await this.#told('warmed', 'go');
    const began = performance.now();
    await this.#send(bodies);
    const seconds = (performance.now() - began) / 1000;
    this.#agent.destroy();
    const sorted = Float64Array.from(this.#latencies).sort();
    return {
      points: plan.clients * plan.resourcesPerClient * plan.endpointsPerResource * rounds,
      requests: sorted.length,
      seconds,
      bytes: bodies.flat().reduce((sum, body) => sum + body.length, 0),
      p50Ms: sorted[Math.floor(sorted.length * 0.5)] ?? Number.NaN,
      p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      refused: this.#refused,
    };
  }

  #bodies(from: number, to: number): Buffer[][] {
    const { plan, protocol } = this.#order;
    const writer = new BackwardWriter();
    const otlp = new OtlpFleet(plan, writer);
    const remote = new RemoteWriteFleet(plan, writer);
    const perRound = protocol === 'otlp' ? 1 : remote.requestsPerRound;
    return Array.from({ length: plan.clients }, (_, client) =>
      Array.from({ length: (to - from) * perRound }, (_, index) => {
        const number = from * perRound + index;
        return protocol === 'otlp' ? otlp.requestOf(client, number) : remote.requestOf(client, number);
      }),
    );
  }

  async #send(bodies: readonly (readonly Buffer[])[]): Promise<void> {
    await Promise.all(
      bodies.flatMap((own) => {
        const waiting = own.values();
        return Array.from({ length: this.#order.inFlight }, async () => {
          for (const body of waiting) await this.#untilTaken(body);
        });
      }),
    );
  }

  async #untilTaken(body: Buffer): Promise<void> {
    const began = performance.now();
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const status = await this.#post(body);
      if (status >= 200 && status < 300) {
        this.#latencies.push(performance.now() - began);
        return;
      }
      this.#refused[status] = (this.#refused[status] ?? 0) + 1;
      if (status >= 400 && status < 500 && status !== 429) throw new Error(`${this.#order.url} answered ${status}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    throw new Error(`${this.#order.url} took nothing in ${ATTEMPTS} attempts`);
  }

  async #post(body: Buffer): Promise<number> {
    const { url, protocol } = this.#order;
    const headers = { ...HEADERS[protocol], 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent: this.#agent, headers });
    sent.end(body);
    const [answer] = await once(sent, 'response');
    answer.resume();
    await once(answer, 'end');
    return answer.statusCode;
  }

  async #told(state: string, word: string): Promise<void> {
    process.send?.({ state });
    const [said] = await once(process, 'message');
    if (said !== word) throw new Error(`expected to be told ${word}, was told ${String(said)}`);
  }
}

// Whoever started this has ended: nobody is left to listen.
process.on('disconnect', () => process.exit());

const order = JSON.parse(process.argv[2] ?? '') as LoadOrder;
const result = await new LoadClient(order).run();
process.send?.({ state: 'done', result });
process.disconnect?.();
