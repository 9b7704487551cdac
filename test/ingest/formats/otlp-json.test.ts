import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { otlpJson } from '../../../src/ingest/formats/otlp-json.ts';
import { arbitraryDocument, spell } from './arbitrary-otlp.ts';
import { RecordingSink } from './recording-sink.ts';
import { decodeByReference } from './reference-otlp.ts';

function decode(...lines: string[]): RecordingSink & { rows: number } {
  const sink = new RecordingSink();
  const decoder = otlpJson.open(sink);
  let rows = 0;
  for (const [index, line] of lines.entries()) rows += decoder.decodeLine(Buffer.from(line), `file:${index + 1}`);
  return Object.assign(sink, { rows });
}

describe('otlpJson against a decoder on JSON.parse', () => {
  it('makes the same calls and the same findings for any document in any spelling', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(arbitraryDocument, fc.nat()), { minLength: 1, maxLength: 3 }), (documents) => {
        const lines = documents.map(([document, seed]) => spell(document, seed));
        const ours = decode(...lines);
        const reference = new RecordingSink();
        for (const line of lines) decodeByReference(line, reference);
        expect(ours.calls).toEqual(reference.calls);
        expect(ours.codes.filter((code) => code !== 'series-overflow')).toEqual(reference.codes);
        expect(ours.rows).toBe(ours.calls.length + ours.refused);
      }),
      { numRuns: 1000 },
    );
  });
});
