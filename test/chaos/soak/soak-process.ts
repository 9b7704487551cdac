import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackwardWriter } from '../../../bench/load/backward-writer.ts';
import { BOUNDS_SECONDS, emptyPoint, type FleetPlan, walk } from '../../../bench/load/fleet-walk.ts';
import { CUMULATIVE, writeAttributes, writeHistogramPoint, writeResource } from '../../../bench/load/otlp-request.ts';
import { post } from '../ledger/post.ts';
import type { SoakMessage, SoakOrder } from './soak-order.ts';

const MINUTE_MS = 60_000;
const MESSAGE_MINUTES = 30;
const TIMEOUT_MS = 30_000;
const METRIC = { name: 'http.server.request.duration', unit: 's', temporality: CUMULATIVE } as const;

/** A fleet whose minutes pass in a tenth of a second each; its instances come and go, and their streams with them. */
class Soak {
  readonly #order: SoakOrder;
  readonly #plan: FleetPlan;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #writer = new BackwardWriter();
  readonly #point = emptyPoint();
  #latencies: number[] = [];
  #points = 0;

  constructor(order: SoakOrder) {
    this.#order = order;
    const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - order.hours * 60 * MINUTE_MS;
    const { clients, instances: resourcesPerClient, endpoints: endpointsPerResource } = order;
    this.#plan = { seed: 20261125, startMs, intervalMs: MINUTE_MS, clients, resourcesPerClient, endpointsPerResource };
  }

  async run(tell: (message: SoakMessage) => void): Promise<void> {
    for (let minute = 0; minute < this.#order.hours * 60; minute++) {
      const clients = Array.from({ length: this.#order.clients }, (_, client) => this.#send(client, minute));
      await Promise.all([...clients, sleep(this.#order.paceMs)]);
      if ((minute + 1) % MESSAGE_MINUTES === 0) tell(this.#message(minute + 1));
    }
    this.#agent.destroy();
  }

  #message(minutes: number): SoakMessage {
    const sorted = Float64Array.from(this.#latencies).sort();
    this.#latencies = [];
    return {
      dataHours: minutes / 60,
      points: this.#points,
      p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
    };
  }

  async #send(client: number, minute: number): Promise<void> {
    const { url, instances, endpoints } = this.#order;
    for (let instance = instances - 1; instance >= 0; instance--) this.#writeInstance(client, instance, minute);
    const body = { contentType: 'application/x-protobuf', bytes: this.#writer.take() };
    const posting = { url, agent: this.#agent, timeoutMs: TIMEOUT_MS, misbehaviour: 'none' } as const;
    const began = performance.now();
    while ((await post(body, posting)).kind !== 'taken') await sleep(100);
    this.#latencies.push(performance.now() - began);
    this.#points += instances * endpoints;
  }

  #writeInstance(client: number, instance: number, minute: number): void {
    const { instances, endpoints, instanceLifeMinutes } = this.#order;
    const number = client * instances + instance;
    // Lives begin at different times, so that some instance is replaced all the time.
    const age = minute + (number * instanceLifeMinutes) / (this.#order.clients * instances);
    const life = Math.floor(age / instanceLifeMinutes);
    const round = Math.floor(age - life * instanceLifeMinutes);
    const timeMs = this.#plan.startMs + minute * MINUTE_MS;
    const own = new BackwardWriter();
    const name = `service-${client}`;
    writeAttributes(
      own,
      1,
      new Map([
        ['service.name', name],
        ['service.instance.id', `${name}-${instance}-${life}`],
      ]),
    );
    writeResource(this.#writer, own.take(), [METRIC], () => {
      for (let endpoint = endpoints - 1; endpoint >= 0; endpoint--) {
        walk(this.#plan, number * endpoints + endpoint, round, this.#point);
        const { count, sum, buckets } = this.#point;
        writeAttributes(
          own,
          9,
          new Map([
            ['http.request.method', 'GET'],
            ['http.route', `/resource-${endpoint}`],
          ]),
        );
        const startMs = timeMs - (round + 1) * MINUTE_MS;
        const bounds = BOUNDS_SECONDS;
        writeHistogramPoint(this.#writer, own.take(), { startMs, timeMs, count, sum, bounds, buckets });
      }
    });
  }
}

// Whoever started this has ended: nobody is left to listen.
process.on('disconnect', () => process.exit());

await new Soak(JSON.parse(process.argv[2] ?? '') as SoakOrder).run((message) => process.send?.(message));
process.disconnect?.();
