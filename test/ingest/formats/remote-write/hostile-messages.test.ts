import { describe, expect, it } from 'vitest';
import type { WriteMessage } from '../../../../src/ingest/formats/remote-write/remote-write-decoder.ts';
import { decodeBytes, V1, V2 } from './decoded.ts';

const MESSAGE_BYTES = 32 * 2 ** 20;
const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
const field = (number: number, ...content: number[]): number[] => [
  ...varint(number * 8 + 2),
  ...varint(content.length),
  ...content,
];
const text = (value: string): number[] => [...Buffer.from(value)];
const NAME_LABEL = field(1, ...field(1, ...text('__name__')), ...field(2, ...text('x')));
const TIME = [0x10, 1];

/** As many repetitions as fill a request, in a field of their own where they belong to one series. */
function filled(part: readonly number[], wrap: ((content: Buffer) => Buffer) | null = null): Buffer {
  const whole = Buffer.alloc(MESSAGE_BYTES - (MESSAGE_BYTES % part.length) - 64 * part.length, Buffer.from(part));
  return wrap === null ? whole : wrap(whole);
}

function inSeries(number: number, head: readonly number[]): (content: Buffer) => Buffer {
  return (content) => {
    const length = head.length + content.length;
    return Buffer.concat([Buffer.from([number * 8 + 2, ...varint(length), ...head]), content]);
  };
}

function distinctSeries(): Buffer {
  const series = Array.from({ length: 200_000 }, (_, i) =>
    Buffer.from(field(1, ...field(1, ...field(2, ...text(String(i)))), ...field(2, ...TIME))),
  );
  return Buffer.concat(series);
}

describe('a request of small elements in great number', () => {
  it.each<[string, WriteMessage, () => Buffer]>([
    ['empty series', V1, () => filled(field(1))],
    ['empty series', V2, () => filled(field(5))],
    ['empty samples', V1, () => filled(field(2), inSeries(1, NAME_LABEL))],
    ['samples without a time of a series without a name', V1, () => filled(field(2), inSeries(1, []))],
    ['exemplars', V1, () => filled(field(3), inSeries(1, NAME_LABEL))],
    ['histograms', V1, () => filled(field(4), inSeries(1, NAME_LABEL))],
    ['metadata', V1, () => filled(field(3))],
    ['symbols', V2, () => filled(field(4))],
    ['references', V2, () => Buffer.concat([Buffer.from(field(4)), filled([0x08, 0], inSeries(5, []))])],
  ])('is refused as a whole: %s in %s', (_, message, body) => {
    expect(() => decodeBytes(message, body())).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  it.each<[string, WriteMessage, () => Buffer, string]>([
    ['labels', V1, () => filled(field(1, ...field(1, 97), ...field(2, 97)), inSeries(1, [])), 'appears twice'],
    ['empty labels', V1, () => filled(field(1), inSeries(1, [])), 'a label has no name'],
    [
      'packed references',
      V2,
      () => Buffer.concat([Buffer.from(field(4)), filled([0], (all) => inSeries(5, [])(inSeries(1, [])(all)))]),
      '1024 labels',
    ],
  ])('loses its series where that has too many: %s in %s', (_, message, body, reason) => {
    const { sink, tally } = decodeBytes(message, body());
    expect(sink.calls).toEqual([]);
    expect(tally.refusedSeries).toBe(1);
    expect(tally.firstReason).toContain(reason);
  });

  it.each<[string, number[]]>([
    ['deltas', [0x60, 0]],
    ['spans', field(11)],
    ['custom values', [0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('loses its histogram where that has too many %s', (_, part) => {
    const head = [0x78, 1, ...(part[1] === 1 ? [0x20, 0x69] : [])];
    const body = filled(part, (all) => {
      const histogram = inSeries(4, head)(all);
      return inSeries(1, NAME_LABEL)(histogram);
    });
    const { sink, tally } = decodeBytes(V1, body);
    expect(sink.calls).toEqual([]);
    expect(tally.histograms.refused).toBe(1);
  });

  it('loses each of two hundred thousand series that are wrong in their own way, and counts them', () => {
    const { sink, tally } = decodeBytes(V1, distinctSeries());
    expect(sink.calls).toEqual([]);
    expect([tally.refusedSeries, tally.samples.refused]).toEqual([200_000, 200_000]);
  });

  it('says what is wrong in few words, however long the names are', () => {
    const long = 'n'.repeat(1 << 20);
    const label = field(1, ...field(1, ...text('a')), ...field(2, 98));
    const name = Buffer.concat([
      Buffer.from([
        0x0a,
        ...varint(2 + 8 + 4 + long.length),
        0x0a,
        8,
        ...text('__name__'),
        0x12,
        ...varint(long.length),
      ]),
      Buffer.from(long),
    ]);
    const body = inSeries(1, [])(Buffer.concat([name, Buffer.from([...label, ...label])]));
    const { tally } = decodeBytes(V1, body);
    expect(tally.firstReason?.length).toBeLessThan(400);
    expect(tally.firstReason).toContain('label "a" appears twice');
  });
});
