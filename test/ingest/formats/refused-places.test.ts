import { describe, expect, it } from 'vitest';
import type { Signal } from '../../../src/ingest/formats/format.ts';
import { openDecoder } from '../../../src/ingest/formats/open-decoder.ts';
import { otlpJson } from '../../../src/ingest/formats/otlp-json.ts';
import { OTLP_REQUESTS } from '../../support/otlp/otlp-schema.ts';
import { twinsOf } from '../../support/otlp/protobuf-message.ts';
import { RecordingSink } from './recording-sink.ts';

const ENCODINGS: Record<string, (document: object, signal: Signal) => Buffer> = {
  'application/json': (document) => Buffer.from(JSON.stringify(document)),
  'application/x-protobuf': (document, signal) => {
    const type = OTLP_REQUESTS[signal];
    return Buffer.from(type.encode(type.create(twinsOf(type, document as never).message)).finish());
  },
};

const TIME = '1795140060000000000';
const RESOURCE = {
  attributes: [
    { key: 'service.name', value: { stringValue: 'cart' } },
    { key: 'service.instance.id', value: { stringValue: 'i-1' } },
  ],
};
const OWNER = 'service.name "cart", service.instance.id "i-1"';
const BOUNDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

function metricsOf(dataPoint: object, resource: object = RESOURCE): object {
  const sound = { timeUnixNano: TIME, count: '0' };
  const metrics = [
    { name: 'sound', histogram: { aggregationTemporality: 1, dataPoints: [sound] } },
    { name: 'call.duration', histogram: { aggregationTemporality: 1, dataPoints: [dataPoint] } },
  ];
  return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] };
}

/** Of all that is made text of bytes meanwhile. */
function decodedCharacters(work: () => void): number {
  const original = Buffer.prototype.toString;
  let characters = 0;
  Buffer.prototype.toString = function (...range: Parameters<typeof original>) {
    const text = original.apply(this, range);
    characters += text.length;
    return text;
  };
  try {
    work();
  } finally {
    Buffer.prototype.toString = original;
  }
  return characters;
}

const POINTS: [string, object][] = [
  ['missing-time', { timeUnixNano: '0', count: '0' }],
  ['bucket-mismatch', { timeUnixNano: TIME, count: '2', bucketCounts: ['1', '1'], explicitBounds: BOUNDS }],
];

describe.each(Object.entries(ENCODINGS))('what is refused of a body in %s', (type, encode) => {
  const placesOf = (document: object, signal: Signal): [string, string][] => {
    const sink = new RecordingSink();
    openDecoder(type, signal, sink)!.decode(encode(document, signal), 'request');
    return sink.rejections.map(({ code, where }) => [code, where]);
  };

  it.each(POINTS)('is named by its metric, service and instance: %s', (code, point) => {
    expect(placesOf(metricsOf(point), 'metrics')).toEqual([[code, `call.duration of ${OWNER}`]]);
  });

  it('is named by as much as there is', () => {
    const point = { timeUnixNano: '0', count: '0' };
    expect(placesOf(metricsOf(point, {}), 'metrics')).toEqual([['missing-time', 'call.duration']]);
    const nameless = [{ gauge: { dataPoints: [{ timeUnixNano: TIME, asDouble: 1 }] } }];
    const document = { resourceMetrics: [{ resource: RESOURCE, scopeMetrics: [{ metrics: nameless }] }] };
    expect(placesOf(document, 'metrics')).toEqual([['bad-point', `a metric of ${OWNER}`]]);
  });

  it('is named without reading a long name for each point again', () => {
    const dataPoints = Array.from({ length: 50_000 }, () => ({ timeUnixNano: '0' }));
    const short = { name: 'short', gauge: { dataPoints: dataPoints.slice(0, 1) } };
    const metrics = [{ name: '€'.repeat(350_000), gauge: { dataPoints } }, short];
    const body = encode({ resourceMetrics: [{ resource: RESOURCE, scopeMetrics: [{ metrics }] }] }, 'metrics');
    const sink = new RecordingSink();
    const decoder = openDecoder(type, 'metrics', sink)!;
    expect(decodedCharacters(() => decoder.decode(body, 'request'))).toBeLessThan(500_000);
    expect(sink.rejections).toHaveLength(50_001);
    const places = [`${'€'.repeat(80)}… of ${OWNER}`, `short of ${OWNER}`];
    expect([...new Set(sink.rejections.map(({ where }) => where))]).toEqual(places);
  });

  it('is named by its span and service, or by whose flag evaluation it is', () => {
    const spans = [{ name: 'GET /', traceId: '', spanId: '' }];
    const traces = { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ spans }] }] };
    expect(placesOf(traces, 'traces')).toEqual([['bad-span', `span GET / of ${OWNER}`]]);
    const logRecords = [{ eventName: 'feature_flag.evaluation', timeUnixNano: TIME }];
    const logs = { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ logRecords }] }] };
    const record = { ...logRecords[0], attributes: [{ key: 'feature_flag.key', value: { intValue: '1' } }] };
    const flags = { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ logRecords: [record] }] }] };
    expect([...placesOf(logs, 'logs'), ...placesOf(flags, 'logs')]).toContainEqual([
      'bad-point',
      `a flag evaluation of ${OWNER}`,
    ]);
  });
});

it('a negative count, which only JSON can hold, is named by its metric, service and instance', () => {
  const sink = new RecordingSink();
  const body = JSON.stringify(metricsOf({ timeUnixNano: TIME, count: -1 }));
  otlpJson.openBody(sink, 'metrics').decode(Buffer.from(body), 'request');
  expect(sink.rejections).toMatchObject([{ code: 'negative-count', where: `call.duration of ${OWNER}` }]);
});

it('what is refused of a line is named by the line', () => {
  const sink = new RecordingSink();
  const line = JSON.stringify(metricsOf({ timeUnixNano: '0', count: '0' }));
  otlpJson.open(sink).decodeLine(Buffer.from(line), 'a.jsonl:7');
  expect(sink.rejections).toMatchObject([{ code: 'missing-time', where: 'a.jsonl:7' }]);
});
