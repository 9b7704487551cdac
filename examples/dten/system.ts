import { setTimeout as wait } from 'node:timers/promises';
import type { Destinations } from './destinations.ts';
import { Instance, type InstanceSettings } from './instance.ts';

const PAYMENTS = 'payments.example.com';
/** How long a drained gateway still gets requests that were on their way. */
const LEAVE_ROTATION_MS = 250;

/** The processes of one run, by instance id, and who is told where the others are. */
export class System {
  readonly #destinations: Destinations;
  readonly #slowness: number;
  readonly #instances = new Map<string, Instance>();
  readonly #staged = new Map<string, Instance>();
  readonly #everStarted: Instance[] = [];

  constructor(destinations: Destinations, slowness: number) {
    this.#destinations = destinations;
    this.#slowness = slowness;
  }

  async start(): Promise<void> {
    const launched = await Promise.all(firstInstances().map((settings) => this.#launch(settings)));
    for (const instance of launched) this.#instances.set(instance.settings.id, instance);
    this.#announce();
  }

  gatewayPorts(): readonly number[] {
    return this.#portsOf('gateway');
  }

  /** Stops the old process, then starts the new one: what is called meanwhile fails. */
  async restart(settings: InstanceSettings): Promise<void> {
    await this.#instances.get(settings.id)?.drain();
    this.#instances.set(settings.id, await this.#launch(settings));
    this.#announce();
  }

  /** Starts a new process beside the old one; it gets no traffic yet. */
  async stage(settings: InstanceSettings): Promise<void> {
    this.#staged.set(settings.id, await this.#launch(settings));
  }

  /** Moves the traffic to the staged process, then drains the old one: nobody notices. */
  async takeOver(id: string): Promise<void> {
    const old = this.#instances.get(id);
    const staged = this.#staged.get(id);
    if (!old || !staged) throw new Error(`nothing is staged for ${id}`);
    this.#staged.delete(id);
    this.#instances.set(id, staged);
    await wait(LEAVE_ROTATION_MS);
    await old.drain();
  }

  rollOut(percent: number): void {
    for (const instance of this.#of('gateway')) instance.tell({ kind: 'rollout', percent });
  }

  /** Callers first, so that nothing fails on the way down. */
  async stop(): Promise<void> {
    for (const service of ['gateway', 'orders', 'catalog', PAYMENTS]) {
      await Promise.all(this.#of(service).map((instance) => instance.drain()));
    }
  }

  kill(): void {
    for (const instance of this.#everStarted) instance.kill();
  }

  async #launch(settings: InstanceSettings): Promise<Instance> {
    const instance = new Instance(settings, this.#destinations, this.#slowness);
    this.#everStarted.push(instance);
    await instance.ready();
    if (settings.service === 'gateway') instance.tell(this.#peers());
    return instance;
  }

  #announce(): void {
    for (const instance of [...this.#of('gateway'), ...this.#staged.values()]) instance.tell(this.#peers());
  }

  #peers() {
    const names = ['orders', 'catalog', PAYMENTS];
    return { kind: 'peers', ports: Object.fromEntries(names.map((name) => [name, this.#portsOf(name)])) } as const;
  }

  #portsOf(service: string): readonly number[] {
    return this.#of(service).map((instance) => instance.port);
  }

  #of(service: string): Instance[] {
    return [...this.#instances.values()].filter((instance) => instance.settings.service === service);
  }
}

/** What runs before the upgrade. */
export function firstInstances(): readonly InstanceSettings[] {
  return [
    ...['gateway-1', 'gateway-2', 'gateway-3', 'gateway-4'].map((id) => gateway(id, '4.1.9')),
    ...['orders-1', 'orders-2'].map((id) => orders(id, 'false')),
    ...['catalog-1', 'catalog-2'].map((id) => catalog(id, '1.8.2')),
    payments(),
  ];
}

export function gateway(id: string, version: string): InstanceSettings {
  return { service: 'gateway', id, version, module: 'gateway/main.ts', config: new Map(), exportsTraces: true };
}

export function orders(id: string, hybrid: string): InstanceSettings {
  const config = new Map([['dten.hybrid.enable', hybrid]]);
  return { service: 'orders', id, version: '3.4.0', module: 'orders.ts', config, exportsTraces: false };
}

export function catalog(id: string, version: string): InstanceSettings {
  return { service: 'catalog', id, version, module: 'catalog.ts', config: new Map(), exportsTraces: false };
}

/** The third party, which tells nobody anything. */
function payments(): InstanceSettings {
  const config = new Map<string, string>();
  return { service: PAYMENTS, id: PAYMENTS, version: '', module: 'payments.ts', config, exportsTraces: false };
}
