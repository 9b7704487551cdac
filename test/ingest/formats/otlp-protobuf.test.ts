import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamIdentity, TelemetrySink } from '../../../src/domain/telemetry.ts';
import type { Signal } from '../../../src/ingest/formats/format.ts';
import { openDecoder } from '../../../src/ingest/formats/open-decoder.ts';
import { OTLP_REQUESTS, otlpType } from '../../support/otlp/otlp-schema.ts';
import { twinsOf } from '../../support/otlp/protobuf-message.ts';
import { spellMessage, writeField } from '../../support/otlp/spell-protobuf.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { arbitraryDocument } from './arbitrary-otlp.ts';
import { RecordingSink } from './recording-sink.ts';

const SIGNAL_OF: Readonly<Record<string, Signal>> = {
  resourceMetrics: 'metrics',
  resourceSpans: 'traces',
  resourceLogs: 'logs',
};
const TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' };

function signalOf(document: object): Signal {
  return SIGNAL_OF[Object.keys(document)[0]!]!;
}

/** Decodes each body with one decoder of the signal and content type. */
function decode(contentType: string, signal: Signal, ...bodies: Uint8Array[]) {
  const sink = new RecordingSink();
  const decoder = openDecoder(contentType, signal, sink)!;
  const outcomes = bodies.map((body, index) => decoder.decode(body, `body ${index}`));
  const rejections = sink.rejections.map((rejection) => ({ ...rejection, detail: withoutZero(rejection.detail) }));
  return { outcomes, calls: sink.calls, rejections };
}

/** Protobuf does not tell an absent number from 0. */
function withoutZero(detail: string): string {
  return detail.replace('aggregationTemporality is 0', 'aggregationTemporality is absent');
}

describe('OTLP/protobuf against OTLP/JSON', () => {
  it('makes the same calls and the same findings for any request, as protobufjs encodes it', () => {
    fc.assert(
      fc.property(arbitraryDocument, (document) => {
        const signal = signalOf(document);
        const type = OTLP_REQUESTS[signal];
        const { json, message } = twinsOf(type, document);
        const body = type.encode(type.create(message)).finish();
        const ours = decode(TYPES.protobuf, signal, body, body);
        const text = Buffer.from(JSON.stringify(json));
        expect(ours).toEqual(decode(TYPES.json, signal, text, text));
      }),
      { numRuns: 1500 },
    );
  });

  it('and in any other spelling: order, pieces, packing, overruled values, unknown fields and other wire types', () => {
    fc.assert(
      fc.property(arbitraryDocument, fc.nat(), (document, seed) => {
        const signal = signalOf(document);
        const type = OTLP_REQUESTS[signal];
        const { json, message } = twinsOf(type, document);
        const spelled = spellMessage(type, type.encode(type.create(message)).finish(), seededRandom(seed).uniform);
        const ours = decode(TYPES.protobuf, signal, spelled);
        expect(ours).toEqual(decode(TYPES.json, signal, Buffer.from(JSON.stringify(json))));
      }),
      { numRuns: 3000 },
    );
  });
});

const { metrics, traces } = OTLP_REQUESTS;
const TIME = '1795140060000000000';

function text(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}

function gaugeOf(name: string, points: object[], resource: object[] = []): object {
  const scopeMetrics = [{ metrics: [{ name, gauge: { dataPoints: points } }] }];
  return { resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics }] };
}

function metricsBody(document: object): Uint8Array {
  return metrics.encode(metrics.fromObject(document)).finish();
}

function lengthField(number: number, ...payload: Uint8Array[]): Buffer {
  return writeField({ number, wire: 2, payload: Buffer.concat(payload) });
}

