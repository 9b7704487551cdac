import {
  keyValues,
  metricsDocument,
  nanoseconds,
  OTLP_PROTOCOLS,
  otlpMessage,
  WRITE_PROTOCOLS,
  writeMessage,
} from '../messages.ts';
import { exactly, type Figure, type HostileRow, type Trial, told } from '../row.ts';
import { type Answer, forEachOf, Served } from '../served.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const YEAR = 365 * DAY;
const MAX_UINT64 = 2n ** 64n - 1n;
/** The bad point's count: what is stored of it shows. */
const HEAVY = 1000;
/** What lies at a limit is decided by milliseconds that pass between here and there. */
const MARGIN = MINUTE;

interface Stamp {
  readonly name: string;
  readonly ns: bigint;
  readonly isIn: boolean;
}

function stamps(nowMs: number): Stamp[] {
  const around: [string, number][] = [
    ...[11, 12, 15, 30, 60].map((minutes): [string, number] => [`${minutes} minutes ahead`, minutes * MINUTE]),
    ...[1, 2, 7, 30, 365].map((days): [string, number] => [`${days} days ahead`, days * DAY]),
    ...[2, 10, 50, 72, 100, 500].map((years): [string, number] => [`${years} years ahead`, years * YEAR]),
    ['just beyond the limit ahead', 10 * MINUTE + MARGIN],
    ['just within the limit ahead', 10 * MINUTE - MARGIN],
    ['just beyond the limit back', -7 * DAY - MARGIN],
    ['just within the limit back', -7 * DAY + MARGIN],
    ...[8, 9, 30, 365].map((days): [string, number] => [`${days} days ago`, -days * DAY]),
    ...[2, 10, 30, 50].map((years): [string, number] => [`${years} years ago`, -years * YEAR]),
    ...[1, 60, 1440].map((minutes): [string, number] => [`${minutes} minutes ago`, -minutes * MINUTE]),
  ];
  const now = BigInt(nowMs) * 1_000_000n;
  const absolute: [string, bigint][] = [
    ['0', 0n],
    ['1 ns', 1n],
    ['1 s of 1970', 1_000_000_000n],
    ['the last ns of 1970', 31_536_000_000_000_000n - 1n],
    ['year 2098', BigInt(Date.UTC(2098, 0)) * 1_000_000n],
    ['the largest int64', 2n ** 63n - 1n],
    ['one above it', 2n ** 63n],
    ['the largest uint64', MAX_UINT64],
    ['now in seconds', now / 1_000_000_000n],
    ['now in milliseconds', now / 1_000_000n],
  ];
  const relative = around.map(([name, ms]) => {
    return { name, ns: now + BigInt(ms) * 1_000_000n, isIn: ms <= 10 * MINUTE && ms >= -7 * DAY };
  });
  return [...relative, ...absolute.map(([name, ns]) => ({ name, ns, isIn: false }))];
}

class StampTrial {
  readonly #served: Served;
  readonly #nowMs: number;
  readonly wrong: string[] = [];
  readonly poisoned: string[] = [];

  constructor(served: Served, nowMs: number) {
    this.#served = served;
    this.#nowMs = nowMs;
  }

