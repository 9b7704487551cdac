import type { ClickHouseClient } from '@clickhouse/client';
import {
  type Attributes,
  PROMETHEUS_SCOPE,
  type StreamIdentity,
  type StreamKind,
  type TelemetrySink,
  type Temporality,
} from '../../../domain/telemetry.ts';
import { readRows } from './query.ts';

/** A stream of the store and its number in the sink. */
export interface OpenedStream {
  readonly number: number;
  readonly kind: StreamKind;
  /** How findings name it. */
  readonly place: string;
}

interface Listed {
  readonly identity: StreamIdentity;
  asIs: OpenedStream | null;
  asIncrements: OpenedStream | null;
}

const OF_SERVICE = `(resource['service.name'] = {service:String} OR scope = '${PROMETHEUS_SCOPE}')`;

/** A condition on `head`, with `tenant` and `service` as parameters. */
export function headsOf(service: string | undefined): string {
  if (service === undefined) return 'true';
  return `head IN (SELECT head FROM streams WHERE tenant = {tenant:String} AND ${OF_SERVICE})`;
}

/** The identities of a tenant's streams, by the two halves of the hash that rows carry. */
export class StreamDirectory {
  readonly #streams = new Map<string, Listed>();
  readonly #resources = new Map<string, Attributes>();

  /** Of all services, or of one. */
  static async load(client: ClickHouseClient, tenant: string, service?: string): Promise<StreamDirectory> {
    const directory = new StreamDirectory();
    let key = '';
    let identity: StreamIdentity | null = null;
    const sql = `SELECT stream, metric, unit, scope, kind, temporality, monotonic, resource, attributes
      FROM streams FINAL WHERE tenant = {tenant:String}${service === undefined ? '' : ` AND ${OF_SERVICE}`}`;
    await readRows(
      client,
      { sql, parameters: { tenant, service: service ?? '' } },
      (reader) => {
        key = `${reader.uint32()}:${reader.uint32()}`;
        identity = {
          metric: reader.text(),
          unit: reader.text(),
          scope: reader.text(),
          kind: reader.text() as StreamKind,
          temporality: reader.text() as Temporality,
          monotonic: reader.byte() === 1,
          resource: directory.#shared(reader.map()),
          attributes: reader.map(),
        };
      },
      () => directory.#streams.set(key, { identity: identity!, asIs: null, asIncrements: null }),
    );
    return directory;
  }

  /** Null where the stream is not registered: its registration is still on its way, and so are its points. */
  open(sink: TelemetrySink, low: number, high: number): OpenedStream | null {
    const listed = this.#streams.get(`${low}:${high}`);
    if (listed === undefined) return null;
    listed.asIs ??= opened(sink, listed.identity);
    return listed.asIs;
  }

  /** The same for what a cumulative stream adds. */
  openIncrements(sink: TelemetrySink, low: number, high: number): OpenedStream | null {
    const listed = this.#streams.get(`${low}:${high}`);
    if (listed === undefined) return null;
    listed.asIncrements ??= opened(sink, asIncrements(listed.identity));
    return listed.asIncrements;
  }

  /** Resources are shared by many streams; sinks know them by reference. */
  #shared(resource: Attributes): Attributes {
    const key = JSON.stringify([...resource]);
    const known = this.#resources.get(key);
    if (known !== undefined) return known;
    this.#resources.set(key, resource);
    return resource;
  }
}

function opened(sink: TelemetrySink, identity: StreamIdentity): OpenedStream {
  const place = `${identity.resource.get('service.name') ?? ''} ${identity.metric}`.trim();
  return { number: sink.openStream(identity), kind: identity.kind, place };
}

/** What a cumulative stream adds. Of a summary only count and sum are cumulative: a histogram without buckets. */
function asIncrements(identity: StreamIdentity): StreamIdentity {
  const kind = identity.kind === 'summary' ? 'histogram' : identity.kind;
  return { ...identity, kind, temporality: 'delta' };
}
