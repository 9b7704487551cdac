import type { StreamIdentity, TelemetrySink } from '../../src/domain/telemetry.ts';
import { FLEET_START_MS, seeded } from '../analyze/fleet-telemetry.ts';
import { BOUNDS_SECONDS } from '../load/fleet-walk.ts';

/** Endpoints of ten services, each served by so many instances, a cumulative histogram a minute. */
export interface StoredFleet {
  readonly endpoints: number;
  readonly instances: number;
  readonly minutes: number;
}

const SERVICES = 10;
const MINUTE_MS = 60_000;
/** Share of requests per bucket of an ordinary endpoint, and of one that got slower. */
const SHAPE = [0.02, 0.08, 0.3, 0.25, 0.12, 0.08, 0.09, 0.03, 0.012, 0.008, 0.006, 0.002, 0.001, 0.0005, 0.0005];
const SLOWER = [0.01, 0.05, 0.2, 0.22, 0.13, 0.11, 0.15, 0.06, 0.03, 0.02, 0.012, 0.005, 0.002, 0.0005, 0.0005];
const SLOWER_EVERY = 25;
const BUCKETS = SHAPE.length;

export function pointsOf({ endpoints, instances, minutes }: StoredFleet): number {
  return endpoints * instances * minutes;
}

/** The fleet restarts in a new version half-way; some endpoints are slower from then on. */
export class FleetWalk {
  readonly #fleet: StoredFleet;
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;
  readonly #random = seeded(20260105);
  readonly #streams = new Map<StreamIdentity, number>();
  readonly #identities: StreamIdentity[];
  readonly #point = new Float64Array(BUCKETS);
  #minute = 0;

  constructor(fleet: StoredFleet) {
    this.#fleet = fleet;
    const streams = fleet.endpoints * fleet.instances;
    this.#counts = new Float64Array(streams * BUCKETS);
    this.#sums = new Float64Array(streams);
    this.#identities = identitiesOf(fleet, '4.1.9');
  }

  /** Hands out what all instances export in the next minute; false after the last one. */
  next(sink: TelemetrySink): boolean {
    const { endpoints, instances, minutes } = this.#fleet;
    if (this.#minute === minutes) return false;
    const half = minutes / 2;
    if (this.#minute === half) this.#restart();
    const isAfter = this.#minute >= half;
    const bootMs = FLEET_START_MS + (isAfter ? half : 0) * MINUTE_MS;
    for (let instance = 0; instance < instances; instance++) {
      const offsetMs = 1000 * ((7 * instance + 3) % 60);
      const timeMs = FLEET_START_MS + (this.#minute + 1) * MINUTE_MS + offsetMs;
      for (let endpoint = 0; endpoint < endpoints; endpoint++) {
        const stream = instance * endpoints + endpoint;
        this.#grow(stream, isAfter && endpoint % SLOWER_EVERY === 7 ? SLOWER : SHAPE, 20 + (endpoint % 10) * 15);
        this.#handOut(sink, stream, bootMs + offsetMs, timeMs);
      }
    }
    this.#minute++;
    return true;
  }

  #restart(): void {
    this.#counts.fill(0);
    this.#sums.fill(0);
    this.#streams.clear();
    this.#identities.splice(0, Number.POSITIVE_INFINITY, ...identitiesOf(this.#fleet, '4.2.0'));
  }

  #grow(stream: number, shape: readonly number[], least: number): void {
    const random = this.#random;
    const requests = least * (1 + random());
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const more = Math.floor(shape[bucket]! * requests + random());
      this.#counts[stream * BUCKETS + bucket]! += more;
      this.#sums[stream]! += more * (BOUNDS_SECONDS[bucket] ?? 12) * (0.5 + 0.3 * random());
    }
  }

  #handOut(sink: TelemetrySink, stream: number, startMs: number, timeMs: number): void {
    const point = this.#point;
    let count = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      point[bucket] = this.#counts[stream * BUCKETS + bucket]!;
      count += point[bucket]!;
    }
    const number = this.#numberOf(sink, this.#identities[stream]!);
    sink.histogramPoint(number, startMs, timeMs, count, this.#sums[stream]!, BOUNDS_SECONDS, point);
  }

  #numberOf(sink: TelemetrySink, identity: StreamIdentity): number {
    const known = this.#streams.get(identity);
    if (known !== undefined) return known;
    const number = sink.openStream(identity);
    this.#streams.set(identity, number);
    return number;
  }
}

function identitiesOf({ endpoints, instances }: StoredFleet, version: string): StreamIdentity[] {
  const identities: StreamIdentity[] = [];
  for (let instance = 0; instance < instances; instance++) {
    const resources = Array.from(
      { length: SERVICES },
      (_, service) =>
        new Map([
          ['service.name', `service-${service}`],
          ['service.version', version],
          ['service.instance.id', `service-${service}-${instance}`],
        ]),
    );
    for (let endpoint = 0; endpoint < endpoints; endpoint++) {
      identities.push({
        resource: resources[endpoint % SERVICES]!,
        scope: 'bench',
        metric: 'http.server.request.duration',
        unit: 's',
        kind: 'histogram',
        temporality: 'cumulative',
        monotonic: true,
        attributes: new Map([
          ['http.request.method', 'GET'],
          ['http.route', `/resource-${endpoint}/{id}`],
          ['http.response.status_code', '200'],
        ]),
      });
    }
  }
  return identities;
}

/** Two days around a change of every service; the document an analysis of the fleet is given. */
export function documentOf({ minutes }: StoredFleet): string {
  const at = (minute: number): string => new Date(FLEET_START_MS + minute * MINUTE_MS).toISOString();
  const changes = Array.from(
    { length: SERVICES },
    (_, service) =>
      `{ id: release-${service}, kind: binary, service: service-${service}, from: "4.1.9", to: "4.2.0", at: "${at(minutes / 2)}" }`,
  );
  return [
    'apiVersion: postflight/v1',
    'kind: Upgrade',
    'metadata: { name: fleet }',
    'spec:',
    `  baseline: { start: "${at(0)}", end: "${at(minutes / 2)}" }`,
    `  post: { start: "${at(minutes / 2)}", end: "${at(minutes)}" }`,
    `  changes: [${changes.join(', ')}]`,
    '',
  ].join('\n');
}

/** After everything was exported. */
export function endMsOf({ minutes }: StoredFleet): number {
  return FLEET_START_MS + (minutes + 60) * MINUTE_MS;
}
