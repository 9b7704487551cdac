import type { Attributes, Span, SpanKind } from '../../../src/domain/telemetry.ts';

/** By the protocol's number (trace.proto). */
const KIND_NUMBERS: Readonly<Record<SpanKind, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};
const FAILED = 2;
const SPANS_A_LINE = 500;

/** Spans as OTLP JSON lines, as a Collector's file exporter writes them. */
export function otlpLines(spans: readonly Span[]): string[] {
  const lines: string[] = [];
  for (let first = 0; first < spans.length; first += SPANS_A_LINE) {
    lines.push(lineOf(spans.slice(first, first + SPANS_A_LINE)));
  }
  return lines;
}

function lineOf(spans: readonly Span[]): string {
  const byResource = new Map<Attributes, string[]>();
  for (const span of spans) {
    const ofResource = byResource.get(span.resource);
    if (ofResource === undefined) byResource.set(span.resource, [spanText(span)]);
    else ofResource.push(spanText(span));
  }
  const resourceSpans = [...byResource].map(([resource, texts]) => {
    const scopeSpans = `[{"scope":{"name":"scenario"},"spans":[${texts.join(',')}]}]`;
    return `{"resource":{"attributes":${attributesText(resource)}},"scopeSpans":${scopeSpans}}`;
  });
  return `{"resourceSpans":[${resourceSpans.join(',')}]}`;
}

function spanText({
  traceId,
  spanId,
  parentSpanId,
  kind,
  name,
  startMs,
  endMs,
  failed,
  attributes,
  flags,
}: Span): string {
  const start = nanoseconds(startMs);
  const ids = `"traceId":"${traceId}","spanId":"${spanId}","parentSpanId":"${parentSpanId}"`;
  const times = `"startTimeUnixNano":"${start}","endTimeUnixNano":"${nanoseconds(endMs)}"`;
  const what = `"name":${JSON.stringify(name)},"kind":${KIND_NUMBERS[kind]},"attributes":${attributesText(attributes)}`;
  const events = [...flags].map((flag) => eventText(start, flag)).join(',');
  return `{${ids},${times},${what},"events":[${events}],"status":{${failed ? `"code":${FAILED}` : ''}}}`;
}

function eventText(time: string, [flag, variant]: readonly [string, string]): string {
  const attributes = keyValues([
    ['feature_flag.key', flag],
    ['feature_flag.result.variant', variant],
  ]);
  return `{"name":"feature_flag.evaluation","timeUnixNano":"${time}","attributes":${attributes}}`;
}

const knownTexts = new WeakMap<Attributes, string>();

function attributesText(attributes: Attributes): string {
  const text = knownTexts.get(attributes) ?? keyValues([...attributes]);
  knownTexts.set(attributes, text);
  return text;
}

function keyValues(entries: readonly (readonly [string, string])[]): string {
  return JSON.stringify(entries.map(([key, value]) => ({ key, value: { stringValue: value } })));
}

/** Exact: simulated times are whole multiples of 1/64 ms. */
function nanoseconds(timeMs: number): string {
  const whole = Math.floor(timeMs);
  return `${whole}${String((timeMs - whole) * 1e6).padStart(6, '0')}`;
}
