import type { Attributes } from '../../../src/domain/telemetry.ts';
import { normalQuantile } from '../../../src/statistics/normal.ts';
import type { Chance } from '../chance.ts';
import { drawShocks, meanOne, swing } from '../simulation/fleet.ts';
import type { Clock } from './clock.ts';
import type { Effect, Event, Load, Scope, ServiceLoad } from './written-scenario.ts';

/** Lag-1 autocorrelation of the level from minute to minute. */
const MEMORY = 0.5;
/** As much of the capacity is never exceeded: queues are cut off there. */
const FULLEST = 0.9;
const MINUTE_MS = 60_000;
const UNSTATED_VERSION = '1.0.0';

/** The events that one request or instance met, as bits in the order they are written at the place. */
export type Met = number;

interface PlacedEffect {
  readonly needs: Met;
  readonly factor: number;
  readonly endpoint: string | null;
  /** Standard normal draw of the latency from which on it holds. */
  readonly fromDraw: number;
  /** Whose uptime it grows with, and for how long; null: it is there at once. */
  readonly growth: { readonly event: Event; readonly minutes: number } | null;
}

/** One request as its latency is drawn. */
export interface Drawn {
  readonly draw: number;
  readonly instance: number;
  readonly atMs: number;
}

/** A service, or a peer outside: its levels, what befell it, and what its requests met. */
export class Place {
  readonly name: string;
  readonly instances: number;
  readonly #events: readonly Event[];
  readonly #effects = new Map<string, PlacedEffect[]>();
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #noise: Pick<Load, 'instancesDiffer' | 'minutesDiffer'>;
  readonly #capacity: number | null;
  readonly #levels: readonly number[];
  readonly #shareLevels: readonly number[];
  readonly #shocks: Float64Array;
  readonly #shareShocks: Float64Array;
  readonly #served: Float64Array;
  readonly #resources: readonly Map<Met, Attributes>[];
  readonly #processMask: Met;
  readonly #flagMask: Met;
  readonly #flags = new Map<Met, Attributes>();