describe('OTLP/protobuf', () => {
  it('keeps integers beyond 2^53 as digits in attributes and as the nearest double in values', () => {
    const point = { timeUnixNano: TIME, asInt: '9007199254740993', attributes: [int('big', '-9223372036854775808')] };
    const { calls } = decode(TYPES.protobuf, 'metrics', metricsBody(gaugeOf('g', [point])));
    expect(calls[0]!.at(-1)).toBe(9007199254740992);
    expect((calls[0]![1] as unknown[]).at(-1)).toEqual([['big', '-9223372036854775808']]);
  });

  it('keeps the sign of zero and the nanosecond of a time', () => {
    const body = metricsBody(gaugeOf('g', [{ timeUnixNano: '1795140060000000001', asDouble: -0 }]));
    const [call] = decode(TYPES.protobuf, 'metrics', body).calls;
    expect(call!.slice(-2)).toEqual([Number('1795140060000.000001'), -0]);
  });

  it('opens one stream for one identity, whatever the order of its attributes', () => {
    const point = (...attributes: object[]) => ({ timeUnixNano: TIME, asDouble: 1, attributes });
    const points = [point(text('a', '1'), text('b', '2')), point(text('b', '2'), text('a', '1'))];
    const { calls } = decode(TYPES.protobuf, 'metrics', metricsBody(gaugeOf('g', points)));
    expect(calls[0]![1]).toBe(calls[1]![1]);
  });

  it('takes the last kind of data where a metric holds several, and the last kind of value where an attribute does', () => {
    const metric = (data: object) => otlpType('Metric').encode(otlpType('Metric').fromObject(data)).finish();
    const dataPoints = [{ timeUnixNano: TIME, asDouble: 1 }];
    const [sum, gauge] = [
      metric({ sum: { dataPoints, aggregationTemporality: 1 } }),
      metric({ gauge: { dataPoints } }),
    ];
    const name = metric({ name: 'm' });
    const body = (...parts: Uint8Array[]) => lengthField(1, lengthField(2, lengthField(2, ...parts)));
    const kinds = decode(
      TYPES.protobuf,
      'metrics',
      body(sum, name, gauge),
      body(gauge, sum),
      body(sum, gauge, sum, name),
    );
    expect(kinds.calls.map((call) => (call[1] as string[])[4])).toEqual(['gauge', 'sum']);
    expect(kinds.rejections).toMatchObject([{ code: 'bad-point', detail: 'the metric has no name' }]);
    const value = (member: object) => otlpType('AnyValue').encode(otlpType('AnyValue').fromObject(member)).finish();
    const list = value({ arrayValue: { values: [{ stringValue: 'x' }] } });
    const textOf = (...pieces: Uint8Array[]) => {
      const attribute = lengthField(1, Buffer.from('k'));
      const pair = lengthField(7, attribute, ...pieces.map((piece) => lengthField(2, piece)));
      const point = pointBytes();
      const whole = body(name, lengthField(5, lengthField(1, point, pair)));
      return (decode(TYPES.protobuf, 'metrics', whole).calls[0]![1] as [string, string][][]).at(-1)![0]![1];
    };
    expect(textOf(list, list)).toBe('["x","x"]');
    expect(textOf(list, value({ stringValue: 'last' }))).toBe('last');
    expect(textOf(value({ stringValue: 'first' }), list)).toBe('["x"]');
    expect(textOf(value({ stringValue: 'first' }), Buffer.alloc(0))).toBe('first');
    expect(textOf(list, value({ intValue: 5 }), list)).toBe('["x"]');
  });

  it('replaces what is no UTF-8, as OTLP/JSON does', () => {
    const name = Buffer.concat([Buffer.from('a'), Buffer.from([0xff, 0xc3])]);
    const spelled = lengthField(
      1,
      lengthField(2, lengthField(2, lengthField(1, name), lengthField(5, lengthField(1, pointBytes())))),
    );
    const [call] = decode(TYPES.protobuf, 'metrics', spelled).calls;
    expect((call![1] as string[])[2]).toBe('a\ufffd\ufffd');
  });

  it('takes an empty body for an empty request', () => {
    expect(decode(TYPES.protobuf, 'traces', Buffer.alloc(0)).outcomes).toEqual([{ rows: 0, problem: null }]);
  });

  it('names the byte at which a body is malformed, also within an attribute', () => {
    const body = Buffer.from(
      metricsBody(gaugeOf('g', [{ timeUnixNano: TIME, asDouble: 1, attributes: [text('k', 'v')] }])),
    );
    const at = body.lastIndexOf('v') - 1;
    body[at] = 9;
    const { outcomes, calls } = decode(TYPES.protobuf, 'metrics', body);
    expect(outcomes).toEqual([{ rows: 0, problem: `at byte ${at}: a length leads past the end of what holds it` }]);
    expect(calls).toEqual([]);
  });

  it('keeps findings short, however long a name is', () => {
    const point = { timeUnixNano: TIME, asDouble: 1, attributes: [text('otel.metric.overflow', 'true')] };
    const { rejections } = decode(TYPES.protobuf, 'metrics', metricsBody(gaugeOf('n'.repeat(5000), [point])));
    expect(rejections.map(({ code, detail }) => [code, detail.length < 300])).toEqual([['series-overflow', true]]);
  });

  it('refuses a point with more buckets or quantiles than any has use for, and reads the one beside it', () => {
    const counts = Array(70_000).fill(1);
    const sound = { timeUnixNano: TIME, count: 1, bucketCounts: [1, 0], explicitBounds: [1] };
    const huge = {
      ...sound,
      count: counts.length,
      bucketCounts: counts,
      explicitBounds: counts.slice(1).map((_, i) => i),
    };
    const histogram = { aggregationTemporality: 1, dataPoints: [huge, sound] };
    const scopeMetrics = [{ metrics: [{ name: 'h', histogram }] }];
    const { calls, rejections, outcomes } = decode(
      TYPES.protobuf,
      'metrics',
      metricsBody({ resourceMetrics: [{ scopeMetrics }] }),
    );
    expect([outcomes[0]!.rows, calls.length]).toEqual([2, 1]);
    expect(rejections).toMatchObject([{ code: 'bad-point', detail: '70000 bucketCounts; at most 65536 are read' }]);
  });

  it.each([
    ['attributes in one list', Array.from({ length: 17_000 }, (_, index) => text(`k${index}`, 'v'))],
    ['values in one attribute', [{ key: 'k', value: { arrayValue: { values: Array(70_000).fill({}) } } }]],
  ])('refuses a body with more %s than any memory should be spent on', (_name, attributes) => {
    const body = metricsBody(gaugeOf('g', [{ timeUnixNano: TIME, asDouble: 1, attributes }]));
    expect(decode(TYPES.protobuf, 'metrics', body).outcomes[0]!.problem).toMatch(
      /more than \d+ (attributes|values) in one list/,
    );
  });

  it('refuses a body whose attributes nest more than 64 deep', () => {
    const deep = (depth: number): Buffer =>
      lengthField(5, lengthField(1, depth > 0 ? deep(depth - 1) : Buffer.alloc(0)));
    const body = (depth: number) => {
      const pair = lengthField(7, lengthField(1, Buffer.from('k')), lengthField(2, deep(depth)));
      const gauge = lengthField(5, lengthField(1, pointBytes(), pair));
      return lengthField(1, lengthField(2, lengthField(2, lengthField(1, Buffer.from('m')), gauge)));
    };
    const [sound, malformed] = decode(TYPES.protobuf, 'metrics', body(63), body(64)).outcomes;
    expect(sound).toEqual({ rows: 1, problem: null });
    expect(malformed!.problem).toMatch(/nest more than 64 deep/);
  });

  it('drops links to other traces and to nothing', () => {
    const [own, other, spanId] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2), Buffer.alloc(8, 3)];
    const links = [{ traceId: own, spanId }, { traceId: other, spanId }, { traceId: own, spanId: Buffer.alloc(8) }, {}];
    const span = { links, traceId: own, spanId: Buffer.alloc(8, 4), startTimeUnixNano: TIME, endTimeUnixNano: TIME };
    const body = traces.encode(traces.fromObject({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })).finish();
    const [call] = decode(TYPES.protobuf, 'traces', body).calls;
    expect(call![1]).toMatchObject({ linkedSpanIds: ['03'.repeat(8)] });
  });
});

