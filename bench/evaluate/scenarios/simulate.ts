import type { Attributes, Span } from '../../../src/domain/telemetry.ts';
import { normalQuantile } from '../../../src/statistics/normal.ts';
import { type Chance, seededChance } from '../chance.ts';
import { type Clock, clockOf } from './clock.ts';
import { type Met, Place } from './place.ts';
import { clientAttributes, serverAttributes, spanIds } from './span-attributes.ts';
import type { Call, EndpointLoad, Latency, ServiceLoad, TrafficKind, WrittenScenario } from './written-scenario.ts';

/** Attempts at one call, the first included. */
const TRIES = 3;
const NETWORK_MS = 0.5;
/** Times are whole multiples of this, which both milliseconds and nanoseconds hold exactly. */
const TICKS_PER_MS = 64;
const MINUTE_MS = 60_000;
const Z99 = normalQuantile(0.99);

interface Served {
  readonly endMs: number;
  readonly failed: boolean;
}

interface Caller {
  readonly place: Place;
  readonly endpoint: EndpointLoad;
  readonly instance: number;
  readonly met: Met;
  readonly flags: Attributes;
  readonly traceId: string;
  readonly spanId: string;
}

/** Plays a scenario request by request: every span is handed out, callees before their callers. */
export function simulate(scenario: WrittenScenario, seed: number, emit: (span: Span) => void): void {
  new Simulation(scenario, seed, emit).run();
}

class Simulation {
  readonly #scenario: WrittenScenario;
  readonly #emit: (span: Span) => void;
  readonly #chance: Chance;
  readonly #clock: Clock;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #services: ReadonlyMap<string, ServiceLoad>;
  readonly #ids = spanIds();

