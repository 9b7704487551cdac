import { gzipSync } from 'node:zlib';
import { BackwardWriter } from '../../../bench/load/backward-writer.ts';
import {
  CUMULATIVE,
  DELTA,
  type HistogramMetric,
  writeAttributes,
  writeHistogramPoint,
  writeResource,
} from '../../../bench/load/otlp-request.ts';
import { cumulativePoints, deltaPoints, LEDGER_BOUNDS, type LedgerPlan, type LedgerPoint } from './plan.ts';

export interface LedgerBody {
  readonly contentType: string;
  readonly contentEncoding?: 'gzip';
  readonly bytes: Buffer;
}

const METRIC = { name: 'http.server.request.duration', unit: 's' };
const METHOD = 'GET';

export function serviceOf(client: number): string {
  return `ledger-${client}`;
}

export function clientOf(service: string): number | null {
  const match = /^ledger-(\d+)$/.exec(service);
  return match === null ? null : Number(match[1]);
}

export function slotOf(endpoint: string): number | null {
  const match = /^GET \/slot-(\d+)$/.exec(endpoint);
  return match === null ? null : Number(match[1]);
}

export type Encoding = 'protobuf' | 'json';

export function ledgerBody(plan: LedgerPlan, client: number, request: number, encoding: Encoding): LedgerBody {
  const groups = groupsOf(plan, client, request);
  return encoding === 'protobuf'
    ? { contentType: 'application/x-protobuf', bytes: protobufOf(client, groups) }
    : { contentType: 'application/json', bytes: Buffer.from(JSON.stringify(jsonOf(client, groups))) };
}

/** As little as there is to it: clients that offer much have to share a machine with what they offer it to. */
const PACKING = { level: 1 };

export function packed({ contentType, bytes }: LedgerBody): LedgerBody {
  return { contentType, contentEncoding: 'gzip', bytes: gzipSync(bytes, PACKING) };
}

interface Group {
  readonly metric: HistogramMetric;
  readonly points: readonly LedgerPoint[];
}

function groupsOf(plan: LedgerPlan, client: number, request: number): Group[] {
  const deltas = { metric: { ...METRIC, temporality: DELTA }, points: deltaPoints(plan, client, request) } as const;
  const points = cumulativePoints(plan, client, request);
  return points.length === 0 ? [deltas] : [deltas, { metric: { ...METRIC, temporality: CUMULATIVE }, points }];
}

function resourceOf(client: number): ReadonlyMap<string, string> {
  return new Map([
    ['service.name', serviceOf(client)],
    ['service.version', '1.0.0'],
    ['service.instance.id', `${serviceOf(client)}-0`],
  ]);
}

function pointAttributesOf(slot: number): ReadonlyMap<string, string> {
  return new Map([
    ['http.request.method', METHOD],
    ['http.route', `/slot-${slot}`],
  ]);
}

const writer = new BackwardWriter();
/** What is the same in every request, encoded once. */
const encodedResources = new Map<number, Uint8Array>();
const encodedSlots = new Map<number, Uint8Array>();

function encodedOnce(kept: Map<number, Uint8Array>, key: number, write: (own: BackwardWriter) => void): Uint8Array {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const own = new BackwardWriter();
  write(own);
  const made = own.take();
  kept.set(key, made);
  return made;
}

function protobufOf(client: number, groups: readonly Group[]): Buffer {
  const resource = encodedOnce(encodedResources, client, (own) => writeAttributes(own, 1, resourceOf(client)));
  const byMetric = new Map(groups.map(({ metric, points }) => [metric, points]));
  writeResource(writer, resource, [...byMetric.keys()], (metric) => {
    const points = byMetric.get(metric) ?? [];
    for (let index = points.length - 1; index >= 0; index--) {
      const { slot, startMs, timeMs, count, sum, buckets } = points[index]!;
      const attributes = encodedOnce(encodedSlots, slot, (own) => writeAttributes(own, 9, pointAttributesOf(slot)));
      writeHistogramPoint(writer, attributes, { startMs, timeMs, count, sum, buckets, bounds: LEDGER_BOUNDS });
    }
  });
  return writer.take();
}

function jsonOf(client: number, groups: readonly Group[]): object {
  const attributes = (values: ReadonlyMap<string, string>) =>
    [...values].map(([key, value]) => ({ key, value: { stringValue: value } }));
  const metrics = groups.map(({ metric, points }) => ({
    name: metric.name,
    unit: metric.unit,
    histogram: {
      aggregationTemporality: metric.temporality,
      dataPoints: points.map(({ slot, startMs, timeMs, count, sum, buckets }) => ({
        attributes: attributes(pointAttributesOf(slot)),
        startTimeUnixNano: `${startMs}000000`,
        timeUnixNano: `${timeMs}000000`,
        count: String(count),
        sum,
        bucketCounts: buckets.map(String),
        explicitBounds: LEDGER_BOUNDS,
      })),
    },
  }));
  const resource = { attributes: attributes(resourceOf(client)) };
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'ledger' }, metrics }] }] };
}
