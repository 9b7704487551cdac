import fc from 'fast-check';
import { compress } from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { uncompressSnappy } from '../../../../src/ingest/formats/remote-write/snappy-block.ts';

const LIMIT = 1 << 20;

/** `length` as a block writes it, then elements. */
function block(length: number, ...elements: number[]): Buffer {
  const head: number[] = [];
  let rest = length;
  for (; rest > 127; rest = Math.floor(rest / 128)) head.push((rest % 128) | 128);
  return Buffer.from([...head, rest, ...elements]);
}

describe('a Snappy block', () => {
  it('unpacks to what was packed', () => {
    const words = fc.array(fc.constantFrom('abcd', 'http_requests_total', 'x', '\u0000\u0001'), { maxLength: 400 });
    const content = fc.oneof(
      words.map((parts) => Buffer.from(parts.join(''))),
      fc.uint8Array({ maxLength: 5000 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(content, (bytes) => {
        expect(uncompressSnappy(Buffer.from(compress(bytes)), LIMIT).equals(bytes)).toBe(true);
      }),
    );
  });

  it('may hold literals of every width and copies that reach into themselves', () => {
    const literal = Array.from({ length: 70 }, (_, index) => index);
    const unpacked = uncompressSnappy(block(80, 60 << 2, 69, ...literal, (9 << 2) | 2, 1, 0), LIMIT);
    expect([...unpacked]).toEqual([...literal, ...Array.from({ length: 10 }, () => 69)]);
    expect([...uncompressSnappy(block(6, 0, 7, (1 << 2) | 1, 1), LIMIT)]).toEqual([7, 7, 7, 7, 7, 7]);
    expect([...uncompressSnappy(block(4, 1 << 2, 1, 2, (1 << 2) | 3, 2, 0, 0, 0), LIMIT)]).toEqual([1, 2, 1, 2]);
  });

  it('is refused before anything is allocated where it claims more than is allowed', () => {
    expect(() => uncompressSnappy(block(2 ** 32 - 1, 0, 1), LIMIT)).toThrow(/4294967295 bytes, 1048576 are allowed/);
    expect(() => uncompressSnappy(block(LIMIT + 1), LIMIT)).toThrow(expect.objectContaining({ code: 'too-large' }));
  });

  it.each([
    ['is empty', Buffer.alloc(0)],
    ['has a length without an end', Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff])],
    ['claims more than it holds', block(10, 0, 1)],
    ['holds more than it claims', block(1, 1 << 2, 1, 2)],
    ['ends in a literal', block(4, 3 << 2, 1)],
    ['ends in the length of a literal', block(4, 63 << 2, 1, 0)],
    ['has a literal of two thousand million bytes', block(10, 63 << 2, 0, 0, 0, 0x80, 1, 2, 3, 4)],
    ['copies from before its beginning', block(6, 0, 7, (1 << 2) | 1, 2)],
    ['copies from where it stands', block(6, 0, 7, (1 << 2) | 1, 0)],
    ['ends in a copy', block(6, 0, 7, (1 << 2) | 2, 1)],
    ['is the framed format', Buffer.from([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59])],
  ])('that %s is malformed', (_, bytes) => {
    expect(() => uncompressSnappy(bytes, LIMIT)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('of any bytes is unpacked or malformed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          uncompressSnappy(Buffer.from(bytes), LIMIT);
        } catch (error) {
          expect(['malformed', 'too-large']).toContain((error as { code: string }).code);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
