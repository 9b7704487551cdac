import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../../src/ingest/sources/line-splitter.ts';

interface Lines {
  readonly lines: [number, string][];
  readonly tooLong: number[];
}

function split(chunks: readonly Buffer[], limit?: number): Lines {
  const lines: [number, string][] = [];
  const tooLong: number[] = [];
  const handler = {
    line: (bytes: Buffer, number: number) => void lines.push([number, bytes.toString()]),
    tooLong: (number: number) => void tooLong.push(number),
  };
  const splitter = new LineSplitter(handler, limit);
  for (const chunk of chunks) splitter.push(chunk);
  splitter.finish();
  return { lines, tooLong };
}

function cut(text: string, cuts: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const places = [
    0,
    ...cuts.map((place) => place % (bytes.length + 1)).sort((left, right) => left - right),
    bytes.length,
  ];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

describe('LineSplitter', () => {
  it('finds the same lines however the bytes are cut into chunks', () => {
    const text = fc
      .array(fc.constantFrom('a', 'é', '{', '\n', '\r\n', '\n\n', ' '), { maxLength: 30 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 8 }), (whole, cuts) => {
        const expected = whole
          .split('\n')
          .map((line, index): [number, string] => [index + 1, line.replace(/\r$/, '')])
          .filter(([, line]) => line !== '');
        expect(split(cut(whole, cuts)).lines).toEqual(expected);
      }),
    );
  });

  it('drops a byte order mark at the start of the first line only', () => {
    expect(split(cut('\ufeffa\n\ufeffb', [1, 2])).lines).toEqual([
      [1, 'a'],
      [2, '\ufeffb'],
    ]);
  });

  it('leaves out a line over the limit, says which, and reads on', () => {
    const result = split(cut('short\n12345678901\nlast', [8, 12, 15]), 10);
    expect(result).toEqual({
      lines: [
        [1, 'short'],
        [3, 'last'],
      ],
      tooLong: [2],
    });
  });
});
