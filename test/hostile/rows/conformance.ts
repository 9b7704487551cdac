import { randomBytes } from 'node:crypto';
import { type ClientRequest, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { compress } from 'snappyjs';
import { openDecoder } from '../../../src/ingest/formats/open-decoder.ts';
import { symbolizedRequest, withStaleMarkers, writeRequest } from '../../ingest/formats/remote-write/write-messages.ts';
import { RECEIVER_CASES, type ReceiverCase, readable } from '../../ingest/routes/receiver-cases.ts';
import { RecordingSink } from '../../store/telemetry/recording-sink.ts';
import { type GoldenBody, goldenBodies } from '../../support/otlp/body-corpus.ts';
import { snappyMessage, WRITE_PROTOCOLS, type WriteProtocol } from '../messages.ts';
import { exactly, type Figure, type HostileRow, type Trial, told } from '../row.ts';
import { type Answer, forEachOf, type Message, Served } from '../served.ts';
import { StoredRows } from '../stored-rows.ts';

const MIB = 1024 ** 2;
/** The vectors are as old as they are. */
const SETTINGS = {
  POSTFLIGHT_ACCEPT_PAST: '9999d',
  POSTFLIGHT_ACCEPT_FUTURE: '9999d',
  POSTFLIGHT_POINTS_RETENTION: '9999d',
  POSTFLIGHT_SPANS_RETENTION: '9999d',
  POSTFLIGHT_WIRE_LIMIT: '3MiB',
  POSTFLIGHT_DECODED_LIMIT: '3MiB',
  POSTFLIGHT_IN_FLIGHT_LIMIT: '6MiB',
};
/** Content type of each form of OTLP, by the name of its golden files. */
const OTLP_TYPES = { otlp: 'application/json', 'otlp-protobuf': 'application/x-protobuf' } as const;
type OtlpForm = keyof typeof OTLP_TYPES;

interface Vector {
  readonly name: string;
  readonly message: Message;
  /** What is wrong with the answer; null where it is as the protocol says. */
  readonly judge: (answer: Answer) => string | null;
  /** What has to be stored of it, row by row in words; where a point came twice, either of them. */
  readonly expected: readonly (readonly string[])[];
}

function receiverVector(protocol: WriteProtocol, one: ReceiverCase): Vector {
  const encoded = protocol === 'remote write 1.0' ? writeRequest(one.series) : symbolizedRequest(one.series);
  const counts = [one.samples ?? 0, one.histograms ?? 0, one.exemplars ?? 0].map(String).join();
  return {
    name: `${protocol}: ${one.name}`,
    message: snappyMessage(compress(withStaleMarkers(encoded)), protocol),
    judge: ({ status, text, headers }) => {
      const written = ['samples', 'histograms', 'exemplars'].map(
        (kind) => headers[`x-prometheus-remote-write-${kind}-written`],
      );
      if (status !== (one.succeeds ? 204 : 400)) return `status ${status}`;
      if ((text === '') !== one.succeeds) return `text ${JSON.stringify(text)}`;
      return written.join() === counts ? null : `written ${written.join()} and not ${counts}`;
    },
    expected: readable(one).map((row) => [row.join(' ')]),
  };
}

/** What the decoder makes of a golden body is pinned by its golden file; here it has to come back from the disk. */
function otlpVector(form: OtlpForm, { signal, body }: GoldenBody, index: number): Vector {
  const sink = new RecordingSink();
  const outcome = openDecoder(OTLP_TYPES[form], signal, sink)!.decode(body, 'request');
  const isSound = outcome.problem === null;
  const points = new Map<string, string[]>();
  for (const { metric, identity, startMs, timeMs, count } of sink.points) {
    if (!Number.isFinite(count)) continue;
    const { resource, attributes } = identity;
    const key = JSON.stringify([
      { ...identity, resource: [...resource], attributes: [...attributes] },
      startMs,
      timeMs,
    ]);
    points.set(key, [...(points.get(key) ?? []), `${metric} ${timeMs} ${count}`]);
  }
  const spans = sink.spans.map(({ spanId, name, startMs }) => `${spanId} ${name} ${startMs}`);
  const evaluations = sink.evaluations.map(({ flag, variant, timeMs }) => `${flag} ${variant} ${timeMs}`);
  const others = [...new Set([...spans, ...evaluations])].map((row) => [row]);
  return {
    name: `${form}: ${signal} ${index}`,
    message: { path: `/v1/${signal}`, headers: { 'content-type': OTLP_TYPES[form] }, body },
    judge: ({ status }) => (status === (isSound ? 200 : 400) ? null : `status ${status}`),
    expected: isSound ? [...points.values(), ...others] : [],
  };
}

/** More than there is room for: to be sent again, so it says when. */
function crowdedVectors(): Vector[] {
  const noise = randomBytes(2 * MIB);
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
  const messages: [string, Message][] = [
    ['OTLP', { path: '/v1/metrics', headers, body: gzipSync(noise) }],
    ...WRITE_PROTOCOLS.map((protocol): [string, Message] => [protocol, snappyMessage(compress(noise), protocol)]),
  ];
  return messages.map(([name, message]) => ({
    name: `${name}: no room`,
    message,
    judge: ({ status, headers: given }) => {
      if (status !== 503) return `status ${status}`;
      return Number(given['retry-after']) > 0 ? null : `Retry-After ${given['retry-after']}`;
    },
    expected: [],
  }));
}

const HELD = 2;
const HELD_BYTES = 2.5 * MIB;

/** Bodies of which all but the last byte has come. */
async function holdRoom({ url }: Served): Promise<ClientRequest[]> {
  const headers = { 'content-type': 'application/json', 'content-length': HELD_BYTES };
  const held = Array.from({ length: HELD }, () => {
    const sent = request(`${url}/v1/metrics`, { method: 'POST', headers });
    sent.on('error', () => undefined);
    sent.write(Buffer.alloc(HELD_BYTES - 1));
    return sent;
  });
  for (let bytes = 0; bytes < HELD * (HELD_BYTES - 1); await sleep(10)) {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    bytes = Number(/^postflight_ingest_in_flight_bytes (\d+)$/m.exec(metrics)?.[1]);
  }
  return held;
}

function unreadableVectors(): Vector[] {
  const types = ['application/json', 'image/png', 'application/x-protobuf;proto=io.prometheus.write.v3.Request'];
  const write = types.map((type): [string, Message] => [
    `remote write as ${type}`,
    { path: '/api/v1/write', headers: { 'content-type': type, 'content-encoding': 'snappy' }, body: Buffer.from('0') },
  ]);
  const otlp: [string, Message] = [
    'OTLP as text',
    { path: '/v1/metrics', headers: { 'content-type': 'text/plain' }, body: Buffer.from('0') },
  ];
  return [...write, otlp].map(([name, message]) => ({
    name,
    message,
    judge: ({ status }) => (status === 415 ? null : `status ${status}`),
    expected: [],
  }));
}

function vectors(): Vector[] {
  const forms = Object.keys(OTLP_TYPES) as OtlpForm[];
  return [
    ...WRITE_PROTOCOLS.flatMap((protocol) => RECEIVER_CASES.map((one) => receiverVector(protocol, one))),
    ...forms.flatMap((form) => goldenBodies(form).map((body, index) => otlpVector(form, body, index))),
    ...unreadableVectors(),
  ];
}

/** Each vector as a tenant of its own, so that all that is stored of it is known. */
class ConformanceTrial {
  readonly #served: Served;
  readonly #stored: StoredRows;
  readonly wrongAnswers: string[] = [];
  readonly mismatches: string[] = [];
  samples = 0;

  constructor(served: Served) {
    this.#served = served;
    this.#stored = new StoredRows(served.server.pid);
  }

  async put(vector: Vector, index: number): Promise<void> {
    const tenant = `vector-${index}`;
    const answer = await this.#served.send(vector.message, await this.#served.tokenOf(tenant));
    const wrong = vector.judge(answer);
    if (wrong !== null) this.wrongAnswers.push(`${vector.name}: ${wrong}`);
    const [points, spans, evaluations] = await Promise.all([
      this.#stored.points(tenant),
      this.#stored.spans(tenant),
      this.#stored.evaluations(tenant),
    ]);
    const stored = [...points, ...spans, ...evaluations].map((row) => row.join(' '));
    this.samples += stored.length;
    const missing = [...vector.expected];
    const others = stored.filter((row) => {
      const at = missing.findIndex((either) => either.includes(row));
      if (at >= 0) missing.splice(at, 1);
      return at < 0;
    });
    if (missing.length + others.length === 0) return;
    this.mismatches.push(`${vector.name}: ${others.join(', ')} in place of ${missing.join(', ')}`);
  }

  async close(): Promise<void> {
    await this.#stored.close();
  }
}

async function run({ folder }: Trial): Promise<Figure[]> {
  const served = await Served.start(folder, SETTINGS);
  try {
    const all = vectors();
    const trial = new ConformanceTrial(served);
    await forEachOf(all, (vector, index) => trial.put(vector, index));
    // After the others: there is no room beside what is held.
    const held = await holdRoom(served);
    const crowded = crowdedVectors();
    for (const [index, vector] of crowded.entries()) await trial.put(vector, all.length + index);
    for (const one of held) one.destroy();
    await trial.close();
    const cases = (prefix: string): number => all.filter(({ name }) => name.startsWith(prefix)).length;
    return [
      told('receiver cases of prometheus/compliance, 1.0 and 2.0', 2 * RECEIVER_CASES.length),
      told('golden bodies of OTLP, JSON and protobuf', cases('otlp')),
      told(
        'requests that there is no room for, or no reader',
        all.length + crowded.length - 2 * RECEIVER_CASES.length - cases('otlp'),
      ),
      exactly(
        'answers, headers and counts that are not as they should be',
        trial.wrongAnswers.join('; ') || 'none',
        'none',
      ),
      told('samples, histograms, spans and evaluations read back', trial.samples),
      exactly('vectors of which something else is stored', trial.mismatches.join('; ') || 'none', 'none'),
    ];
  } finally {
    await served.stop();
  }
}

export const conformance: HostileRow = { number: 36, title: 'the protocols as they are written down, read back', run };
