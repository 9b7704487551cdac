import { openDecoder } from '../../src/ingest/formats/open-decoder.ts';
import { OTLP_REQUESTS } from '../../test/support/otlp/otlp-schema.ts';
import { CountingSink } from './counting-sink.ts';
import { histogramRequest, REQUEST_POINTS } from './histogram-request.ts';

const REQUESTS = 20;
const WARM_UP_ROUNDS = 10;
const ROUNDS = 40;
const TYPE = OTLP_REQUESTS.metrics;

interface Contestant {
  readonly name: string;
  decode(request: number): void;
}

/** Decoding of requests of 1,000 histogram points, beside protobufjs and JSON.parse on the same ones, in turns. */
export async function protobufBench(): Promise<void> {
  const documents = Array.from({ length: REQUESTS }, (_, round) => histogramRequest(round));
  const bodies = documents.map((document) => TYPE.encode(TYPE.fromObject(document)).finish());
  const lines = documents.map((document) => Buffer.from(JSON.stringify(document)));
  const contestants = [
    ...own('protobuf', 'application/x-protobuf', bodies),
    { name: 'protobufjs, decode', decode: (request: number) => void TYPE.decode(bodies[request]!) },
    ...own('JSON', 'application/json', lines),
    { name: 'JSON.parse', decode: (request: number) => void JSON.parse(lines[request]!.toString('utf8')) },
  ];
  const sizes = `${Math.round(bodies[0]!.length / 1000)} KB as protobuf, ${Math.round(lines[0]!.length / 1000)} KB as JSON`;
  console.log(`${REQUEST_POINTS} histogram points a request, ${sizes}`);
  print(measure(contestants));
}

/** With a decoder that knows the streams, as after a first export, and with one that does not. */
function own(name: string, contentType: string, bodies: readonly Uint8Array[]): Contestant[] {
  const open = () => openDecoder(contentType, 'metrics', new CountingSink())!;
  const kept = open();
  const decode = (decoder: typeof kept, request: number) => {
    const { rows, problem } = decoder.decode(bodies[request]!, 'bench');
    if (rows !== REQUEST_POINTS || problem !== null) throw new Error(`${rows} rows, ${problem}`);
  };
  return [
    { name: `ours, ${name}`, decode: (request) => decode(kept, request) },
    { name: `ours, ${name}, streams never seen`, decode: (request) => decode(open(), request) },
  ];
}

/** Median processor time of a request in milliseconds, by name: a busy machine stretches only the other kind. */
function measure(contestants: readonly Contestant[]): Map<string, number> {
  const times = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const { name, decode } of contestants) {
      const started = process.cpuUsage();
      for (let request = 0; request < REQUESTS; request++) decode(request);
      const { user, system } = process.cpuUsage(started);
      const milliseconds = (user + system) / 1e3 / REQUESTS;
      if (round >= WARM_UP_ROUNDS) times.get(name)!.push(milliseconds);
    }
  }
  return new Map([...times].map(([name, values]) => [name, values.sort((a, b) => a - b)[values.length >> 1]!]));
}

function print(medians: ReadonlyMap<string, number>): void {
  const protobufjs = medians.get('protobufjs, decode')!;
  for (const [name, milliseconds] of medians) {
    const rate = `${Math.round(REQUEST_POINTS / milliseconds)} k points/s`;
    const ratio = `${(protobufjs / milliseconds).toFixed(2)} times as fast as protobufjs`;
    console.log(
      `${name.padEnd(34)} ${milliseconds.toFixed(2).padStart(7)} ms a request  ${rate.padStart(17)}  ${ratio}`,
    );
  }
}
