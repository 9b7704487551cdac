import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameBytes, viewOf } from '../../../../src/ingest/formats/bytes/same-bytes.ts';

const padding = fc.uint8Array({ maxLength: 9 });

describe('bytes at two places', () => {
  it('are the same for every length and alignment, up to the end of what holds them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), padding, padding, (bytes, before, otherBefore) => {
        const left = viewOf(Buffer.concat([before, bytes]));
        const right = viewOf(Buffer.concat([otherBefore, bytes]));
        expect(sameBytes(left, before.length, right, otherBefore.length, bytes.length)).toBe(true);
      }),
    );
  });

  it('differ wherever one bit of them does', () => {
    const place = fc.uint8Array({ minLength: 1, maxLength: 70 }).chain((bytes) =>
      fc.record({
        bytes: fc.constant(bytes),
        at: fc.nat(bytes.length - 1),
        bit: fc.nat(7),
      }),
    );
    fc.assert(
      fc.property(place, padding, ({ bytes, at, bit }, before) => {
        const other = Uint8Array.from(bytes);
        other[at]! ^= 1 << bit;
        const left = viewOf(Buffer.concat([before, bytes]));
        expect(sameBytes(left, before.length, viewOf(other), 0, bytes.length)).toBe(false);
      }),
    );
  });
});
