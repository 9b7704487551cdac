import { pick } from '../../fuzz/chance.ts';
import { fuzz } from '../../fuzz/fuzz.ts';
import { mutateBytes } from '../../fuzz/mutate-bytes.ts';
import { FUZZ_TARGETS } from '../../fuzz/targets.ts';
import { type SeededRandom, seededRandom } from '../../support/seeded-random.ts';
import { atMost, exactly, type Figure, type HostileRow, ofMachine, type Trial, told } from '../row.ts';
import { inMebibytes, type Message, residentOf, Served } from '../served.ts';

const HANG_MS = 1000;
const RSS_MIB = 64;
const SEED = 33;

interface Door {
  readonly corpus: readonly Buffer[];
  message(body: Buffer): Message;
}

/** The service's doors that take what a decoder's corpus holds. */
function doors(): Door[] {
  const found: Door[] = [];
  for (const { name, corpus } of FUZZ_TARGETS) {
    const otlp = /^OTLP (\w+), (.+)$/.exec(name);
    if (otlp !== null) {
      const headers = { 'content-type': otlp[2]! };
      found.push({ corpus, message: (body) => ({ path: `/v1/${otlp[1]}`, headers, body }) });
      found.push({
        corpus,
        message: (body) => ({ path: `/v1/${otlp[1]}`, headers: { ...headers, 'content-encoding': 'gzip' }, body }),
      });
    }
    if (name === 'Snappy block') {
      const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
      found.push({ corpus, message: (body) => ({ path: '/api/v1/write', headers, body }) });
    }
  }
  return found;
}

interface Sending {
  readonly statuses: Map<number, number>;
  readonly reasons: Set<string>;
  slowestMs: number;
}

async function sendAll(served: Served, requests: number): Promise<Sending> {
  const random = seededRandom(SEED);
  const all = doors();
  const outcome: Sending = { statuses: new Map(), reasons: new Set(), slowestMs: 0 };
  const client = async (own: SeededRandom): Promise<void> => {
    for (let i = 0; i < requests / 4; i++) {
      const { corpus, message } = all[Math.floor(own.uniform() * all.length)]!;
      const input = mutateBytes(pick(corpus, own.uniform), corpus, own.uniform);
      const { status, text, milliseconds } = await served.send(message(input));
      outcome.statuses.set(status, (outcome.statuses.get(status) ?? 0) + 1);
      if (status >= 400) outcome.reasons.add(text.replace(/[^a-zA-Z ]+/g, '#').slice(0, 60));
      outcome.slowestMs = Math.max(outcome.slowestMs, milliseconds);
    }
  };
  await Promise.all(Array.from({ length: 4 }, () => client(seededRandom(Math.floor(random.uniform() * 2 ** 31)))));
  return outcome;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

async function run({ isSmall, folder }: Trial): Promise<Figure[]> {
  const decoded = FUZZ_TARGETS.map((target) => fuzz(target, isSmall ? 500 : 100_000, SEED));
  const inputs = sumOf(decoded.map((one) => one.inputs));
  const seconds = sumOf(decoded.map((one) => one.inputs / one.executionsPerSecond));
  const failures = decoded.flatMap((one) => one.failures.map(({ reason }) => reason.slice(0, 300)));
  const slowestMs = 1000 * Math.max(...decoded.map(({ slowestSeconds }) => slowestSeconds));
  const served = await Served.start(folder);
  try {
    await sendAll(served, isSmall ? 100 : 2000);
    const before = residentOf(served.server.pid);
    const sent = await sendAll(served, isSmall ? 400 : 20_000);
    const growth = residentOf(served.server.pid) - before;
    const odd = [...sent.statuses].filter(
      ([status]) => status !== 503 && !(status >= 200 && status < 300) && !(status >= 400 && status < 500),
    );
    return [
      told('inputs over the decoders', inputs),
      told('inputs a second of processor time', Math.round(inputs / seconds)),
      exactly('crashes of decoders', failures.slice(0, 3).join('; ') || 'none', 'none'),
      ofMachine(atMost('slowest input of a decoder, ms', Math.round(slowestMs), HANG_MS)),
      told(
        'requests',
        [...sent.statuses]
          .sort(([a], [b]) => a - b)
          .map(([status, count]) => `${count} × ${status}`)
          .join(', '),
      ),
      told('distinct reasons of 4xx', sent.reasons.size),
      exactly(
        'answers that are neither 2xx, 4xx nor 503',
        odd.map(([status, count]) => `${count} × ${status}`).join(', ') || 'none',
        'none',
      ),
      ofMachine(atMost('slowest request, ms', Math.round(sent.slowestMs), HANG_MS)),
      ofMachine(atMost('memory grew by, MiB', inMebibytes(growth), RSS_MIB)),
      exactly('ready after them', String(await served.isAlive()), 'true'),
    ];
  } finally {
    await served.stop();
  }
}

export const malformed: HostileRow = { number: 33, title: 'bytes that are no messages', run };
