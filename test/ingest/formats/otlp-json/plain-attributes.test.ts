import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonCursor } from '../../../../src/ingest/formats/json/json-cursor.ts';
import { decodeAttributes } from '../../../../src/ingest/formats/otlp/attributes.ts';
import { PlainAttributes } from '../../../../src/ingest/formats/otlp-json/plain-attributes.ts';
import { spell } from '../arbitrary-otlp.ts';

const REST = ',"status":{}}';

function read(list: Uint8Array, reader = new PlainAttributes()) {
  const before = Buffer.from('{"attributes":');
  const cursor = new JsonCursor();
  cursor.reset(Buffer.concat([before, list, Buffer.from(REST)]));
  cursor.position = before.length;
  const attributes = reader.read(cursor);
  return { attributes, consumed: cursor.position - before.length };
}

function parsed(list: Uint8Array): unknown {
  try {
    return decodeAttributes(JSON.parse(Buffer.from(list).toString('utf8')));
  } catch {
    return undefined;
  }
}

const text = fc.oneof(
  fc.constantFrom('GET', '__proto__', 'a"b', 'back\\slash', 'naïve 🙂', '', 'line\nbreak', '}}'),
  fc.string({ unit: 'binary' }),
);
const value = fc.oneof(
  text.map((stringValue) => ({ stringValue })),
  fc.integer().map((number) => ({ intValue: String(number) })),
  fc.integer().map((intValue) => ({ intValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
  fc.constant({ arrayValue: { values: [{ stringValue: 'x' }] } }),
);
const list = fc.array(fc.record({ key: text, value }), { maxLength: 5 });

describe('attributes in the form nearly every exporter writes', () => {
  it('are read without JSON.parse, in their order, a later duplicate winning, up to the closing bracket', () => {
    const usual = fc.record({
      key: fc.stringMatching(/^[a-zé._]{1,20}$/),
      value: fc.oneof(
        fc.stringMatching(/^[ -!#-[\]-~ü🙂]{0,40}$/u).map((stringValue) => ({ stringValue })),
        fc.integer().map((number) => ({ intValue: String(number) })),
      ),
    });
    const reader = new PlainAttributes();
    fc.assert(
      fc.property(fc.array(usual, { minLength: 1, maxLength: 6 }), (pairs) => {
        const bytes = Buffer.from(JSON.stringify(pairs));
        const { attributes, consumed } = read(bytes, reader);
        expect([...(attributes ?? [])]).toEqual([...(decodeAttributes(pairs) ?? [])]);
        expect(consumed).toBe(bytes.length);
      }),
    );
  });

  it('mean what JSON.parse takes them for in any spelling, or are left in place for it', () => {
    fc.assert(
      fc.property(list, fc.nat(), (pairs, seed) => {
        const bytes = Buffer.from(seed % 2 === 0 ? JSON.stringify(pairs) : spell(pairs, seed));
        const { attributes, consumed } = read(bytes);
        if (attributes === null) expect(consumed).toBe(0);
        else expect(attributes).toEqual(parsed(bytes));
      }),
    );
  });

  it('are left in place where a byte was changed so that JSON.parse would refuse or read them otherwise', () => {
    const damaged = fc.record({ pairs: list, at: fc.nat(), byte: fc.nat(255) });
    fc.assert(
      fc.property(damaged, ({ pairs, at, byte }) => {
        const bytes = Buffer.from(JSON.stringify(pairs));
        bytes[1 + (at % (bytes.length - 1))] = byte;
        const { attributes, consumed } = read(bytes);
        if (attributes !== null) expect(attributes).toEqual(parsed(bytes.subarray(0, consumed)));
      }),
      { numRuns: 2000 },
    );
  });

  it('are left in place where the line ends within them', () => {
    const bytes = Buffer.from('[{"key":"a","value":{"stringValue":"b"}}]');
    for (let end = 1; end < bytes.length; end++) {
      const cursor = new JsonCursor();
      cursor.reset(bytes.subarray(0, end));
      expect(new PlainAttributes().read(cursor)).toBeNull();
      expect(cursor.position).toBe(0);
    }
  });
});
