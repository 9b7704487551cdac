import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Signal } from '../../../src/ingest/formats/format.ts';
import { wireFields, writeField } from './spell-protobuf.ts';

export interface GoldenBody {
  readonly signal: Signal;
  readonly body: Buffer;
  /** Lengths, that of the body aside, at which what is cut off leaves a sound body. */
  readonly soundCuts: ReadonlySet<number>;
}

const FIXTURES = resolve(import.meta.dirname, '../../fixtures');
const SIGNALS: readonly [key: string, signal: Signal][] = [
  ['resourceMetrics', 'metrics'],
  ['resourceSpans', 'traces'],
  ['resourceLogs', 'logs'],
];

/** How the golden files of each format, one folder each, hold bodies. */
const READERS: Readonly<Record<string, (line: string) => GoldenBody | null>> = {
  otlp: jsonBody,
  'otlp-protobuf': protobufBody,
};

export function goldenBodies(format: string, file?: string): GoldenBody[] {
  const folder = resolve(FIXTURES, format);
  const names = readdirSync(folder).filter((name) => name.endsWith('.in.jsonl'));
  return names
    .filter((name) => file === undefined || name === `${file}.in.jsonl`)
    .sort()
    .flatMap((name) => readFileSync(resolve(folder, name), 'utf8').split('\n').slice(0, -1))
    .map(READERS[format]!)
    .filter((body) => body !== null);
}

/** Lines that are sound JSON about one signal. */
function jsonBody(line: string): GoldenBody | null {
  const named = SIGNALS.filter(([key]) => line.includes(`"${key}"`));
  if (named.length !== 1 || !isJson(line)) return null;
  const body = Buffer.from(line);
  const sound = Buffer.from(line.trimEnd()).length;
  const cuts = Array.from({ length: body.length - sound }, (_, index) => sound + index);
  return { signal: named[0]![1], body, soundCuts: new Set(cuts) };
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** A message cut between two of its fields is one still. */
function protobufBody(line: string): GoldenBody {
  const { signal, body: text } = JSON.parse(line) as { signal: Signal; body: string };
  const body = Buffer.from(text, 'base64');
  const soundCuts = new Set([0]);
  let at = 0;
  for (const field of wireFields(body)) {
    at += writeField(field).length;
    soundCuts.add(at);
  }
  soundCuts.delete(body.length);
  return { signal, body, soundCuts };
}
