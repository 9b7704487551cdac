import type { QualityCode } from '../../../src/domain/quality.ts';
import type { Attributes, SpanKind, StreamKind, TelemetrySink } from '../../../src/domain/telemetry.ts';

/** A second OTLP/JSON decoder, written for clarity on JSON.parse, for documents without duplicate keys. */

type Json = ReturnType<typeof JSON.parse>;

const MISTYPED = Symbol('mistyped');

export function decodeByReference(text: string, sink: TelemetrySink): void {
  const document: Json = JSON.parse(text);
  for (const [key, value] of Object.entries<Json>(document)) {
    if (key === 'resourceMetrics') eachItem(value, 'scopeMetrics', 'metrics', (...at) => decodeMetric(sink, ...at));
    if (key === 'resourceSpans') eachItem(value, 'scopeSpans', 'spans', (...at) => decodeSpan(sink, ...at));
    if (key === 'resourceLogs') eachItem(value, 'scopeLogs', 'logRecords', (...at) => decodeLog(sink, ...at));
  }
}

type Visit = (resource: Attributes, scope: string, item: Json) => void;

function eachItem(resources: Json, scopesKey: string, itemsKey: string, visit: Visit): void {
  for (const holder of resources ?? []) {
    const resource = attributesOf(holder.resource?.attributes);
    for (const group of holder[scopesKey] ?? []) {
      const scope = scopeOf(group.scope ?? {});
      for (const item of group[itemsKey] ?? []) visit(resource, scope, item);
    }
  }
}

function scopeOf(scope: Json): string {
  const attributes = [...attributesOf(scope.attributes)].sort(([left], [right]) => (left < right ? -1 : 1));
  const version = scope.version ? `@${scope.version}` : '';
  return `${scope.name ?? ''}${version}${attributes.length > 0 ? ` ${JSON.stringify(attributes)}` : ''}`;
}

function attributesOf(list: Json): Attributes {
  return new Map((list ?? []).map((pair: Json) => [pair.key, textOf(pair.value)]));
}

function textOf(value: Json): string {
  const plain = plainOf(value);
  if (plain === undefined) return '';
  return typeof plain === 'object' ? JSON.stringify(plain) : String(plain);
}

function plainOf(value: Json): Json {
  if (value?.arrayValue) return (value.arrayValue.values ?? []).map((item: Json) => plainOf(item) ?? null);
  if (value?.kvlistValue) {
    const pairs = (value.kvlistValue.values ?? []).map((pair: Json) => [pair.key, plainOf(pair.value) ?? null]);
    return Object.fromEntries(pairs);
  }
  if (value?.intValue !== undefined) return Number(value.intValue);
  return value?.stringValue ?? value?.boolValue ?? value?.doubleValue ?? value?.bytesValue;
}

function double(value: Json, absent = 0): number {
  if (value === undefined || value === null) return absent;
  if (typeof value === 'number') return value;
  if (['NaN', 'Infinity', '-Infinity'].includes(value)) return Number(value);
  if (typeof value === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(value)) return Number(value);
  throw MISTYPED;
}

function integer(value: Json): number {
  const number = double(value);
  if (!Number.isInteger(number)) throw MISTYPED;
  return number;
}

function milliseconds(value: Json): number {
  if (integer(value) < 0) throw MISTYPED;
  const nanoseconds = BigInt(value ?? 0);
  return Number(nanoseconds / 1_000_000n) + Number(nanoseconds % 1_000_000n) / 1e6;
}

const DATA: readonly [key: string, kind: StreamKind][] = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential-histogram'],
  ['summary', 'summary'],
];

function decodeMetric(sink: TelemetrySink, resource: Attributes, scope: string, metric: Json): void {
  for (const [key, kind] of DATA) {
    const data = metric[key];
    if (!data) continue;
    const aggregated = kind !== 'gauge' && kind !== 'summary';
    const temporality = { 1: 'delta', 2: 'cumulative' }[String(data.aggregationTemporality)] as 'delta' | undefined;
    const monotonic = kind === 'sum' && data.isMonotonic === true;
    for (const point of data.dataPoints ?? []) {
      if (aggregated && temporality === undefined) {
        sink.reject('unspecified-temporality', '', '');
        continue;
      }
      const open = (attributes: Attributes) =>
        sink.openStream({
          resource,
          scope,
          metric: metric.name,
          unit: metric.unit ?? '',
          kind,
          temporality: aggregated ? temporality! : kind === 'summary' ? 'cumulative' : 'instant',
          monotonic,
          attributes,
        });
      tryRow(sink, 'bad-point', () => decodePoint(sink, kind, monotonic, point, open));
    }
  }
}

