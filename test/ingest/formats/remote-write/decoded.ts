import type { WriteMessage } from '../../../../src/ingest/formats/remote-write/remote-write-decoder.ts';
import { RemoteWriteDecoder } from '../../../../src/ingest/formats/remote-write/remote-write-decoder.ts';
import { WriteTally } from '../../../../src/ingest/formats/remote-write/write-tally.ts';
import { RecordingSink } from '../recording-sink.ts';
import {
  type HistogramFields,
  type SeriesFields,
  symbolizedRequest,
  withStaleMarkers,
  writeRequest,
} from './write-messages.ts';

export const T = 1_795_000_000_000;
export const V1: WriteMessage = 'prometheus.WriteRequest';
export const V2: WriteMessage = 'io.prometheus.write.v2.Request';
export const MESSAGES = [V1, V2] as const;

export interface Decoded {
  readonly sink: RecordingSink;
  readonly tally: WriteTally;
}

export function encode(message: WriteMessage, series: readonly SeriesFields[]): Buffer {
  return withStaleMarkers(message === V1 ? writeRequest(series) : symbolizedRequest(series));
}

export function decodeBytes(message: WriteMessage, ...bodies: readonly Buffer[]): Decoded {
  const sink = new RecordingSink();
  const decoder = new RemoteWriteDecoder(sink);
  const tally = new WriteTally();
  for (const body of bodies) {
    decoder.decode(message, body, 'samples', tally);
    decoder.decode(message, body, 'histograms', tally);
  }
  return { sink, tally };
}

export function decode(message: WriteMessage, ...series: SeriesFields[]): Decoded {
  return decodeBytes(message, encode(message, series));
}

export function sample(name: string, value: number, more: Partial<SeriesFields> = {}): SeriesFields {
  return { labels: { __name__: name }, samples: [{ value, timestamp: T }], ...more };
}

export function histogram(fields: HistogramFields, name = 'h'): SeriesFields {
  return { labels: { __name__: name }, histograms: [{ timestamp: T, ...fields }] };
}

export function identityOf(call: readonly unknown[] = []) {
  const [resource, scope, metric, unit, kind, temporality, monotonic, attributes] = call[1] as unknown[];
  return { resource, scope, metric, unit, kind, temporality, monotonic, attributes };
}
