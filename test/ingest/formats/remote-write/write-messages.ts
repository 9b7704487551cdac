import protobuf from 'protobufjs';

/** The messages of remote write, written down from prometheus/prometheus, prompb (Apache-2.0): the oracle's schema. */
const VERSION_1 = `
syntax = "proto3";
package prometheus;
message WriteRequest { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }
message MetricMetadata { int32 type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
message Sample { double value = 1; int64 timestamp = 2; }
message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
message Label { string name = 1; string value = 2; }
message TimeSeries {
  repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 3; repeated Histogram histograms = 4;
}
message BucketSpan { sint32 offset = 1; uint32 length = 2; }
message Histogram {
  oneof count { uint64 count_int = 1; double count_float = 2; }
  double sum = 3; sint32 schema = 4; double zero_threshold = 5;
  oneof zero_count { uint64 zero_count_int = 6; double zero_count_float = 7; }
  repeated BucketSpan negative_spans = 8; repeated sint64 negative_deltas = 9; repeated double negative_counts = 10;
  repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12; repeated double positive_counts = 13;
  int32 reset_hint = 14; int64 timestamp = 15; repeated double custom_values = 16; int64 start_timestamp = 17;
}`;
const VERSION_2 = `
syntax = "proto3";
package v2;
message Request { repeated string symbols = 4; repeated TimeSeries timeseries = 5; }
message TimeSeries {
  repeated uint32 labels_refs = 1; repeated Sample samples = 2; repeated prometheus.Histogram histograms = 3;
  repeated Exemplar exemplars = 4; Metadata metadata = 5; int64 created_timestamp = 6;
}
message Exemplar { repeated uint32 labels_refs = 1; double value = 2; int64 timestamp = 3; }
message Sample { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
message Metadata { int32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }`;

const root = protobuf.parse(VERSION_1, { keepCase: true }).root;
protobuf.parse(VERSION_2, root, { keepCase: true });
export const writeRequestType = root.lookupType('prometheus.WriteRequest');
export const symbolizedRequestType = root.lookupType('v2.Request');

export interface SampleFields {
  readonly value: number;
  readonly timestamp: number;
  readonly start_timestamp?: number;
}

export interface HistogramFields {
  readonly count_int?: number;
  readonly count_float?: number;
  readonly sum?: number;
  readonly schema?: number;
  readonly zero_threshold?: number;
  readonly zero_count_int?: number;
  readonly zero_count_float?: number;
  readonly negative_spans?: readonly { readonly offset: number; readonly length: number }[];
  readonly negative_deltas?: readonly number[];
  readonly negative_counts?: readonly number[];
  readonly positive_spans?: readonly { readonly offset: number; readonly length: number }[];
  readonly positive_deltas?: readonly number[];
  readonly positive_counts?: readonly number[];
  readonly reset_hint?: number;
  readonly timestamp?: number;
  readonly custom_values?: readonly number[];
  readonly start_timestamp?: number;
}

/** A series in terms of both versions. */
export interface SeriesFields {
  readonly labels: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  readonly samples?: readonly SampleFields[];
  readonly histograms?: readonly HistogramFields[];
  readonly exemplars?: number;
  readonly type?: number;
  readonly unit?: string;
  readonly created?: number;
}

export interface MetadataFields {
  readonly type: number;
  readonly metric_family_name: string;
  readonly unit?: string;
}

export function labelPairs(labels: SeriesFields['labels']): [string, string][] {
  return (Array.isArray(labels) ? labels : Object.entries(labels)).map(([name, value]) => [name, value]);
}

export function writeRequest(series: readonly SeriesFields[], metadata: readonly MetadataFields[] = []): Buffer {
  const timeseries = series.map(({ labels, samples = [], histograms = [], exemplars = 0 }) => ({
    labels: labelPairs(labels).map(([name, value]) => ({ name, value })),
    samples,
    histograms,
    exemplars: exemplarFields(exemplars),
  }));
  return Buffer.from(writeRequestType.encode({ timeseries, metadata }).finish());
}

export function symbolizedRequest(series: readonly SeriesFields[]): Buffer {
  const symbols = [''];
  const numbers = new Map([['', 0]]);
  const refer = (text: string) => {
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, symbols.length);
    return symbols.push(text) - 1;
  };
  const timeseries = series.map(({ labels, samples = [], histograms = [], exemplars = 0, type, unit, created }) => ({
    labels_refs: labelPairs(labels).flatMap(([name, value]) => [refer(name), refer(value)]),
    samples,
    histograms,
    exemplars: exemplarFields(exemplars),
    ...(type === undefined && unit === undefined
      ? {}
      : { metadata: { type: type ?? 0, unit_ref: refer(unit ?? ''), help_ref: refer('some help') } }),
    created_timestamp: created ?? 0,
  }));
  return Buffer.from(symbolizedRequestType.encode({ symbols, timeseries }).finish());
}

function exemplarFields(count: number) {
  return Array.from({ length: count }, (_, index) => ({ value: index, timestamp: 1000 + index }));
}

/** The double that Prometheus writes where a series ends, put into encoded bytes where a placeholder stands. */
export const STALE_PLACEHOLDER = -1.234_567_890_123_456e-200;

export function withStaleMarkers(message: Buffer): Buffer {
  const placeholder = Buffer.alloc(8);
  placeholder.writeDoubleLE(STALE_PLACEHOLDER);
  const marker = Buffer.from([2, 0, 0, 0, 0, 0, 0xf0, 0x7f]);
  const marked = Buffer.from(message);
  for (let at = marked.indexOf(placeholder); at >= 0; at = marked.indexOf(placeholder, at + 8)) marker.copy(marked, at);
  return marked;
}