  constructor(scenario: WrittenScenario, seed: number, emit: (span: Span) => void) {
    const { load, events } = scenario;
    this.#scenario = scenario;
    this.#emit = emit;
    this.#chance = seededChance(seed);
    this.#clock = clockOf(load);
    this.#services = new Map(load.services.map((service) => [service.name, service]));
    const calls = load.services.flatMap(({ endpoints }) => endpoints.flatMap((endpoint) => endpoint.calls));
    const outside = new Set(calls.map(({ peer }) => peer).filter((peer) => !this.#services.has(peer)));
    const all = [...load.services, ...[...outside].map((name) => ({ name, instances: 1, capacity: null }))];
    const world = { clock: this.#clock, chance: this.#chance, noise: load };
    this.#places = new Map(all.map((one) => [one.name, new Place(one, events, world)]));
  }

  run(): void {
    const { services } = this.#scenario.load;
    for (let minute = 0; minute < this.#clock.minutes; minute++) {
      const startMs = this.#clock.startOf(minute);
      for (const service of services)
        for (const endpoint of service.endpoints) this.#playMinute(service, endpoint, startMs);
    }
  }

  #playMinute(service: ServiceLoad, endpoint: EndpointLoad, startMs: number): void {
    if (endpoint.requestsPerMinute === 0) return;
    const place = this.#places.get(service.name)!;
    const met = place.metBy(0, startMs);
    const requests = this.#chance.poisson(endpoint.requestsPerMinute * place.factor('requests', met, endpoint.name));
    for (let i = 0; i < requests; i++) {
      this.#serve(place, endpoint, startMs + this.#chance.uniform() * MINUTE_MS, null);
    }
  }

  #serve(
    place: Place,
    endpoint: EndpointLoad,
    arrivesMs: number,
    caller: Pick<Caller, 'traceId' | 'spanId'> | null,
  ): Served {
    const startMs = rounded(arrivesMs);
    const instance = Math.floor(this.#chance.uniform() * place.instances);
    const kind = this.#kindOf(place, endpoint, startMs);
    const met = place.metBy(instance, startMs, kind?.value);
    place.noteServed(startMs);
    const ownMs =
      this.#latency(endpoint.latency, place, instance, met, endpoint.name, startMs) * (kind?.latencyFactor ?? 1);
    const traceId = caller?.traceId ?? this.#ids.trace();
    const spanId = this.#ids.span();
    const flags = place.flags(met);
    const self: Caller = { place, endpoint, instance, met, flags, traceId, spanId };
    let failed = this.#happens(
      endpoint.errors * place.factor('errors', met, endpoint.name) * place.faultiness(instance, startMs),
    );
    let atMs = startMs + ownMs / 2;
    for (const call of endpoint.calls) {
      const times = this.#wholeOf(place.factor('calls', met, endpoint.name));
      for (let nth = 0; nth < times; nth++) {
        const answer = this.#call(self, call, nth, atMs);
        atMs = answer.endMs;
        failed ||= answer.failed;
      }
    }
    const endMs = rounded(atMs + ownMs / 2);
    this.#emit({
      traceId,
      spanId,
      parentSpanId: caller?.spanId ?? '',
      kind: 'server',
      name: endpoint.name,
      startMs,
      endMs,
      failed,
      resource: place.resource(instance, met),
      attributes: serverAttributes(endpoint, failed, kind),
      flags,
      linkedSpanIds: [],
    });
    return { endMs, failed };
  }

  /** One logical call: attempts until one is answered or the tries are used up, with full jitter between them. */
  #call(caller: Caller, call: Call, nth: number, fromMs: number): Served {
    const { place, endpoint, met } = caller;
    const timeoutMs = call.timeoutMs * place.factor('timeout', met, endpoint.name);
    const backoffMs = call.backoffMs * place.factor('backoff', met, endpoint.name);
    const lostShare =
      call.retries * place.factor('retries', met, endpoint.name) * place.faultiness(caller.instance, fromMs);
    const wait = place.factor('waits', met, endpoint.name);
    let startMs = rounded(fromMs);
    for (let attempt = 0; ; attempt++) {
      const spanId = this.#ids.span();
      const answer = delayed(this.#attempt(call, { traceId: caller.traceId, spanId }, startMs), startMs, wait);
      const isLate = answer.endMs - startMs > timeoutMs;
      const isLost = this.#happens(lostShare);
      const endMs = rounded(isLate ? startMs + timeoutMs : answer.endMs);
      const outcome = isLate ? 'timeout' : isLost ? 'connection_reset' : answer.failed ? '500' : 'ok';
      this.#emit({
        traceId: caller.traceId,
        spanId,
        parentSpanId: caller.spanId,
        kind: 'client',
        name: call.endpoint ?? 'POST',
        startMs,
        endMs,
        failed: outcome !== 'ok',
        resource: place.resource(caller.instance, met),
        attributes: clientAttributes(call, nth, attempt, outcome),
        flags: NO_FLAGS,
        linkedSpanIds: [],
      });
      if (!isLate && !isLost) return { endMs, failed: answer.failed };
      if (attempt === TRIES - 1) return { endMs, failed: true };
      startMs = rounded(endMs + this.#chance.uniform() * backoffMs * 2 ** attempt);
    }
  }

  #attempt(call: Call, caller: Pick<Caller, 'traceId' | 'spanId'>, startMs: number): Served {
    const place = this.#places.get(call.peer)!;
    const callee = this.#services.get(call.peer)?.endpoints.find(({ name }) => name === call.endpoint);
    if (callee !== undefined) {
      const { endMs, failed } = this.#serve(place, callee, startMs + NETWORK_MS, caller);
      return { endMs: endMs + NETWORK_MS, failed };
    }
    const met = place.metBy(0, startMs);
    const failed = this.#happens(call.errors * place.factor('errors', met, null) * place.faultiness(0, startMs));
    return { endMs: startMs + this.#latency(call.latency!, place, 0, met, null, startMs), failed };
  }

  /** Lognormal, with the level of instance and minute, and what the request met. */
  #latency(
    { p50Ms, p99Ms }: Latency,
    place: Place,
    instance: number,
    met: Met,
    endpoint: string | null,
    atMs: number,
  ): number {
    const draw = this.#chance.normal();
    const typical = p50Ms * Math.exp((Math.log(p99Ms / p50Ms) / Z99) * draw);
    return typical * place.slowness(instance, atMs) * place.factor('latency', met, endpoint, { draw, instance, atMs });
  }

  /** Which kind of traffic a request is of. */
  #kindOf(place: Place, { kinds, name }: EndpointLoad, timeMs: number): TrafficKind | null {
    if (kinds === null) return null;
    const met = place.metBy(0, timeMs);
    const shares = movedShares(kinds.kinds, (value) => place.factor(value, met, name));
    let left = this.#chance.uniform();
    for (const [i, kind] of kinds.kinds.entries()) {
      left -= shares[i]!;
      if (left < 0) return kind;
    }
    return kinds.kinds.at(-1)!;
  }

  #happens(share: number): boolean {
    return share > 0 && this.#chance.uniform() < share;
  }

  /** A whole number whose mean is the one given. */
  #wholeOf(mean: number): number {
    return mean === 1 ? 1 : Math.floor(mean) + (this.#happens(mean % 1) ? 1 : 0);
  }
}

/** What becomes more is taken from the kinds that no factor names, alike from all. */
function movedShares(kinds: readonly TrafficKind[], factorOf: (value: string) => number): number[] {
  const factors = kinds.map(({ value }) => factorOf(value));
  const moved = kinds.map(({ share }, i) => share * factors[i]!);
  const sumWhere = (shares: readonly number[], isMoved: boolean): number =>
    shares.reduce((sum, share, i) => ((factors[i] !== 1) === isMoved ? sum + share : sum), 0);
  const rest = Math.max(0, 1 - sumWhere(moved, true)) / sumWhere(moved, false);
  return moved.map((share, i) => (factors[i] === 1 ? share * rest : share));
}

/** An answer that is so many times as long under way for the one who waits for it, though it was given as before. */
function delayed({ endMs, failed }: Served, startMs: number, factor: number): Served {
  return { endMs: startMs + (endMs - startMs) * factor, failed };
}

const NO_FLAGS: Attributes = new Map();

function rounded(timeMs: number): number {
  return Math.round(timeMs * TICKS_PER_MS) / TICKS_PER_MS;
}
