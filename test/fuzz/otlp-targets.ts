import fc from 'fast-check';
import type { Signal } from '../../src/ingest/formats/format.ts';
import { openDecoder } from '../../src/ingest/formats/open-decoder.ts';
import { arbitraryDocument } from '../ingest/formats/arbitrary-otlp.ts';
import { goldenBodies } from '../support/otlp/body-corpus.ts';
import { OTLP_REQUESTS } from '../support/otlp/otlp-schema.ts';
import { twinsOf } from '../support/otlp/protobuf-message.ts';
import type { FuzzTarget, Take } from './fuzz-target.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';
import { StrictSink } from './strict-sink.ts';

const SIGNALS: readonly Signal[] = ['metrics', 'traces', 'logs'];
const FIELD_OF = { metrics: 'resourceMetrics', traces: 'resourceSpans', logs: 'resourceLogs' } as const;
const DOCUMENTS = 300;
const MOST_BUCKETS = 1 << 16;
/** Findings that may leave out no row. */
const NOTES = ['series-overflow', 'negative-observation', 'partly-not-finite'];
const documents = fc.sample(arbitraryDocument, { numRuns: DOCUMENTS, seed: 1 });

/** A decoder that lives on, as in a service: what one input leaves behind must not break on the next. */
function decoding(
  contentType: string,
  signal: Signal,
  corpus: readonly Buffer[],
  mutate: NonNullable<FuzzTarget['mutate']>,
): FuzzTarget {
  const open = (): Take => {
    const sink = new StrictSink(MOST_BUCKETS);
    const decoder = openDecoder(contentType, signal, sink)!;
    return (input) => {
      sink.beginRecord();
      const { rows, problem } = decoder.decode(input, 'fuzz');
      checkRows(sink, rows);
      if (problem === '') throw new Error('malformed without a reason');
      return problem === null ? ([...sink.findings.keys()][0] ?? null) : kindOf(problem);
    };
  };
  return { name: `OTLP ${signal}, ${contentType}`, corpus, mutate, open };
}

/** Every row is delivered or refused. */
function checkRows(sink: StrictSink, rows: number): void {
  const notes = NOTES.reduce((sum, code) => sum + (sink.findings.get(code) ?? 0), 0);
  const findings = [...sink.findings.values()].reduce((sum, count) => sum + count, 0);
  const most = sink.delivered + findings;
  if (!(rows <= most && rows >= most - notes))
    throw new Error(`${rows} rows, ${most - notes} to ${most} accounted for`);
}

/** A problem without its place and its excerpt. */
function kindOf(problem: string): string {
  return problem.replace(/^at byte \d+: /, '').replace(/byte \d+: .* has/s, '… has');
}

export const OTLP_TARGETS: readonly FuzzTarget[] = SIGNALS.flatMap((signal) => {
  const type = OTLP_REQUESTS[signal];
  const twins = documents.filter((document) => FIELD_OF[signal] in document).map((one) => twinsOf(type, one));
  const texts = twins.map(({ json }) => Buffer.from(JSON.stringify(json)));
  const messages = twins.map(({ message }) => Buffer.from(type.encode(type.create(message)).finish()));
  return [
    decoding('application/json', signal, [...goldenOf('otlp', signal), ...texts], mutateJson),
    decoding('application/x-protobuf', signal, [...goldenOf('otlp-protobuf', signal), ...messages], mutateProtobuf),
  ];
});

function goldenOf(format: string, signal: Signal): Buffer[] {
  return goldenBodies(format)
    .filter((golden) => golden.signal === signal)
    .map(({ body }) => body);
}
