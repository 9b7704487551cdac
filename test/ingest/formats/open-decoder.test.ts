import { describe, expect, it } from 'vitest';
import { openDecoder } from '../../../src/ingest/formats/open-decoder.ts';
import { RecordingSink } from './recording-sink.ts';

const POINT = { timeUnixNano: '1795140060000000000', asDouble: 1 };

function requestOf(...points: object[]): object {
  return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'g', gauge: { dataPoints: points } }] }] }] };
}

function decodeJson(text: string) {
  const sink = new RecordingSink();
  const outcome = openDecoder('application/json', 'metrics', sink)!.decode(Buffer.from(text), 'body');
  return { ...outcome, rejections: sink.rejections };
}

describe('a decoder for a content type', () => {
  it.each([
    'application/json',
    'Application/JSON; charset=utf-8',
    ' application/x-protobuf ',
    'application/x-protobuf;v=1',
  ])('is there for %s', (contentType) => {
    expect(openDecoder(contentType, 'logs', new RecordingSink())).not.toBeNull();
  });

  it.each(['', 'text/plain', 'application/jsonx', 'application/x-ndjson', 'json', '__proto__'])(
    'is none for "%s"',
    (contentType) => {
      expect(openDecoder(contentType, 'metrics', new RecordingSink())).toBeNull();
    },
  );
});

describe('a JSON body', () => {
  it('may be an empty request, or hold fields that are not known', () => {
    const sound = { rows: 0, problem: null, rejections: [] };
    for (const text of ['{}', ' {"resourceMetrics":[]} ', '{"resourceProfiles":[1]}'])
      expect(decodeJson(text)).toEqual(sound);
  });

  it.each([
    ['', 'it is empty'],
    ['  \n', 'it is empty'],
    ['[]', 'has the wrong type here'],
    ['"text"', 'has the wrong type here'],
    ['{"resourceMetrics":{}}', 'has the wrong type here'],
    ['{"resourceMetrics":[', 'at byte 20: it ends in the middle'],
    ['{} {}', 'at byte 3: something follows the JSON value'],
    ['{"resourceSpans":[]}', 'resourceSpans where resourceMetrics belongs'],
  ])('that is %s is malformed as a whole, which is told and is no finding', (text, problem) => {
    const { rows, problem: told, rejections } = decodeJson(text);
    expect([rows, rejections]).toEqual([0, []]);
    expect(told).toContain(problem);
  });

  it('with a point that cannot be used is sound: the point is a finding', () => {
    const { rows, problem, rejections } = decodeJson(JSON.stringify(requestOf(POINT, {}, POINT)));
    expect([rows, problem, rejections.map(({ code }) => code)]).toEqual([3, null, ['missing-time']]);
  });

  it('leaves a bounded amount of memory behind, however many streams came and went', () => {
    const sink = Object.assign(new RecordingSink(), { openStream: () => 0, numberPoint: () => {} });
    const decoder = openDecoder('application/json', 'metrics', sink)!;
    const before = process.memoryUsage().arrayBuffers;
    const filler = 'x'.repeat(5000);
    for (let round = 0; round < 30; round++) {
      const points = Array.from({ length: 1000 }, (_, index) => ({
        ...POINT,
        attributes: [{ key: 'id', value: { stringValue: `${round * 1000 + index}${filler}` } }],
      }));
      const body = Buffer.from(JSON.stringify(requestOf(...points)));
      expect(decoder.decode(body, 'attack')).toEqual({ rows: 1000, problem: null });
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200e6);
  });
});
