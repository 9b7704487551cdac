import { expect, it } from 'vitest';
import { REFUSED_STREAM, type StreamIdentity } from '../../../src/domain/telemetry.ts';
import { openDecoder } from '../../../src/ingest/formats/open-decoder.ts';
import { OTLP_REQUESTS } from '../../support/otlp/otlp-schema.ts';
import { twinsOf } from '../../support/otlp/protobuf-message.ts';
import { RecordingSink } from './recording-sink.ts';

const ENCODINGS = {
  'application/json': (document: object) => Buffer.from(JSON.stringify(document)),
  'application/x-protobuf': (document: object) => {
    const type = OTLP_REQUESTS.metrics;
    return Buffer.from(type.encode(type.create(twinsOf(type, document as never).message)).finish());
  },
};

const REFUSED = REFUSED_STREAM - 1;
const UNREAD = -1;

/** Takes no stream with an attribute `session`, and reads none with `unread`; keeps count of what it was asked for. */
class RefusingSink extends RecordingSink {
  readonly points: number[] = [];

  override openStream(identity: StreamIdentity): number {
    const stream = super.openStream(identity);
    if (identity.attributes.has('session')) return REFUSED;
    return identity.attributes.has('unread') ? UNREAD : stream;
  }

  override numberPoint(stream: number): void {
    this.points.push(stream);
  }
}

function pointOf(attributes: Record<string, string>): object {
  const pairs = Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  return { attributes: pairs, timeUnixNano: '1795140060000000000', asDouble: 1 };
}

it.each(Object.entries(ENCODINGS))(
  '%s: streams that are refused are not remembered, and all others are, also those that nobody reads',
  (type, encode) => {
    const sink = new RefusingSink();
    const decoder = openDecoder(type, 'metrics', sink)!;
    for (let request = 0; request < 3; request++) {
      const refused = [0, 1].map((session) => pointOf({ session: `${session}` }));
      const dataPoints = [
        pointOf({ route: 'a' }),
        ...refused,
        pointOf({ unread: 'x' }),
        pointOf({}),
        pointOf({ route: 'b' }),
      ];
      decoder.decode(
        encode({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'g', gauge: { dataPoints } }] }] }] }),
        'request',
      );
    }
    const opened = sink.openings.filter((key) => key.includes('session')).length;
    expect([opened, sink.openings.length - opened]).toEqual([6, 4]);
    const [a, , , , none, b] = sink.points;
    expect(new Set([a, none, b]).size).toBe(3);
    expect(sink.points).toEqual([1, 2, 3].flatMap(() => [a, REFUSED, REFUSED, UNREAD, none, b]));
  },
);
