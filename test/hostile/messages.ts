import { compress } from 'snappyjs';
import { type SeriesFields, symbolizedRequest, writeRequest } from '../ingest/formats/remote-write/write-messages.ts';
import { OTLP_REQUESTS } from '../support/otlp/otlp-schema.ts';
import { twinsOf } from '../support/otlp/protobuf-message.ts';
import type { Message } from './served.ts';

export type Fields = Readonly<Record<string, unknown>>;
export type OtlpProtocol = 'OTLP protobuf' | 'OTLP JSON';
export type WriteProtocol = 'remote write 1.0' | 'remote write 2.0';

export const OTLP_PROTOCOLS: readonly OtlpProtocol[] = ['OTLP protobuf', 'OTLP JSON'];
export const WRITE_PROTOCOLS: readonly WriteProtocol[] = ['remote write 1.0', 'remote write 2.0'];

export function keyValues(values: Readonly<Record<string, string>> | readonly (readonly [string, string])[]): Fields[] {
  const pairs = Array.isArray(values) ? (values as (readonly [string, string])[]) : Object.entries(values);
  return pairs.map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

export function metricsDocument(service: string, metrics: readonly Fields[], more: readonly Fields[] = []): Fields {
  const resource = { attributes: [...keyValues({ 'service.name': service, 'service.instance.id': '1' }), ...more] };
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'hostile' }, metrics }] }] };
}

/** In either encoding; the text is the protobuf JSON of the same message. */
export function otlpMessage(protocol: OtlpProtocol, document: Fields): Message {
  if (protocol === 'OTLP JSON') return jsonMessage(JSON.stringify(document));
  const type = OTLP_REQUESTS.metrics;
  const { message } = twinsOf(type, document as never);
  const body = type.encode(type.create(message)).finish();
  return { path: '/v1/metrics', headers: { 'content-type': 'application/x-protobuf' }, body };
}

export function jsonMessage(text: string): Message {
  return { path: '/v1/metrics', headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
}

const WRITE_HEADERS = {
  'remote write 1.0': { 'content-type': 'application/x-protobuf', 'x-prometheus-remote-write-version': '0.1.0' },
  'remote write 2.0': {
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'x-prometheus-remote-write-version': '2.0.0',
  },
} as const;

export function writeMessage(protocol: WriteProtocol, series: readonly SeriesFields[]): Message {
  const encoded = protocol === 'remote write 1.0' ? writeRequest(series) : symbolizedRequest(series);
  return snappyMessage(compress(encoded), protocol);
}

export function snappyMessage(body: Uint8Array, protocol: WriteProtocol = 'remote write 1.0'): Message {
  return { path: '/api/v1/write', headers: { 'content-encoding': 'snappy', ...WRITE_HEADERS[protocol] }, body };
}

export function nanoseconds(milliseconds: number): string {
  return String(BigInt(Math.round(milliseconds)) * 1_000_000n);
}