describe('a decoder that lives for months', () => {
  const POINTS = 20_000;

  it.each([
    ['attributes', 15],
    ['resource', 3],
    ['scope', 5],
    ['metric', 5],
  ])('asks for the same stream again though ever-new ones of %s make it forget', (part, rounds) => {
    const { sink, asked } = identitySink();
    const steady = metricsBody(gaugeOf('steady', [{ timeUnixNano: TIME, asDouble: 1, attributes: [text('a', 'b')] }]));
    const decoder = openDecoder(TYPES.protobuf, 'metrics', sink)!;
    for (let round = 0; round < rounds; round++) {
      expect(decoder.decode(steady, 'steady')).toEqual({ rows: 1, problem: null });
      expect(decoder.decode(everNew(part, round * POINTS, POINTS), 'attack')).toEqual({ rows: POINTS, problem: null });
    }
    const { steady: again = 0, ...others } = Object.fromEntries(asked);
    expect(again).toBeGreaterThan(1);
    expect(again).toBeLessThan(rounds);
    expect(Object.values(others).reduce((sum, count) => sum + count, 0)).toBe(rounds * POINTS);
  });

  it('keeps a bounded amount of memory under ever-new attributes', () => {
    const { sink } = identitySink();
    const decoder = openDecoder(TYPES.protobuf, 'metrics', sink)!;
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 20; round++) decoder.decode(everNew('attributes', round * POINTS, POINTS), 'attack');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
  });
});

/** Counts how often a stream of each metric was asked for. */
function identitySink() {
  const asked = new Map<string, number>();
  const openStream = ({ metric }: StreamIdentity) => {
    asked.set(metric, (asked.get(metric) ?? 0) + 1);
    return 0;
  };
  const sink: TelemetrySink = Object.assign(new RecordingSink(), { openStream, numberPoint: () => {} });
  return { sink, asked };
}

function int(key: string, intValue: string): object {
  return { key, value: { intValue } };
}

function pointBytes(): Uint8Array {
  const type = otlpType('NumberDataPoint');
  return type.encode(type.fromObject({ timeUnixNano: TIME, asDouble: 1 })).finish();
}

/** A request of points each of which differs from all others in one part of its identity. */
function everNew(part: string, from: number, count: number): Buffer {
  const point = pointBytes();
  const one = (index: number) => {
    const word = Buffer.from(String(from + index));
    const attribute = lengthField(7, lengthField(1, Buffer.from('k')), lengthField(2, lengthField(1, word)));
    const gauge = lengthField(5, lengthField(1, point, ...(part === 'attributes' ? [attribute] : [])));
    const metric = lengthField(2, lengthField(1, part === 'metric' ? word : Buffer.from('m')), gauge);
    const scope = lengthField(2, ...(part === 'scope' ? [lengthField(1, lengthField(1, word))] : []), metric);
    const pair = lengthField(1, lengthField(1, Buffer.from('r')), lengthField(2, lengthField(1, word)));
    return lengthField(1, ...(part === 'resource' ? [lengthField(1, pair)] : []), scope);
  };
  return Buffer.concat(Array.from({ length: count }, (_, index) => one(index)));
}
