import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Format, LineFormat } from '../../src/ingest/formats/format.ts';
import { FORMATS, LINE_FORMATS } from '../../src/ingest/formats/index.ts';
import { RecordingSink } from '../ingest/formats/recording-sink.ts';
import { type GoldenBody, goldenBodies } from '../support/otlp/body-corpus.ts';

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
function plain(outcome: Pick<Outcome, 'rows' | 'calls' | 'rejections'>): unknown {
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

interface BodyOutcome extends Outcome {
  readonly problems: readonly (string | null)[];
}

/** With one decoder for all bodies of a signal. */
function decodeBodies(format: Format, bodies: readonly Pick<GoldenBody, 'signal' | 'body'>[]): BodyOutcome {
  const sink = new RecordingSink();
  const decoders = new Map(bodies.map(({ signal }) => [signal, format.openBody(sink, signal)]));
  let rows = 0;
  const problems: (string | null)[] = [];
  for (const [index, { signal, body }] of bodies.entries()) {
    const outcome = decoders.get(signal)!.decode(body, `body ${index + 1}`);
    rows += outcome.rows;
    problems.push(outcome.problem);
  }
  const { calls, rejections, refused, codes } = sink;
  return { rows, calls, rejections, refused, codes, problems };
}

describe.each(FORMATS.map((format) => [format.name, format] as const))('bodies of %s', (formatName, format) => {
  const folder = resolve(import.meta.dirname, '../fixtures', formatName);
  const all = goldenBodies(formatName);
  const isSound = (body: GoldenBody) => decodeBodies(format, [body]).problems[0] === null;

  it('are told apart from those of every other format by content type', () => {
    expect(FORMATS.filter(({ contentType }) => contentType === format.contentType)).toEqual([format]);
    expect(format.contentType).toBe(format.contentType.toLowerCase());
  });

  it('have golden files, most of them sound, about every signal', () => {
    expect([...new Set(all.map(({ signal }) => signal))].sort()).toEqual(['logs', 'metrics', 'traces']);
    expect(all.filter(isSound).length).toBeGreaterThan(all.length / 2);
  });

  it.each(goldenNames(folder))('read as the golden file %s says, or as lines do', async (name) => {
    const bodies = goldenBodies(formatName, name);
    const { rows, calls, rejections } = decodeBodies(format, bodies);
    const found = plain({ rows, calls, rejections });
    const lineFormat = LINE_FORMATS.find((candidate) => candidate.name === formatName);
    if (lineFormat === undefined) {
      await expect(`${JSON.stringify(found, null, 1)}\n`).toMatchFileSnapshot(resolve(folder, `${name}.out.json`));
    } else {
      const lines = decode(
        lineFormat,
        bodies.map(({ body }) => body),
      );
      expect(calls).toEqual(lines.calls);
      expect(rows).toBe(lines.rows);
    }
  });

  it('are counted row by row as delivered or refused', () => {
    for (const body of all) {
      const { rows, calls, refused } = decodeBodies(format, [body]);
      expect(rows).toBe(calls.length + refused);
    }
  });

  it('are malformed as a whole wherever they are cut, and then deliver nothing the whole body would not', () => {
    for (const body of all.filter(isSound)) {
      const whole = decodeBodies(format, [body]);
      for (let length = 0; length < body.body.length; length++) {
        const cut = decodeBodies(format, [{ signal: body.signal, body: body.body.subarray(0, length) }]);
        expect(cut.problems[0] === null).toBe(body.soundCuts.has(length));
        expect(cut.calls).toEqual(whole.calls.slice(0, cut.calls.length));
        expect(cut.rows).toBe(cut.calls.length + cut.refused);
      }
    }
  });

  it('never make it throw, whatever their bytes', () => {
    const body = fc.record({ signal: fc.constantFrom(...all.map(({ signal }) => signal)), body: fc.uint8Array() });
    fc.assert(
      fc.property(fc.array(body, { maxLength: 4 }), (bodies) => {
        const { rows, calls, refused } = decodeBodies(
          format,
          bodies.map(({ signal, body: bytes }) => ({ signal, body: Buffer.from(bytes) })),
        );
        expect(rows).toBe(calls.length + refused);
      }),
    );
  });

  it('with bytes changed leave the decoder as it was: a sound body after them reads as before', () => {
    const sound = all.filter((body) => isSound(body) && decodeBodies(format, [body]).calls.length > 0);
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.constantFrom(...sound), fc.array(change, { minLength: 1, maxLength: 3 }), (body, changes) => {
        const changed = Buffer.from(body.body);
        for (const { at, byte } of changes) changed[at % changed.length] = byte;
        const expected = decodeBodies(format, [body]);
        const { calls, rows, refused, problems } = decodeBodies(format, [{ ...body, body: changed }, body]);
        expect(rows).toBe(calls.length + refused);
        expect(problems[1]).toBeNull();
        expect(calls.slice(calls.length - expected.calls.length)).toEqual(expected.calls);
      }),
      { numRuns: 1000 },
    );
  });
});