/** Runs a row's decoder; what it throws is the code it is refused with. */
function tryRow(sink: TelemetrySink, mistypedCode: QualityCode, decode: () => void): void {
  try {
    decode();
  } catch (thrown) {
    if (thrown instanceof Error) throw thrown;
    sink.reject(thrown === MISTYPED ? mistypedCode : (thrown as QualityCode), '', '');
  }
}

type Open = (attributes: Attributes) => number;

function decodePoint(sink: TelemetrySink, kind: StreamKind, monotonic: boolean, point: Json, open: Open): void {
  const deliver = POINTS[kind](sink, point, monotonic);
  const timeMs = milliseconds(point.timeUnixNano);
  const startMs = milliseconds(point.startTimeUnixNano) || Number.NaN;
  if (integer(point.flags) & 1) throw 'no-recorded-value';
  if (timeMs === 0) throw 'missing-time';
  deliver(() => open(attributesOf(point.attributes)), startMs, timeMs);
}

type Deliver = (stream: () => number, startMs: number, timeMs: number) => void;
type DecodePoint = (sink: TelemetrySink, point: Json, monotonic: boolean) => Deliver;

/** Each first reads all values, so that a mistyped one is found before anything else is wrong. */
const POINTS: { [kind in StreamKind]: DecodePoint } = {
  gauge: decodeNumber,
  sum: decodeNumber,
  histogram: decodeHistogram,
  'exponential-histogram': decodeExponential,
  summary: decodeSummary,
};

function decodeNumber(sink: TelemetrySink, point: Json, monotonic: boolean): Deliver {
  const value = point.asInt === undefined ? double(point.asDouble, undefined) : integer(point.asInt);
  return (stream, startMs, timeMs) => {
    if (point.asInt === undefined && point.asDouble === undefined) throw 'bad-point';
    if (!Number.isFinite(value)) throw 'not-finite';
    if (monotonic && value < 0) throw 'negative-count';
    sink.numberPoint(stream(), startMs, timeMs, value);
  };
}

function finiteSum(sink: TelemetrySink, sum: number, present: boolean): number {
  if (present && !Number.isFinite(sum)) sink.reject('partly-not-finite', '', '');
  return Number.isFinite(sum) ? sum : Number.NaN;
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function decodeHistogram(sink: TelemetrySink, point: Json): Deliver {
  const count = integer(point.count);
  const sum = double(point.sum, Number.NaN);
  const counts: number[] = (point.bucketCounts ?? []).map(integer);
  const bounds: number[] = (point.explicitBounds ?? []).map((bound: Json) => double(bound));
  return (stream, startMs, timeMs) => {
    if (count < 0 || counts.some((bucket) => bucket < 0)) throw 'negative-count';
    if (counts.length > 0 || bounds.length > 0) {
      if (counts.length !== bounds.length + 1 || total(counts) !== count) throw 'bucket-mismatch';
      if (!bounds.every((bound, index) => Number.isFinite(bound) && (index === 0 || bound > bounds[index - 1]!)))
        throw 'bucket-mismatch';
    }
    const usable = finiteSum(sink, sum, point.sum !== undefined);
    sink.histogramPoint(stream(), startMs, timeMs, count, usable, bounds, counts);
  };
}

function decodeExponential(sink: TelemetrySink, point: Json): Deliver {
  const [count, scale, zeros] = [integer(point.count), integer(point.scale), integer(point.zeroCount)];
  const sum = double(point.sum, Number.NaN);
  const threshold = double(point.zeroThreshold);
  const offset = integer(point.positive?.offset);
  const positive: number[] = (point.positive?.bucketCounts ?? []).map(integer);
  const negative: number[] = (point.negative?.bucketCounts ?? []).map(integer);
  integer(point.negative?.offset);
  return (stream, startMs, timeMs) => {
    if (count < 0 || zeros < 0 || [...positive, ...negative].some((bucket) => bucket < 0)) throw 'negative-count';
    if (scale < -10 || scale > 20 || !(threshold >= 0 && threshold < Infinity)) throw 'bad-point';
    const top = (offset + positive.length) / 2 ** scale;
    if (positive.length > 0 && (top > 1025 || top < -1075)) throw 'bad-point';
    const below = total(negative);
    if (total(positive) + below + zeros !== count) throw 'bucket-mismatch';
    if (below > 0) sink.reject('negative-observation', '', '');
    const usable = finiteSum(sink, sum, point.sum !== undefined);
    const zeroCount = zeros + below;
    sink.exponentialPoint(stream(), startMs, timeMs, count, usable, scale, threshold, zeroCount, offset, positive);
  };
}

function decodeSummary(sink: TelemetrySink, point: Json): Deliver {
  const count = integer(point.count);
  const sum = double(point.sum);
  const pairs: [number, number][] = (point.quantileValues ?? []).map((pair: Json) => [
    double(pair.quantile),
    double(pair.value),
  ]);
  return (stream, startMs, timeMs) => {
    if (count < 0) throw 'negative-count';
    if (pairs.some(([quantile]) => !(quantile >= 0 && quantile <= 1))) throw 'bad-point';
    const good = pairs.filter(([, value]) => Number.isFinite(value));
    if (good.length < pairs.length) sink.reject('partly-not-finite', '', '');
    const usable = finiteSum(sink, sum, true);
    const quantiles = good.map(([quantile]) => quantile);
    const values = good.map(([, value]) => value);
    sink.summaryPoint(stream(), startMs, timeMs, count, usable, quantiles, values);
  };
}

const SPAN_KINDS: readonly SpanKind[] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];

