import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteInterner } from '../../../../src/ingest/formats/bytes/byte-interner.ts';
import { keyedHash } from '../../../../src/ingest/formats/bytes/keyed-hash.ts';
import { viewOf } from '../../../../src/ingest/formats/bytes/same-bytes.ts';

const text = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('', 'a', 'b', 'aa', 'service.name', 'x'.repeat(40)));

function numberOf(interner: ByteInterner, space: number, of: string): number {
  const bytes = Buffer.from(of);
  const source = { bytes, view: viewOf(bytes) };
  const known = interner.lookup(space, source, 0, bytes.length);
  return known >= 0 ? known : interner.add(space, source, 0, bytes.length);
}

describe('numbers for byte strings', () => {
  it('are the same for the same space and bytes, and 0, 1, 2 … in order of first sight, also after all was forgotten', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), text, fc.nat(40))), (asked) => {
        const interner = new ByteInterner();
        let expected = new Map<string, number>();
        for (const [space, of, forget] of asked) {
          if (forget === 0) {
            interner.clear();
            expected = new Map();
          }
          const key = `${space} ${of}`;
          if (!expected.has(key)) expected.set(key, expected.size);
          expect(numberOf(interner, space, of)).toBe(expected.get(key));
        }
        expect(interner.size).toBe(expected.size);
      }),
    );
  });

  it('are given again after the one given last was dropped', () => {
    const step = fc.tuple(fc.nat(2), text, fc.boolean());
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (asked) => {
        const interner = new ByteInterner();
        const expected = new Map<string, number>();
        for (const [space, of, isDropped] of asked) {
          const key = `${space} ${of}`;
          const isNew = !expected.has(key);
          if (isNew) expected.set(key, expected.size);
          const number = numberOf(interner, space, of);
          expect(number).toBe(expected.get(key));
          if (!isNew || !isDropped) continue;
          expect(interner.drop(number)).toBe(true);
          expected.delete(key);
          expect(interner.drop(number)).toBe(false);
        }
        expect(interner.size).toBe(expected.size);
        for (const [key, number] of expected) {
          expect(numberOf(interner, Number(key[0]), key.slice(2))).toBe(number);
        }
      }),
    );
  });

  it('stay apart for many strings', () => {
    const interner = new ByteInterner();
    const names = Array.from({ length: 5000 }, (_, index) => `stream ${index * 7919}`);
    expect(names.map((name) => numberOf(interner, 1, name))).toEqual(names.map((_, index) => index));
    expect(names.map((name) => numberOf(interner, 1, name))).toEqual(names.map((_, index) => index));
  });
});

describe('the keyed hash', () => {
  it('spreads what differs in one bit, in its length or in its space over half of all bits', () => {
    let flipped = 0;
    let pairs = 0;
    for (let length = 1; length <= 20; length++) {
      const bytes = Buffer.alloc(length + 1, length);
      const hash = keyedHash(7, viewOf(bytes), 0, length);
      const others = [keyedHash(8, viewOf(bytes), 0, length), keyedHash(7, viewOf(bytes), 0, length + 1)];
      for (let bit = 0; bit < 8 * length; bit++) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        others.push(keyedHash(7, viewOf(changed), 0, length));
      }
      for (const other of others) flipped += ((hash ^ other) >>> 0).toString(2).replaceAll('0', '').length;
      pairs += others.length;
    }
    expect(flipped / pairs).toBeGreaterThan(13);
  });
});
