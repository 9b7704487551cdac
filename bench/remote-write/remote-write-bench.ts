import { compress, uncompress } from 'snappyjs';
import { RemoteWriteDecoder, type WriteMessage } from '../../src/ingest/formats/remote-write/remote-write-decoder.ts';
import { uncompressSnappy } from '../../src/ingest/formats/remote-write/snappy-block.ts';
import { WriteTally } from '../../src/ingest/formats/remote-write/write-tally.ts';
import {
  type SeriesFields,
  symbolizedRequest,
  symbolizedRequestType,
  writeRequest,
  writeRequestType,
} from '../../test/ingest/formats/remote-write/write-messages.ts';
import { CountingSink } from '../protobuf/counting-sink.ts';

const REQUESTS = 20;
const WARM_UP_ROUNDS = 10;
const ROUNDS = 40;
/** What Prometheus sends at once by default (max_samples_per_send). */
const SAMPLES = 2000;
const MOST_BYTES = 32 * 2 ** 20;
const START_MS = 1_795_140_000_000;

/** Series of the HTTP duration histogram as Prometheus has them, one sample each. */
function seriesOf(round: number): SeriesFields[] {
  return Array.from({ length: SAMPLES }, (_, index) => ({
    labels: {
      __name__: 'http_server_request_duration_seconds_bucket',
      http_request_method: 'GET',
      http_response_status_code: index % 3 === 0 ? '503' : '200',
      http_route: `/api/v1/resource-${index % 97}/{id}`,
      instance: `10.0.0.${index % 251}:9464`,
      job: 'shop/gateway',
      le: String((index % 15) / 20),
      network_protocol_version: '1.1',
      url_scheme: 'https',
    },
    samples: [{ value: round * 10 + index, timestamp: START_MS + round * 15_000 }],
  }));
}

type Contestant = readonly [name: string, work: (request: number) => void];

/** Decoding of requests of 2,000 samples, beside protobufjs and snappyjs on the same ones, in turns. */
export async function remoteWriteBench(): Promise<void> {
  const rounds = Array.from({ length: REQUESTS }, (_, round) => seriesOf(round));
  const first = rounds.map((series) => writeRequest(series));
  const second = rounds.map(symbolizedRequest);
  const packed = first.map((body) => Buffer.from(compress(body)));
  report('version 1.0', first, [
    own('prometheus.WriteRequest', first),
    ['protobufjs, decode', (request) => void writeRequestType.decode(first[request]!)],
  ]);
  report('version 2.0', second, [
    own('io.prometheus.write.v2.Request', second),
    ['protobufjs, decode', (request) => void symbolizedRequestType.decode(second[request]!)],
    ['protobufjs, decode and name the series', (request) => void namesOf(second[request]!)],
  ]);
  report('unpacking version 1.0', packed, [
    ['ours', (request) => void uncompressSnappy(packed[request]!, MOST_BYTES)],
    ['snappyjs', (request) => void uncompress(packed[request]!, MOST_BYTES)],
  ]);
}

function own(message: WriteMessage, bodies: readonly Buffer[]): Contestant {
  const decoder = new RemoteWriteDecoder(new CountingSink());
  return [
    'ours',
    (request) => {
      const tally = new WriteTally();
      decoder.decode(message, bodies[request]!, 'samples', tally);
      if (tally.samples.handed !== SAMPLES) throw new Error(`${tally.samples.handed} samples`);
    },
  ];
}

/** What tells the series of version 2.0 apart, which in version 1.0 lies in the message. */
function namesOf(body: Buffer): Set<string> {
  const { symbols, timeseries } = symbolizedRequestType.decode(body) as unknown as {
    readonly symbols: readonly string[];
    readonly timeseries: readonly { readonly labels_refs: readonly number[] }[];
  };
  return new Set(
    timeseries.map(({ labels_refs }) => labels_refs.map((reference) => symbols[reference]).join('\u0000')),
  );
}

/** Medians of processor time, as ratios against the contestant after ours. */
function report(title: string, bodies: readonly Buffer[], contestants: readonly Contestant[]): void {
  console.log(`${title}: ${SAMPLES} samples a request, ${Math.round(bodies[0]!.length / 1000)} KB`);
  const times = contestants.map(() => [] as number[]);
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const [i, [, work]] of contestants.entries()) {
      const started = process.cpuUsage();
      for (let request = 0; request < REQUESTS; request++) work(request);
      const { user, system } = process.cpuUsage(started);
      if (round >= WARM_UP_ROUNDS) times[i]!.push((user + system) / 1e3 / REQUESTS);
    }
  }
  const medians = times.map((values) => values.sort((a, b) => a - b)[values.length >> 1]!);
  for (const [i, [name]] of contestants.entries()) {
    const rate = `${Math.round(SAMPLES / medians[i]!)} k samples/s`;
    const ratio = `${(medians[1]! / medians[i]!).toFixed(2)} times as fast as ${contestants[1]![0]}`;
    console.log(`  ${name.padEnd(40)} ${medians[i]!.toFixed(2).padStart(7)} ms  ${rate.padStart(17)}  ${ratio}`);
  }
}