function hex(text: Json, digits: number): string {
  const id = String(text ?? '').toLowerCase();
  if (/^0*$/.test(id)) return '';
  return id.length === digits && /^[0-9a-f]+$/.test(id) ? id : 'bad';
}

function outcomeOf(attributes: Attributes): [string, string] | undefined {
  const flag = attributes.get('feature_flag.key');
  const variant =
    attributes.get('feature_flag.result.variant') ??
    attributes.get('feature_flag.variant') ??
    attributes.get('feature_flag.result.value');
  return flag && variant !== undefined ? [flag, variant] : undefined;
}

function isFlagEvent(name: string | undefined): boolean {
  return name === 'feature_flag' || name === 'feature_flag.evaluation';
}

/** Different variants of one flag are named together. */
function flagsIn(events: Json[]): Map<string, string> {
  const flags = new Map<string, string>();
  for (const event of events.filter(({ name }) => isFlagEvent(name))) {
    const [flag, variant] = outcomeOf(attributesOf(event.attributes)) ?? ['', ''];
    const before = flags.get(flag);
    if (flag === '' || before === variant) continue;
    const variants = before === undefined ? [variant] : [...before.split('|'), ...variant.split('|')].sort();
    flags.set(flag, [...new Set(variants)].join('|'));
  }
  return flags;
}

function decodeSpan(sink: TelemetrySink, resource: Attributes, _scope: string, span: Json): void {
  tryRow(sink, 'bad-span', () => {
    const kind = SPAN_KINDS[integer(span.kind)];
    const [startMs, endMs] = [milliseconds(span.startTimeUnixNano), milliseconds(span.endTimeUnixNano)];
    const failed = integer(span.status?.code) === 2;
    const ids = [hex(span.traceId, 32), hex(span.spanId, 16), hex(span.parentSpanId, 16)] as const;
    if (ids.includes('bad') || ids[0] === '' || ids[1] === '' || kind === undefined) throw 'bad-span';
    if (startMs === 0 || endMs === 0 || endMs < startMs) throw 'bad-span';
    const flags = flagsIn(span.events ?? []);
    sink.span({
      traceId: ids[0],
      spanId: ids[1],
      parentSpanId: ids[2],
      kind,
      name: span.name ?? '',
      startMs,
      endMs,
      failed,
      resource,
      attributes: attributesOf(span.attributes),
      flags,
      linkedSpanIds: (span.links ?? [])
        .filter((link: Json) => hex(link.traceId, 32) === ids[0])
        .map((link: Json) => hex(link.spanId, 16))
        .filter((id: string) => id !== '' && id !== 'bad'),
    });
  });
}

function decodeLog(sink: TelemetrySink, resource: Attributes, _scope: string, record: Json): void {
  const attributes = attributesOf(record.attributes);
  if (!isFlagEvent(record.eventName || attributes.get('event.name'))) return;
  tryRow(sink, 'bad-point', () => {
    const outcome = outcomeOf(attributes);
    const [recordedMs, observedMs] = [milliseconds(record.timeUnixNano), milliseconds(record.observedTimeUnixNano)];
    const timeMs = recordedMs || observedMs;
    if (outcome === undefined) throw 'bad-point';
    if (timeMs === 0) throw 'missing-time';
    const [flag, variant] = outcome;
    const known = (id: string) => (id === 'bad' ? '' : id);
    const [traceId, spanId] = [known(hex(record.traceId, 32)), known(hex(record.spanId, 16))];
    sink.flagEvaluation({ timeMs, traceId, spanId, resource, flag, variant });
  });
}
