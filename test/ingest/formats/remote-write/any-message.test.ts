import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode, decodeBytes, encode, histogram, identityOf, MESSAGES, sample } from './decoded.ts';
import { labelPairs, type SeriesFields } from './write-messages.ts';

describe.each(MESSAGES)('a %s', (message) => {
  it('hands the same points to the sink as protobufjs encoded, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(arbitrarySeries(), { maxLength: 8 }), (series) => {
        const { sink, tally } = decode(message, ...series);
        const expected = series.flatMap(({ labels, samples = [] }) =>
          samples.map(({ value, timestamp }) => [
            Object.fromEntries(labelPairs(labels)).__name__,
            Number.NaN,
            timestamp,
            value,
          ]),
        );
        expect(sink.calls.map((call) => [identityOf(call).metric, ...call.slice(2)])).toEqual(expected);
        expect(tally.samples.handed).toBe(expected.length);
      }),
    );
  });

  it('never crashes on bytes that were tampered with', () => {
    const seed = encode(message, [
      sample('a_total', 1, { exemplars: 1 }),
      histogram({ count_int: 3, positive_spans: [{ offset: 1, length: 1 }], positive_deltas: [3] }),
    ]);
    const mutation = fc.record({ at: fc.nat(seed.length - 1), byte: fc.nat(255), cut: fc.nat(seed.length) });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const body = Buffer.from(seed);
        for (const { at, byte } of mutations) body[at] = byte;
        try {
          decodeBytes(message, body.subarray(0, mutations[0]!.cut));
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed' });
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function arbitrarySeries(): fc.Arbitrary<SeriesFields> {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  const labels = fc
    .tuple(text, fc.dictionary(text, text, { maxKeys: 4 }))
    .map(([name, others]) => ({ ...others, __name__: `m_${name}` }));
  const value = fc.double({ noNaN: true, noDefaultInfinity: true }).map(Math.abs);
  const samples = fc.array(fc.record({ value, timestamp: fc.integer({ min: 1, max: 2 ** 45 }) }), { maxLength: 3 });
  return fc.record({ labels, samples });
}