  /** A bad point between two good ones of its own series; then a good one again. */
  async otlp(protocol: (typeof OTLP_PROTOCOLS)[number], stamp: Stamp, index: number): Promise<void> {
    const at = (minutes: number) => nanoseconds(this.#nowMs - minutes * MINUTE);
    const route = `/${protocol}/${index}`;
    const points = [pointAt(route, at(9), 1), pointAt(route, String(stamp.ns), HEAVY), pointAt(route, at(8), 1)];
    const answer = await this.#served.send(otlpMessage(protocol, document(points)));
    const isRefused = answer.text !== '' && answer.text !== '{}';
    if (answer.status !== 200 || isRefused === stamp.isIn || saysNothing(answer, isRefused)) {
      this.wrong.push(`${protocol}, ${stamp.name}: ${answer.status} ${answer.text.slice(0, 60)}`);
    }
    const after = await this.#served.send(otlpMessage(protocol, document([pointAt(route, at(7), 1)])));
    if (after.status !== 200 || after.text.length > 2) this.poisoned.push(`${protocol}, ${stamp.name}`);
  }

  async write(protocol: (typeof WRITE_PROTOCOLS)[number], stamp: Stamp, index: number): Promise<void> {
    const ms = stamp.ns === MAX_UINT64 ? -1 : Number(stamp.ns / 1_000_000n);
    const labels = { __name__: 'stamped_total', job: 'stamps', route: `${index}` };
    const good = (minutes: number) => ({ value: 10 - minutes, timestamp: this.#nowMs - minutes * MINUTE });
    const samples = [good(9), { value: 1, timestamp: ms }, good(8)];
    const answer = await this.#served.send(writeMessage(protocol, [{ labels, samples }]));
    const taken = Number(answer.headers['x-prometheus-remote-write-samples-written']);
    const expected = stamp.isIn ? [204, 3] : [400, 2];
    if (answer.status !== expected[0] || taken !== expected[1]) {
      this.wrong.push(`${protocol}, ${stamp.name}: ${answer.status}, ${taken} written ${answer.text.slice(0, 60)}`);
    }
    const after = await this.#served.send(writeMessage(protocol, [{ labels, samples: [good(7)] }]));
    if (after.status !== 204) this.poisoned.push(`${protocol}, ${stamp.name}`);
  }
}

function pointAt(route: string, timeUnixNano: string, count: number): Record<string, unknown> {
  const attributes = keyValues({ 'http.request.method': 'GET', 'http.route': route });
  return { attributes, timeUnixNano, count, sum: count, bucketCounts: [count, 0], explicitBounds: [1] };
}

function document(dataPoints: readonly Record<string, unknown>[]) {
  const histogram = { dataPoints, aggregationTemporality: 1 };
  return metricsDocument('stamps', [{ name: 'http.server.request.duration', unit: 's', histogram }]);
}

function saysNothing({ text }: Answer, isRefused: boolean): boolean {
  return isRefused && !/time-out-of-range|missing-time|bad-point/.test(text);
}

interface Cell {
  readonly start: string;
  readonly endpoint: string;
  readonly requests: number;
}

async function cellsBetween(served: Served, fromMs: number, toMs: number): Promise<Cell[]> {
  const range = `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`;
  return (JSON.parse(await served.read(`/api/v1/cells?service=stamps&limit=10000&${range}`)) as { cells: Cell[] })
    .cells;
}

async function run({ folder }: Trial): Promise<Figure[]> {
  const served = await Served.start(folder);
  try {
    const nowMs = Date.now();
    const all = stamps(nowMs);
    const trial = new StampTrial(served, nowMs);
    await forEachOf(all, async (stamp, index) => {
      for (const protocol of OTLP_PROTOCOLS) await trial.otlp(protocol, stamp, index);
      for (const protocol of WRITE_PROTOCOLS) await trial.write(protocol, stamp, index);
    });
    // Of the hour of the good points: what lies a minute ago is one of them.
    const near = await cellsBetween(served, nowMs - 30 * MINUTE, nowMs);
    const counted = near.filter(({ requests }) => requests < HEAVY);
    const good = counted.reduce((sum, { requests }) => sum + requests, 0);
    const beyond = await cellsBetween(served, nowMs + 10 * MINUTE, nowMs + 2 * DAY);
    return [
      told('timestamps, in each of four protocols', all.length),
      exactly('not as the limits say', trial.wrong.join('; ') || 'none', 'none'),
      exactly('series that take nothing after it', trial.poisoned.join('; ') || 'none', 'none'),
      exactly('good points counted in cells', good, 3 * OTLP_PROTOCOLS.length * all.length),
      exactly('cells beyond the limit ahead', beyond.length, 0),
    ];
  } finally {
    await served.stop();
  }
}

export const timestamps: HostileRow = { number: 29, title: 'times of the future and of long ago', run };