  constructor(service: Pick<ServiceLoad, 'name' | 'instances' | 'capacity'>, events: readonly Event[], world: World) {
    this.name = service.name;
    this.instances = service.instances;
    this.#capacity = service.capacity;
    this.#events = events.filter(({ place }) => place === service.name);
    this.#clock = world.clock;
    this.#resources = Array.from({ length: service.instances }, () => new Map());
    this.#flagMask = maskOf(this.#events, (kind) => kind === 'flag');
    this.#processMask = maskOf(this.#events, (kind) => kind !== 'flag');
    this.#chance = world.chance;
    this.#noise = world.noise;
    const draw = () =>
      Array.from({ length: service.instances }, () => world.noise.instancesDiffer * world.chance.normal());
    this.#levels = draw();
    this.#shareLevels = draw();
    const shocks = { autocorrelation: MEMORY, blockSpread: world.noise.minutesDiffer };
    this.#shocks = drawShocks(shocks, world.clock.minutes, world.chance);
    this.#shareShocks = drawShocks(shocks, world.clock.minutes, world.chance);
    this.#served = new Float64Array(world.clock.minutes);
    this.#events.forEach((event, bit) => {
      for (const effect of event.effects) this.#addEffect(effect, event, bit);
    });
  }

  #addEffect(effect: Effect, event: Event, bit: number): void {
    const { of, trafficKind, factor, endpoint, slowest, together, growsMinutes } = effect;
    const other = this.#events.findIndex(({ id }) => id === together);
    const fromDraw = slowest === 1 ? Number.NEGATIVE_INFINITY : normalQuantile(1 - slowest);
    const needs = (1 << bit) | (other < 0 ? 0 : 1 << other);
    const name = trafficKind ?? of;
    const growth = growsMinutes === null ? null : { event, minutes: growsMinutes };
    this.#effects.set(name, [...(this.#effects.get(name) ?? []), { needs, factor, endpoint, fromDraw, growth }]);
  }

  /** What a request to an instance meets; flags that are on for some are drawn. */
  metBy(instance: number, timeMs: number, trafficKind: string | null = null): Met {
    let met = 0;
    this.#events.forEach((event, bit) => {
      if (this.#hasBegun(event, instance, timeMs) && this.#isInScope(event.scope, instance, trafficKind))
        met |= 1 << bit;
    });
    return met;
  }

  #hasBegun(event: Event, instance: number, timeMs: number): boolean {
    const { untilMinute } = event;
    const isOver = untilMinute !== null && timeMs >= this.#clock.afterPostStart(untilMinute);
    return timeMs >= this.#beginOf(event, instance) && !isOver;
  }

  #beginOf({ scope, atMinute }: Event, instance: number): number {
    const after = scope.kind === 'staggered' ? atMinute + instance * scope.everyMinutes : atMinute;
    return this.#clock.afterPostStart(after);
  }

  #isInScope(scope: Scope, instance: number, trafficKind: string | null): boolean {
    switch (scope.kind) {
      case 'instances':
        return instance + 1 >= scope.first && instance + 1 <= scope.last;
      case 'requests':
        return this.#chance.uniform() < scope.share;
      case 'kinds':
        return this.#chance.uniform() < (scope.shares.get(trafficKind ?? '') ?? 0);
      default:
        return true;
    }
  }

  /** Of an effect, or of the share of a kind of traffic by its name. */
  factor(of: string, met: Met, endpoint: string | null, drawn: Drawn | null = null): number {
    const draw = drawn?.draw ?? Number.POSITIVE_INFINITY;
    let factor = 1;
    for (const effect of this.#effects.get(of) ?? []) {
      if ((met & effect.needs) !== effect.needs || draw <= effect.fromDraw) continue;
      if (effect.endpoint === null || effect.endpoint === endpoint) factor *= this.#grown(effect, drawn);
    }
    return factor;
  }

  /** Evenly from 1 on, while the instance runs with what does it. */
  #grown({ factor, growth }: PlacedEffect, drawn: Drawn | null): number {
    if (growth === null || drawn === null) return factor;
    const elapsedMs = drawn.atMs - this.#beginOf(growth.event, drawn.instance);
    return 1 + (factor - 1) * Math.min(1, elapsedMs / (growth.minutes * MINUTE_MS));
  }

  /** Factor on the latency of an instance: its own level, the minute's, and the queue. */
  slowness(instance: number, timeMs: number): number {
    const minute = this.#clock.minuteOf(timeMs);
    const load = this.#capacity === null ? 0 : this.#served[Math.max(0, minute - 1)]! / this.#capacity;
    return Math.exp(this.#levels[instance]! + this.#shocks[minute]!) / (1 - Math.min(FULLEST, load));
  }

  /** Factor on the shares of errors and lost answers, with mean 1. */
  faultiness(instance: number, timeMs: number): number {
    const { instancesDiffer, minutesDiffer } = this.#noise;
    const shock = this.#shareShocks[this.#clock.minuteOf(timeMs)]!;
    return meanOne(this.#shareLevels[instance]!, instancesDiffer) * swing(shock, minutesDiffer);
  }

  noteServed(timeMs: number): void {
    this.#served[this.#clock.minuteOf(timeMs)]! += 1;
  }

  /** What the process says of itself: the same object for the same, as readers know resources by. */
  resource(instance: number, met: Met): Attributes {
    const ofProcess = this.#processMask & met;
    const ofInstance = this.#resources[instance]!;
    const known = ofInstance.get(ofProcess);
    if (known !== undefined) return known;
    const resource = new Map([
      ['service.name', this.name],
      ['service.instance.id', `${this.name}-${instance + 1}`],
      ['service.version', this.#version(met)],
      ...this.#valuesOf('config', 'config.', met),
    ]);
    ofInstance.set(ofProcess, resource);
    return resource;
  }

  /** Variants by flag. */
  flags(met: Met): Attributes {
    const ofFlags = this.#flagMask & met;
    const known = this.#flags.get(ofFlags) ?? new Map(this.#valuesOf('flag', '', met));
    this.#flags.set(ofFlags, known);
    return known;
  }

  #version(met: Met): string {
    const binaries = this.#events.map((event, bit) => ({ event, bit })).filter(({ event }) => event.kind === 'binary');
    const latest = binaries.filter(({ event, bit }) => event.isSeen && (met & (1 << bit)) !== 0).at(-1);
    return latest?.event.to ?? binaries[0]?.event.from ?? UNSTATED_VERSION;
  }

  #valuesOf(wanted: Event['kind'], prefix: string, met: Met): [string, string][] {
    return this.#events.flatMap(({ kind, id, from, to, isSeen }, bit): [string, string][] =>
      kind === wanted && isSeen ? [[`${prefix}${id}`, (met & (1 << bit) ? to : from) ?? '']] : [],
    );
  }
}

function maskOf(events: readonly Event[], isWanted: (kind: Event['kind']) => boolean): Met {
  return events.reduce((mask, { kind }, bit) => (isWanted(kind) ? mask | (1 << bit) : mask), 0);
}

export interface World {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly noise: Pick<Load, 'instancesDiffer' | 'minutesDiffer'>;
}
