import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberList } from '../../../../src/ingest/formats/bytes/number-list.ts';
import { JsonCursor } from '../../../../src/ingest/formats/json/json-cursor.ts';
import { skipRaw, skipValue } from '../../../../src/ingest/formats/json/json-skip.ts';
import {
  readDouble,
  readInteger,
  readIntegers,
  readMilliseconds,
  readText,
} from '../../../../src/ingest/formats/json/json-values.ts';

function cursorAt(text: string): JsonCursor {
  const cursor = new JsonCursor();
  cursor.reset(Buffer.from(text));
  return cursor;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether the skip takes the text as exactly one value. */
function isTaken(text: string): boolean {
  const cursor = cursorAt(text);
  skipValue(cursor);
  return !cursor.failed && cursor.next() < 0;
}

describe('skipValue', () => {
  it('takes what JSON.parse takes and nothing else', () => {
    const pieces = fc.constantFrom(
      ...'{}[],:"-+.eE01 9\\utn\t',
      'true',
      'false',
      'null',
      '"a"',
      '\\u00e9',
      '{"a":',
      '1.5',
      '\u0001',
    );
    const scrap = fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(scrap, fc.json()), (text) => {
        expect(isTaken(text)).toBe(isJson(text));
      }),
      { numRuns: 5000 },
    );
  });

  it('refuses more than 64 levels', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(isTaken(nested(64))).toBe(true);
    expect(isTaken(nested(65))).toBe(false);
    expect(isTaken(nested(100_000))).toBe(false);
  });
});

describe('skipRaw', () => {
  it('ends where the value ends', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ',"x"]', '}', ' '), (text, rest) => {
        const cursor = cursorAt(text + (/^[-\d]/.test(text) && rest === '' ? ' ' : rest));
        skipRaw(cursor);
        expect(cursor.failed).toBe(false);
        expect(cursor.position).toBe(Buffer.byteLength(text));
      }),
    );
  });

  it.each(['{', '["a', '["a\\"', '[{}', '{"a":"\\\\\\"}'])('fails where %s breaks off', (text) => {
    const cursor = cursorAt(text);
    skipRaw(cursor);
    expect(cursor.failed).toBe(true);
  });
});

describe('readDouble', () => {
  it('reads every double as JSON.parse does, bare, quoted, or with an exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(20), (value, digits) => {
        for (const text of [JSON.stringify(value), value.toExponential(), value.toPrecision(digits + 1)]) {
          expect(readDouble(cursorAt(text))).toBe(JSON.parse(text));
          expect(readDouble(cursorAt(`"${text}"`))).toBe(JSON.parse(text));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['"NaN"', Number.NaN],
    ['"Infinity"', Number.POSITIVE_INFINITY],
    ['"-Infinity"', Number.NEGATIVE_INFINITY],
  ])('reads %s', (text, value) => {
    const cursor = cursorAt(text);
    expect(readDouble(cursor)).toBe(value);
    expect(cursor.mistypes).toBe(0);
  });

  it.each(['"1.5 "', '""', '"abc"', '"+1"', '"0x10"', '"inf"', 'true', '{}', '[1]'])(
    'marks %s as no number',
    (text) => {
      const cursor = cursorAt(text);
      expect(readDouble(cursor)).toBeNaN();
      expect([cursor.mistypes, cursor.failed, cursor.next()]).toEqual([1, false, -1]);
    },
  );

  it.each(['01', '-', '.5', '1.', '1e', '+1', 'NaN'])('fails at %s, which is not JSON', (text) => {
    const cursor = cursorAt(`${text}`);
    readDouble(cursor);
    expect(cursor.failed || cursor.next() >= 0).toBe(true);
  });
});

describe('readInteger', () => {
  it.each([
    ['"42"', 42],
    ['1e3', 1000],
    ['"9007199254740993"', 9007199254740992],
    ['18446744073709551615', 18446744073709552000],
  ])('reads %s', (text, value) => {
    expect(readInteger(cursorAt(text))).toBe(value);
  });

  it.each(['1.5', '"NaN"', '"Infinity"'])('marks %s as no integer, once', (text) => {
    const cursor = cursorAt(text);
    readInteger(cursor);
    expect(cursor.mistypes).toBe(1);
  });
});

describe('readMilliseconds', () => {
  it('keeps the fraction of a millisecond that a double of nanoseconds would lose', () => {
    const exact = Number('1795140000123.456789');
    expect(readMilliseconds(cursorAt('"1795140000123456789"'))).toBe(exact);
    expect(readMilliseconds(cursorAt('1795140000123456789'))).toBe(exact);
  });

  it('is monotonic in the nanoseconds', () => {
    const nanoseconds = fc.bigInt(0n, 2n ** 64n - 1n);
    fc.assert(
      fc.property(nanoseconds, nanoseconds, (left, right) => {
        const [earlier, later] = left < right ? [left, right] : [right, left];
        expect(readMilliseconds(cursorAt(`"${earlier}"`))).toBeLessThanOrEqual(
          readMilliseconds(cursorAt(`"${later}"`)),
        );
      }),
    );
  });
});

describe('readIntegers', () => {
  it('fills the list with the numbers of any array of counts in any spelling', () => {
    const spelled = fc.tuple(fc.maxSafeNat(), fc.constantFrom('bare', 'quoted', 'spaced'));
    fc.assert(
      fc.property(fc.array(spelled, { maxLength: 200 }), (items) => {
        const texts = items.map(
          ([value, how]) => ({ bare: `${value}`, quoted: `"${value}"`, spaced: ` ${value} ` })[how],
        );
        const list = new NumberList();
        const cursor = cursorAt(`[${texts.join(',')}]`);
        readIntegers(cursor, list);
        expect([...list.view()]).toEqual(items.map(([value]) => value));
        expect([cursor.failed, cursor.mistypes, cursor.next()]).toEqual([false, 0, -1]);
      }),
    );
  });

  it.each(['[1,]', '[1', '[,1]', '[1 2]', '["1]', '[01]'])('fails at %s', (text) => {
    const cursor = cursorAt(text);
    readIntegers(cursor, new NumberList());
    expect(cursor.failed).toBe(true);
  });
});

describe('readText', () => {
  it('reads every string as JSON.parse does', () => {
    const wellFormed = fc.string({ unit: 'binary' }).map((text) => Buffer.from(text).toString());
    fc.assert(
      fc.property(wellFormed, (text) => {
        expect(readText(cursorAt(JSON.stringify(text)))).toBe(text);
      }),
    );
  });
});
