import { compress } from 'snappyjs';
import type { BackwardWriter } from './backward-writer.ts';
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

const METRIC = 'http_server_request_duration_seconds';

/** The same fleet as Prometheus remote write 1.0: request r of a client is one of its resources in one round. */
export class RemoteWriteFleet {
  readonly #plan: FleetPlan;
  readonly #writer: BackwardWriter;
  readonly #point = emptyPoint();
  /** Labels of a resource's series, encoded once: by client and resource. */
  readonly #labels = new Map<number, readonly Uint8Array[]>();

  constructor(plan: FleetPlan, writer: BackwardWriter) {
    this.#plan = plan;
    this.#writer = writer;
  }

  /** Requests of a client in a round. */
  get requestsPerRound(): number {
    return this.#plan.resourcesPerClient;
  }

  requestOf(client: number, request: number): Buffer {
    const plan = this.#plan;
    const resource = request % plan.resourcesPerClient;
    const round = Math.floor(request / plan.resourcesPerClient);
    const labels = this.#labelsOf(client, resource);
    const timeMs = timeOf(plan, round);
    let series = labels.length;
    for (let endpoint = plan.endpointsPerResource - 1; endpoint >= 0; endpoint--) {
      walk(plan, streamOf(plan, client, resource, endpoint), round, this.#point);
      const values = samplesOf(this.#point.buckets, this.#point.count, this.#point.sum);
      for (const value of values.reverse()) this.#writeSeries(labels[--series]!, value, timeMs);
    }
    return Buffer.from(compress(this.#writer.take()));
  }

  #writeSeries(labels: Uint8Array, value: number, timeMs: number): void {
    const writer = this.#writer;
    const end = writer.length;
    writer.varint(timeMs);
    writer.key(2, 0);
    writer.double(value);
    writer.key(1, 1);
    writer.head(2, end);
    writer.raw(labels);
    writer.head(1, end);
  }

  #labelsOf(client: number, resource: number): readonly Uint8Array[] {
    const key = client * this.#plan.resourcesPerClient + resource;
    const known = this.#labels.get(key);
    if (known !== undefined) return known;
    const made = seriesOf(this.#plan, client, resource).map((labels) => this.#encode(labels));
    this.#labels.set(key, made);
    return made;
  }

  #encode(labels: readonly (readonly [string, string])[]): Uint8Array {
    const writer = this.#writer;
    for (const [name, value] of [...labels].reverse()) {
      const end = writer.length;
      writer.text(2, value);
      writer.text(1, name);
      writer.head(1, end);
    }
    return writer.take();
  }
}

/** In the order of `seriesOf`: cumulative over buckets, then the count, then the sum. */
function samplesOf(buckets: Float64Array, count: number, sum: number): number[] {
  let below = 0;
  const values = Array.from(buckets, (counted) => {
    below += counted;
    return below;
  });
  return [...values, count, sum];
}

function seriesOf(plan: FleetPlan, client: number, resource: number): (readonly [string, string])[][] {
  const identity = resourceAttributes(plan, client, resource);
  const target: [string, string][] = [
    ['instance', identity.get('service.instance.id')!],
    ['job', identity.get('service.name')!],
    ['service_version', identity.get('service.version')!],
  ];
  return Array.from({ length: plan.endpointsPerResource }, (_, endpoint) => {
    const own = [...pointAttributes(endpoint)].map(
      ([name, value]) => [name.replaceAll('.', '_'), String(value)] as [string, string],
    );
    const labelled = (suffix: string, ...more: [string, string][]) =>
      [['__name__', METRIC + suffix] as [string, string], ...target, ...own, ...more].sort(([a], [b]) =>
        a < b ? -1 : a > b ? 1 : 0,
      );
    return [
      ...[...BOUNDS_SECONDS.map(String), '+Inf'].map((bound) => labelled('_bucket', ['le', bound])),
      labelled('_count'),
      labelled('_sum'),
    ];
  }).flat();
}
