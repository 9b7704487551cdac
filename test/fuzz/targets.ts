import type { BodyDecoder, Signal } from '../../src/ingest/formats/format.ts';
import { openDecoder } from '../../src/ingest/formats/open-decoder.ts';
import { goldenBodies } from '../support/otlp/body-corpus.ts';
import type { Chance } from './chance.ts';
import { CheckingSink } from './checking-sink.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';

/** Something that takes bytes from strangers. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs to start from. */
  readonly corpus: readonly Buffer[];
  /** Changes what an input says, keeping it well-formed as a rule. */
  mutate(input: Buffer, chance: Chance): Buffer;
  /** A fresh one, that is fed many inputs. It answers the kind of problem it found, or null, and throws where it is wrong. */
  open(): (input: Buffer) => string | null;
}

/** Every decoder; a new one is a line here. */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  otlpTarget('otlp-protobuf', 'application/x-protobuf', mutateProtobuf),
  otlpTarget('otlp', 'application/json', mutateJson),
];

/** All three signals: the first byte of an input says whose address it was sent to. */
function otlpTarget(format: string, contentType: string, mutate: FuzzTarget['mutate']): FuzzTarget {
  const signals: readonly Signal[] = ['metrics', 'traces', 'logs'];
  const corpus = goldenBodies(format).map(({ signal, body }) =>
    Buffer.concat([Buffer.from([signals.indexOf(signal)]), body]),
  );
  return {
    name: format,
    corpus,
    mutate: (input, chance) => Buffer.concat([input.subarray(0, 1), mutate(input.subarray(1), chance)]),
    open: () => {
      const sink = new CheckingSink();
      const decoders = signals.map((signal) => openDecoder(contentType, signal, sink)!);
      return (input) => decodeChecked(decoders[(input[0] ?? 0) % signals.length]!, sink, input.subarray(1));
    },
  };
}

/** Findings that leave out no row. */
const NOTES = ['series-overflow', 'negative-observation', 'not-finite'];

function decodeChecked(decoder: BodyDecoder, sink: CheckingSink, body: Buffer): string | null {
  sink.delivered = 0;
  sink.findings.clear();
  const { rows, problem } = decoder.decode(body, 'fuzz');
  const notes = NOTES.reduce((sum, code) => sum + (sink.findings.get(code) ?? 0), 0);
  const findings = [...sink.findings.values()].reduce((sum, count) => sum + count, 0);
  const accounted = sink.delivered + findings;
  if (rows > accounted || rows < accounted - notes) throw new Error(`${rows} rows, ${accounted} of them accounted for`);
  if (problem !== null) return problem.replace(/^at byte \d+: /, '').replace(/byte \d+: .* has/s, '… has');
  const [first] = sink.findings.keys();
  return first ?? null;
}
