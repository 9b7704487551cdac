import { BackwardWriter } from './backward-writer.ts';
import {
  BOUNDS_SECONDS,
  emptyPoint,
  type FleetPlan,
  pointAttributes,
  resourceAttributes,
  streamOf,
  timeOf,
  walk,
} from './fleet-walk.ts';

export const CUMULATIVE = 2;
export const DELTA = 1;

type Attributes = ReadonlyMap<string, string | number>;

/** `KeyValue`s under the given field of the message around them. Field numbers: opentelemetry-proto 1.x. */
export function writeAttributes(writer: BackwardWriter, field: number, attributes: Attributes): void {
  for (const [key, value] of [...attributes].reverse()) {
    const end = writer.length;
    if (typeof value === 'string') writer.text(1, value);
    else {
      writer.varint(value);
      writer.key(3, 0);
    }
    writer.head(2, end);
    writer.text(1, key);
    writer.head(field, end);
  }
}

export interface HistogramPoint {
  readonly startMs: number;
  readonly timeMs: number;
  readonly count: number;
  readonly sum: number;
  readonly bounds: ArrayLike<number>;
  readonly buckets: ArrayLike<number>;
}

/** `HistogramDataPoint` as an entry of `Histogram.data_points`; `attributes` are bytes of `writeAttributes(_, 9, _)`. */
export function writeHistogramPoint(writer: BackwardWriter, attributes: Uint8Array, point: HistogramPoint): void {
  const end = writer.length;
  writer.raw(attributes);
  const bounds = writer.length;
  for (let index = point.bounds.length - 1; index >= 0; index--) writer.double(point.bounds[index]!);
  writer.head(7, bounds);
  const buckets = writer.length;
  for (let index = point.buckets.length - 1; index >= 0; index--) writer.fixed64(point.buckets[index]!);
  writer.head(6, buckets);
  writer.double(point.sum);
  writer.key(5, 1);
  writer.fixed64(point.count);
  writer.key(4, 1);
  writer.fixed64Nanoseconds(point.timeMs);
  writer.key(3, 1);
  writer.fixed64Nanoseconds(point.startMs);
  writer.key(2, 1);
  writer.head(1, end);
}

export interface HistogramMetric {
  readonly name: string;
  readonly unit: string;
  readonly temporality: typeof CUMULATIVE | typeof DELTA;
}

/** `ResourceMetrics` with one scope; `points` writes the data points of each metric, last one first. */
export function writeResource(
  writer: BackwardWriter,
  resource: Uint8Array,
  metrics: readonly HistogramMetric[],
  points: (metric: HistogramMetric) => void,
): void {
  const end = writer.length;
  for (const metric of [...metrics].reverse()) {
    const metricEnd = writer.length;
    writer.varint(metric.temporality);
    writer.key(2, 0);
    points(metric);
    writer.head(9, metricEnd);
    writer.text(3, metric.unit);
    writer.text(1, metric.name);
    writer.head(2, metricEnd);
  }
  const scopeEnd = writer.length;
  writer.text(1, '@opentelemetry/instrumentation-http');
  writer.head(1, scopeEnd);
  writer.head(2, end);
  const resourceEnd = writer.length;
  writer.raw(resource);
  writer.head(1, resourceEnd);
  writer.head(1, end);
}

const DURATION: HistogramMetric = { name: 'http.server.request.duration', unit: 's', temporality: CUMULATIVE };

/** Export requests of a fleet: request r of a client holds round r of all its resources. */
export class OtlpFleet {
  readonly #plan: FleetPlan;
  readonly #writer: BackwardWriter;
  readonly #attributes: readonly Uint8Array[];
  readonly #identities = new Map<number, Uint8Array>();
  readonly #point = emptyPoint();

  constructor(plan: FleetPlan, writer: BackwardWriter) {
    this.#plan = plan;
    this.#writer = writer;
    this.#attributes = Array.from({ length: plan.endpointsPerResource }, (_, endpoint) => {
      writeAttributes(writer, 9, pointAttributes(endpoint));
      return writer.take();
    });
  }

  requestOf(client: number, round: number): Buffer {
    for (let resource = this.#plan.resourcesPerClient - 1; resource >= 0; resource--) {
      this.#writeResource(client, resource, round);
    }
    return this.#writer.take();
  }

  #writeResource(client: number, resource: number, round: number): void {
    const writer = this.#writer;
    const plan = this.#plan;
    writeResource(writer, this.#identityOf(client, resource), [DURATION], () => {
      for (let endpoint = plan.endpointsPerResource - 1; endpoint >= 0; endpoint--) {
        this.#writePoint(streamOf(plan, client, resource, endpoint), endpoint, round);
      }
    });
  }

  #identityOf(client: number, resource: number): Uint8Array {
    const key = client * this.#plan.resourcesPerClient + resource;
    const known = this.#identities.get(key);
    if (known !== undefined) return known;
    const writer = new BackwardWriter();
    writeAttributes(writer, 1, resourceAttributes(this.#plan, client, resource));
    const made = writer.take();
    this.#identities.set(key, made);
    return made;
  }

  #writePoint(stream: number, endpoint: number, round: number): void {
    const { startMs } = this.#plan;
    const { buckets } = this.#point;
    walk(this.#plan, stream, round, this.#point);
    const { count, sum } = this.#point;
    const timeMs = timeOf(this.#plan, round);
    writeHistogramPoint(this.#writer, this.#attributes[endpoint]!, {
      startMs,
      timeMs,
      count,
      sum,
      bounds: BOUNDS_SECONDS,
      buckets,
    });
  }
}
