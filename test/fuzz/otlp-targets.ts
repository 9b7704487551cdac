import fc from 'fast-check';
import type { TelemetrySink } from '../../src/domain/telemetry.ts';
import type { Signal } from '../../src/ingest/formats/format.ts';
import { openDecoder } from '../../src/ingest/formats/open-decoder.ts';
import { arbitraryDocument } from '../ingest/formats/arbitrary-otlp.ts';
import { OTLP_REQUESTS } from '../support/otlp/otlp-schema.ts';
import { twinsOf } from '../support/otlp/protobuf-message.ts';
import type { FuzzTarget } from './fuzz-target.ts';

const SIGNALS: readonly Signal[] = ['metrics', 'traces', 'logs'];
const FIELD_OF = { metrics: 'resourceMetrics', traces: 'resourceSpans', logs: 'resourceLogs' } as const;
const DOCUMENTS = 300;
const documents = fc.sample(arbitraryDocument, { numRuns: DOCUMENTS, seed: 1 });

/** Takes every value there is: what may be stored is the store's to say. Streams have to be open, and findings short. */
class LooseSink implements TelemetrySink {
  #streams = 0;

  openStream(): number {
    return this.#streams++;
  }
  numberPoint(stream: number): void {
    this.#check(stream);
  }
  histogramPoint(stream: number): void {
    this.#check(stream);
  }
  exponentialPoint(stream: number): void {
    this.#check(stream);
  }
  summaryPoint(stream: number): void {
    this.#check(stream);
  }
  span(): void {}
  flagEvaluation(): void {}

  reject(code: string, where: string, detail: string): void {
    if (where.length + detail.length > 1000) throw new Error(`${code}: a finding as long as its input`);
  }

  #check(stream: number): void {
    if (!(stream >= 0 && stream < this.#streams)) throw new Error(`stream ${stream} was not opened`);
  }
}

/** A decoder that lives on, as in a service: what one input leaves behind must not break on the next. */
function decoding(contentType: string, signal: Signal, corpus: readonly Buffer[]): FuzzTarget {
  const decoder = openDecoder(contentType, signal, new LooseSink())!;
  return {
    name: `OTLP ${signal}, ${contentType}`,
    corpus,
    take: (input) => {
      const { rows, problem } = decoder.decode(input, 'fuzz');
      if (!Number.isInteger(rows) || rows < 0) throw new Error(`${rows} rows`);
      if (problem === '') throw new Error('malformed without a reason');
    },
  };
}

export const OTLP_TARGETS: readonly FuzzTarget[] = SIGNALS.flatMap((signal) => {
  const type = OTLP_REQUESTS[signal];
  const twins = documents.filter((document) => FIELD_OF[signal] in document).map((one) => twinsOf(type, one));
  const texts = twins.map(({ json }) => Buffer.from(JSON.stringify(json)));
  const messages = twins.map(({ message }) => Buffer.from(type.encode(type.create(message)).finish()));
  return [decoding('application/json', signal, texts), decoding('application/x-protobuf', signal, messages)];
});
