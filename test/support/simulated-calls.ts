import type { Cells } from '../../src/domain/cells.ts';
import type { Span, TelemetrySink } from '../../src/domain/telemetry.ts';
import { createFolding } from '../../src/ingest/folding/folding.ts';
import type { SeededRandom } from './seeded-random.ts';
import { BLOCK_MS, START_MS } from './simulated-cells.ts';

/** A shorter upgrade than that of other simulations: every request here is spans. */
export const CALL_BLOCKS = { baseline: 40, window: 5, all: 85 } as const;
export const FIRST_POST_CALLS = CALL_BLOCKS.baseline + CALL_BLOCKS.window;

export const PEER = 'payments';
export const FLAG = 'backoff.v2';

/** One attempt about to be made. */
export interface Moment {
  readonly block: number;
  readonly timeMs: number;
  /** 1 for the first attempt of a call. */
  readonly ordinal: number;
  readonly flagOn: boolean;
  /** Blocks since the instance started. */
  readonly age: number;
}

/** How callers and the called behave; functions of the block since the start. */
export interface CallWorld {
  readonly instances: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** A block and instance. */
  readonly requests: (block: number) => number;
  readonly flagShare: (block: number) => number;
  readonly failureChance: (moment: Moment) => number;
  /** Of the failures, those that callers repeat. */
  readonly retryableShare: (moment: Moment) => number;
  readonly answerSeconds: (moment: Moment, random: SeededRandom) => number;
  readonly failureSeconds: (moment: Moment, random: SeededRandom) => number;
  /** Attempts that would never be answered. */
  readonly hangChance: (moment: Moment) => number;
  readonly timeoutSeconds: (moment: Moment) => number;
  readonly delaySeconds: (moment: Moment, random: SeededRandom) => number;
  readonly mostAttempts: number;
  /** Retries that each request adds to the budget of its instance; Infinity for no budget. */
  readonly budget: (block: number) => number;
}

const lognormal = (random: SeededRandom, median: number, spread: number): number =>
  median * Math.exp(spread * random.normal());

/** Calls of 60 ms; 4 % of attempts fail and are repeated after 200 ms, give or take a fifth; a few hang until 1 s. */
export const STEADY_CALLS: CallWorld = {
  instances: ['gateway-1', 'gateway-2', 'gateway-3', 'gateway-4'].map((name) => ({
    name,
    from: 0,
    to: CALL_BLOCKS.all,
  })),
  requests: () => 30,
  flagShare: () => 0,
  failureChance: () => 0.04,
  retryableShare: () => 1,
  answerSeconds: (_moment, random) => lognormal(random, 0.06, 0.6),
  failureSeconds: (_moment, random) => lognormal(random, 0.02, 0.3),
  hangChance: () => 0.02,
  timeoutSeconds: () => 1,
  delaySeconds: ({ ordinal }, random) => 0.2 * 2 ** (ordinal - 1) * (0.8 + 0.4 * random.uniform()),
  mostAttempts: 4,
  budget: () => Number.POSITIVE_INFINITY,
};

/** The world as spans through ingest, as cells. */
export function cellsOfCalls(world: CallWorld, random: SeededRandom): Cells {
  const folding = createFolding({ resolutionMs: BLOCK_MS, indicators: [], exposureAttributes: new Set() });
  for (const { name, from, to } of world.instances) {
    const client = new SimulatedClient(world, random, folding.sink, name, from);
    for (let block = from; block < to; block++) client.serve(block);
  }
  return folding.finish().cells;
}

const WELL_KNOWN = new Map([
  ['http.request.method', 'POST'],
  ['http.route', '/orders'],
]);
let latestId = 0;

class SimulatedClient {
  readonly #world: CallWorld;
  readonly #random: SeededRandom;
  readonly #sink: TelemetrySink;
  readonly #resource: Map<string, string>;
  readonly #from: number;
  #tokens = 10;

  constructor(world: CallWorld, random: SeededRandom, sink: TelemetrySink, name: string, from: number) {
    this.#world = world;
    this.#random = random;
    this.#sink = sink;
    this.#from = from;
    this.#resource = new Map([
      ['service.name', 'gateway'],
      ['service.instance.id', name],
    ]);
  }

  serve(block: number): void {
    const times = Array.from({ length: this.#world.requests(block) }, () => this.#random.uniform() * BLOCK_MS).sort(
      (a, b) => a - b,
    );
    for (const time of times) this.#request(block, START_MS + block * BLOCK_MS + time);
  }

  #request(block: number, startMs: number): void {
    const flagOn = this.#random.uniform() < this.#world.flagShare(block);
    this.#tokens = Math.min(10, this.#tokens + this.#world.budget(block));
    const traceId = idOf(32);
    const spanId = idOf(16);
    let timeMs = startMs;
    for (let ordinal = 1; ; ordinal++) {
      const moment = { block, timeMs, ordinal, flagOn, age: block - this.#from };
      const { failed, seconds } = this.#attempt(moment);
      const resent: [string, string][] = ordinal > 1 ? [['http.request.resend_count', String(ordinal - 1)]] : [];
      this.#span(
        { traceId, spanId: idOf(16), parentSpanId: spanId, kind: 'client', startMs: timeMs, failed, seconds },
        [['http.request.method', 'POST'], ['server.address', PEER], ...resent],
      );
      timeMs += seconds * 1000;
      if (!failed || !this.#repeats(moment)) break;
      timeMs += this.#world.delaySeconds(moment, this.#random) * 1000;
    }
    const whole = { traceId, spanId, parentSpanId: '', kind: 'server', startMs, failed: false } as const;
    this.#span({ ...whole, seconds: (timeMs - startMs) / 1000 + 0.001 }, [...WELL_KNOWN], flagOn);
  }

  #attempt(moment: Moment): { failed: boolean; seconds: number } {
    const { failureChance, hangChance, answerSeconds, failureSeconds, timeoutSeconds } = this.#world;
    const chance = this.#random.uniform();
    const hangs = chance < hangChance(moment);
    const fails = !hangs && chance < hangChance(moment) + failureChance(moment);
    const seconds = hangs ? Number.POSITIVE_INFINITY : (fails ? failureSeconds : answerSeconds)(moment, this.#random);
    const timeout = timeoutSeconds(moment);
    if (seconds > timeout) return { failed: true, seconds: timeout * (1 + 0.005 * this.#random.uniform()) };
    return { failed: fails, seconds };
  }

  #repeats(moment: Moment): boolean {
    if (moment.ordinal >= this.#world.mostAttempts) return false;
    if (this.#random.uniform() >= this.#world.retryableShare(moment)) return false;
    if (this.#world.budget(moment.block) === Number.POSITIVE_INFINITY) return true;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  #span(
    {
      seconds,
      ...place
    }: Pick<Span, 'traceId' | 'spanId' | 'parentSpanId' | 'kind' | 'startMs' | 'failed'> & {
      seconds: number;
    },
    attributes: [string, string][],
    flagOn = false,
  ): void {
    this.#sink.span({
      ...place,
      name: 'POST',
      endMs: place.startMs + seconds * 1000,
      resource: this.#resource,
      attributes: new Map(attributes),
      flags: new Map(place.kind === 'server' && flagOn ? [[FLAG, 'on']] : []),
      linkedSpanIds: [],
    });
  }
}

function idOf(length: number): string {
  latestId++;
  return latestId.toString(16).padStart(length, '0');
}
