import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { send } from './http.ts';
import { exponential, type Random, seededRandom } from './seeded-random.ts';

const REQUESTS_PER_SECOND = 66;
/** Where all lasts longer, so many more share the load that each meets as much of it. */
const MERCHANTS = 40;
const MIX = [
  { share: 0.62, method: 'POST', path: '/orders' },
  { share: 0.2, method: 'POST', path: '/refunds' },
  { share: 0.18, method: 'GET', path: '/catalog' },
] as const;

/**
 * Open-loop load, as merchants make it: requests arrive when they arrive, however slow the answers are. Instances take
 * turns; a request that finds an instance gone is sent to the next, as a load balancer would.
 */
export class Load {
  readonly #random = seededRandom(19);
  readonly #gatewayPorts: () => readonly number[];
  readonly #inFlight = new Set<Promise<void>>();
  readonly #merchants: number;
  #turn = 0;
  #running = true;

  constructor(gatewayPorts: () => readonly number[], slowness: number) {
    this.#gatewayPorts = gatewayPorts;
    this.#merchants = MERCHANTS * slowness;
  }

  async run(): Promise<void> {
    let dueMs = performance.now();
    while (this.#running) {
      dueMs += exponential(this.#random, 1000 / REQUESTS_PER_SECOND);
      const aheadMs = dueMs - performance.now();
      // Also where it is behind: answers have to be read meanwhile.
      await (aheadMs > 1 ? wait(aheadMs) : nextTurn());
      const request = this.#request().finally(() => this.#inFlight.delete(request));
      this.#inFlight.add(request);
    }
    await Promise.all(this.#inFlight);
  }

  stop(): void {
    this.#running = false;
  }

  async #request(): Promise<void> {
    const { method, path } = pick(this.#random);
    const merchant = `m-${1 + Math.floor(this.#random() * this.#merchants)}`;
    for (let tries = 0; tries < 3; tries += 1) {
      const ports = this.#gatewayPorts();
      this.#turn += 1;
      const port = ports[this.#turn % ports.length] ?? 0;
      const reached = await send({ port, method, path, merchant }).then(
        () => true,
        () => false,
      );
      if (reached) return;
    }
  }
}

function pick(random: Random): (typeof MIX)[number] {
  let left = random();
  for (const kind of MIX) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return MIX[0];
}
