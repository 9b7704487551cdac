import { hash32, uniformOf } from './hash32.ts';

/** A fleet whose every point is a function of (seed, client, resource, endpoint, round): no state, any order. */
export interface FleetPlan {
  readonly seed: number;
  readonly startMs: number;
  readonly intervalMs: number;
  readonly clients: number;
  readonly resourcesPerClient: number;
  readonly endpointsPerResource: number;
}

/** OpenTelemetry's advice for `http.server.request.duration`: 14 bounds, 15 buckets. */
export const BOUNDS_SECONDS: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];
/** Share of requests per bucket of an ordinary endpoint, and where in the bucket they lie on average. */
const SHAPE = [0.02, 0.08, 0.3, 0.25, 0.12, 0.08, 0.09, 0.03, 0.012, 0.008, 0.006, 0.002, 0.001, 0.0005, 0.0005];
const MIDDLE_SECONDS = [0.003, 0.008, 0.018, 0.037, 0.062, 0.087, 0.16, 0.36, 0.61, 0.86, 1.6, 3.5, 6.1, 8.6, 14];
const REQUESTS_AT_LEAST = 20;
const REQUESTS_AT_MOST = 2000;

/** Samples that a point is in Prometheus' classic form: its buckets, `_sum` and `_count`. */
export const SAMPLES_OF_A_POINT = BOUNDS_SECONDS.length + 3;

export interface FleetPoint {
  readonly buckets: Float64Array;
  count: number;
  sum: number;
}

export function emptyPoint(): FleetPoint {
  return { buckets: new Float64Array(BOUNDS_SECONDS.length + 1), count: 0, sum: 0 };
}

/**
 * Cumulative counts after `round` + 1 intervals, into `point`. A bucket of mean increment A is floor(A·r + J·u) with u
 * uniform and J = min(A, √(6A)): it never falls, and increments have the variance of a Poisson count where A ≥ 6.
 */
export function walk(plan: FleetPlan, stream: number, round: number, point: FleetPoint): void {
  const { seed } = plan;
  const rate = REQUESTS_AT_LEAST * (REQUESTS_AT_MOST / REQUESTS_AT_LEAST) ** uniformOf(seed, stream, -1);
  const pace = 1 + 0.2 * uniformOf(seed, stream, -2);
  point.count = 0;
  point.sum = 0;
  for (let bucket = 0; bucket < SHAPE.length; bucket++) {
    const mean = rate * SHAPE[bucket]!;
    const spread = Math.min(mean, Math.sqrt(6 * mean));
    const counted = Math.floor(mean * (round + 1) + spread * uniformOf(seed, stream, round, bucket));
    point.buckets[bucket] = counted;
    point.count += counted;
    point.sum += counted * MIDDLE_SECONDS[bucket]! * pace;
  }
}

/** The number of a stream, over all clients. */
export function streamOf(plan: FleetPlan, client: number, resource: number, endpoint: number): number {
  return (client * plan.resourcesPerClient + resource) * plan.endpointsPerResource + endpoint;
}

export function streamsOf(plan: FleetPlan): number {
  return plan.clients * plan.resourcesPerClient * plan.endpointsPerResource;
}

export function timeOf(plan: FleetPlan, round: number): number {
  return plan.startMs + (round + 1) * plan.intervalMs;
}

/** What a resource says of itself, in OpenTelemetry's names. */
export function resourceAttributes(plan: FleetPlan, client: number, resource: number): ReadonlyMap<string, string> {
  const number = client * plan.resourcesPerClient + resource;
  return new Map([
    ['host.name', `node-${number % 16}.example.com`],
    ['service.instance.id', instanceId(plan.seed, number)],
    ['service.name', `service-${number >> 2}`],
    ['service.version', '4.1.9'],
    ['telemetry.sdk.language', 'nodejs'],
  ]);
}

export function pointAttributes(endpoint: number): ReadonlyMap<string, string | number> {
  return new Map<string, string | number>([
    ['http.request.method', endpoint % 3 === 0 ? 'POST' : 'GET'],
    ['http.response.status_code', 200],
    ['http.route', `/v1/resource-${endpoint}/{id}`],
    ['url.scheme', 'https'],
  ]);
}

function instanceId(seed: number, number: number): string {
  const hex = [0, 1, 2, 3].map((part) => hash32(seed, number, part).toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
