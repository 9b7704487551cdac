import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineFormat } from '../../src/ingest/formats/format.ts';
import { LINE_FORMATS } from '../../src/ingest/formats/index.ts';
import { RecordingSink } from '../ingest/formats/recording-sink.ts';

/** What every entry of the registry owes: golden pairs in `test/fixtures/<name>`, and calm in the face of any bytes. */
interface Outcome {
  readonly rows: number;
  readonly calls: unknown[][];
  readonly rejections: readonly object[];
  readonly refused: number;
  readonly codes: readonly string[];
}

function decode(format: LineFormat, lines: readonly Uint8Array[]): Outcome {
  const sink = new RecordingSink();
  const decoder = format.open(sink);
  let rows = 0;
  for (const [index, line] of lines.entries()) rows += decoder.decodeLine(line, `line ${index + 1}`);
  return { rows, calls: sink.calls, rejections: sink.rejections, refused: sink.refused, codes: sink.codes };
}

function goldenNames(folder: string): string[] {
  const inputs = readdirSync(folder).filter((name) => name.endsWith('.in.jsonl'));
  return inputs.map((name) => name.replace('.in.jsonl', '')).sort();
}

function goldenLines(folder: string, name: string): Buffer[] {
  const text = readFileSync(resolve(folder, `${name}.in.jsonl`), 'utf8');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => Buffer.from(line));
}

/** JSON has no NaN. */
function plain(outcome: Outcome): unknown {
  const { rows, calls, rejections } = outcome;
  const spellNaN = (_key: string, value: unknown) => (Number.isNaN(value) ? 'NaN' : value);
  return JSON.parse(JSON.stringify({ rows, rejections, calls }, spellNaN));
}

describe.each(LINE_FORMATS.map((format) => [format.name, format] as const))('format %s', (formatName, format) => {
  const folder = resolve(import.meta.dirname, '../fixtures', formatName);
  const names = goldenNames(folder);
  const allLines = names.flatMap((name) => goldenLines(folder, name));

  it('has golden files', () => {
    expect(names).not.toEqual([]);
  });

  it.each(names)('reads %s as its golden file says', async (name) => {
    const outcome = decode(format, goldenLines(folder, name));
    await expect(`${JSON.stringify(plain(outcome), null, 1)}\n`).toMatchFileSnapshot(
      resolve(folder, `${name}.out.json`),
    );
  });

  it('counts every row as delivered or refused', () => {
    for (const line of allLines) {
      const { rows, calls, refused } = decode(format, [line]);
      expect(rows).toBe(calls.length + refused);
    }
  });

  it('refuses every truncation of every golden line, once, and delivers nothing the whole line would not', () => {
    for (const line of allLines) {
      const whole = decode(format, [line]);
      const end = line.toString().trimEnd().length === 0 ? 0 : Buffer.from(line.toString().trimEnd()).length;
      for (let length = line.toString().length - line.toString().trimStart().length + 1; length < end; length++) {
        const { calls, codes, rows, refused } = decode(format, [line.subarray(0, length)]);
        if (!whole.codes.includes('not-json')) expect(codes.filter((code) => code === 'not-json')).toHaveLength(1);
        expect(calls).toEqual(whole.calls.slice(0, calls.length));
        expect(rows).toBe(calls.length + refused);
      }
    }
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 4 }), (lines) => {
        const { rows, calls, refused } = decode(format, lines);
        expect(rows).toBe(calls.length + refused);
      }),
    );
  });

  it('never throws on a golden line with bytes changed, and then still reads a sound line as before', () => {
    const change = fc.record({
      at: fc.nat(),
      byte: fc.oneof(fc.constantFrom(...Buffer.from('"{}[]:,\\0-e.n ')), fc.nat(255)),
    });
    const expected = decode(format, [allLines[0]!]);
    fc.assert(
      fc.property(fc.constantFrom(...allLines), fc.array(change, { minLength: 1, maxLength: 3 }), (line, changes) => {
        const changed = Buffer.from(line);
        for (const { at, byte } of changes) if (changed.length > 0) changed[at % changed.length] = byte;
        const { calls, rows, refused } = decode(format, [changed, allLines[0]!]);
        expect(rows).toBe(calls.length + refused);
        expect(calls.slice(calls.length - expected.calls.length)).toEqual(expected.calls);
      }),
      { numRuns: 2000 },
    );
  });
});
