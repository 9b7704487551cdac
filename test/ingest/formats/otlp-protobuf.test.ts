import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Signal } from '../../../src/ingest/formats/format.ts';
import { openDecoder } from '../../../src/ingest/formats/open-decoder.ts';
import { OTLP_REQUESTS } from '../../support/otlp/otlp-schema.ts';
import { twinsOf } from '../../support/otlp/protobuf-message.ts';
import { spellMessage } from '../../support/otlp/spell-protobuf.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { arbitraryDocument } from './arbitrary-otlp.ts';
import { RecordingSink } from './recording-sink.ts';

const SIGNAL_OF: Readonly<Record<string, Signal>> = {
  resourceMetrics: 'metrics',
  resourceSpans: 'traces',
  resourceLogs: 'logs',
};
const TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' };

function signalOf(document: object): Signal {
  return SIGNAL_OF[Object.keys(document)[0]!]!;
}

/** Decodes each body with one decoder of the signal and content type. */
function decode(contentType: string, signal: Signal, ...bodies: Uint8Array[]) {
  const sink = new RecordingSink();
  const decoder = openDecoder(contentType, signal, sink)!;
  const outcomes = bodies.map((body, index) => decoder.decode(body, `body ${index}`));
  const rejections = sink.rejections.map((rejection) => ({ ...rejection, detail: withoutZero(rejection.detail) }));
  return { outcomes, calls: sink.calls, rejections };
}

/** Protobuf does not tell an absent number from 0. */
function withoutZero(detail: string): string {
  return detail.replace('aggregationTemporality is 0', 'aggregationTemporality is absent');
}

describe('OTLP/protobuf against OTLP/JSON', () => {
  it('makes the same calls and the same findings for any request, as protobufjs encodes it', () => {
    fc.assert(
      fc.property(arbitraryDocument, (document) => {
        const signal = signalOf(document);
        const type = OTLP_REQUESTS[signal];
        const { json, message } = twinsOf(type, document);
        const body = type.encode(type.create(message)).finish();
        const ours = decode(TYPES.protobuf, signal, body, body);
        const text = Buffer.from(JSON.stringify(json));
        expect(ours).toEqual(decode(TYPES.json, signal, text, text));
      }),
      { numRuns: 1500 },
    );
  });

  it('and in any other spelling: order, pieces, packing, overruled values, unknown fields and other wire types', () => {
    fc.assert(
      fc.property(arbitraryDocument, fc.nat(), (document, seed) => {
        const signal = signalOf(document);
        const type = OTLP_REQUESTS[signal];
        const { json, message } = twinsOf(type, document);
        const spelled = spellMessage(type, type.encode(type.create(message)).finish(), seededRandom(seed).uniform);
        const ours = decode(TYPES.protobuf, signal, spelled);
        expect(ours).toEqual(decode(TYPES.json, signal, Buffer.from(JSON.stringify(json))));
      }),
      { numRuns: 3000 },
    );
  });
});
