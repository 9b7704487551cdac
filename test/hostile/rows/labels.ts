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
import { type Answer, forEachOf, type Message, Served } from '../served.ts';

type Pair = readonly [name: string, value: string];

interface LabelCase {
  readonly name: string;
  /** Beside the metric's own. */
  readonly pairs: readonly Pair[];
  /** What has to be told of it in the endpoint; null where the point has to be refused with a reason. */
  readonly route: string | null;
}

/** Only whole blocks of a range are answered, and an increment lies in the block of its middle. */
const AROUND_MS = 120_000;
const LONG = 'x'.repeat(1 << 20);

function route(name: string, value: string): LabelCase {
  return { name, pairs: [['http.route', value]], route: value };
}

/** An attribute whose name is odd; the route says which case it is. */
function named(title: string, name: string, value = 'v'): LabelCase {
  const own = `/named/${title.replaceAll(' ', '-')}`;
  return {
    name: title,
    pairs: [
      ['http.route', own],
      [name, value],
    ],
    route: own,
  };
}

const CASES: readonly LabelCase[] = [
  route('right to left', '/طلبات/\u202e/abc'),
  route('a newline', '/a\nb'),
  route('a NUL', '/a\u0000b'),
  route('quotes and backslashes', `/a"b\\c'd\``),
  route('SQL', "/'); DROP TABLE points; --"),
  route('markup', '/<script>alert(1)</script>'),
  route('a formula', '/=HYPERLINK("x")'),
  route('beyond the first plane', '/🚀/𝔘'),
  route('not normalised', '/e\u0301/é'),
  route('__proto__ as a value', '__proto__'),
  route('constructor as a value', 'constructor'),
  route('white space', '/ \t '),
  route('braces', '/{a}/{b}'),
  route('2,048 bytes', `/${'y'.repeat(2047)}`),
  { ...route('2,049 bytes', `/${'y'.repeat(2048)}`), route: null },
  { ...route('1 MiB', LONG), route: null },
  named('name __proto__', '__proto__'),
  named('name constructor', 'constructor'),
  named('name hasOwnProperty', 'hasOwnProperty'),
  named('name toString', 'toString'),
  named('name __tenant__', '__tenant__', 'victim'),
  named('name tenant', 'tenant', 'victim'),
  named('name tra_id', 'tra_id'),
  named('name of right to left', 'طلبات'),
  named('name with a newline', 'a\nb'),
  named('name with a NUL', 'a\u0000b'),
  named('an empty value', 'empty', ''),
  named('name of 256 characters', 'n'.repeat(256)),
  { ...named('name of 257 characters', 'n'.repeat(257)), route: null },
  {
    name: '10,000 attributes',
    pairs: [['http.route', '/many'], ...Array.from({ length: 10_000 }, (_, index): Pair => [`a${index}`, 'v'])],
    route: null,
  },
];

const TIMED = { service: 'labels', family: 'http_server_request_duration_seconds' };

function otlp(protocol: (typeof OTLP_PROTOCOLS)[number], { pairs }: LabelCase, timeMs: number): Message {
  const attributes = keyValues([['http.request.method', 'GET'], ...pairs]);
  const point = { attributes, count: 1, sum: 1, bucketCounts: [1, 0], explicitBounds: [1] };
  const dataPoints = [{ ...point, timeUnixNano: nanoseconds(timeMs), startTimeUnixNano: nanoseconds(timeMs - 1000) }];
  const histogram = { dataPoints, aggregationTemporality: 1 };
  return otlpMessage(
    protocol,
    metricsDocument(TIMED.service, [{ name: 'http.server.request.duration', unit: 's', histogram }]),
  );
}

function write(protocol: (typeof WRITE_PROTOCOLS)[number], { pairs }: LabelCase, timeMs: number): Message {
  const own = pairs.map(([name, value]): Pair => [name === 'http.route' ? 'http_route' : name, value]);
  const labels: Pair[] = [
    ['__name__', TIMED.family],
    ['http_request_method', 'GET'],
    ['instance', 'i'],
    ['job', TIMED.service],
    ...own,
  ];
  const histogram = { sum: 1, schema: 0, positive_spans: [{ offset: 0, length: 1 }] };
  const histograms = [
    { ...histogram, count_int: 1, positive_deltas: [1], timestamp: timeMs - 10_000 },
    { ...histogram, count_int: 2, positive_deltas: [2], timestamp: timeMs },
  ];
  return writeMessage(protocol, [{ labels, histograms }]);
}

function isRefusedWithReason({ status, text }: Answer): boolean {
  return (status === 400 && text.trim() !== '') || (status === 200 && /label-limit|bad-point/.test(text));
}

function isTaken({ status, text }: Answer): boolean {
  return status === 204 || (status === 200 && (text === '' || text === '{}'));
}

const DUPLICATES: LabelCase = {
  name: 'an attribute twice',
  pairs: [
    ['http.route', '/twice'],
    ['a', '1'],
    ['a', '2'],
  ],
  route: '/twice',
};

/** A byte that UTF-8 does not have, in place of one of the route. */
function broken(message: Message): Message {
  const body = Buffer.from(message.body);
  body[body.indexOf('/broken') + 1] = 0xff;
  return { ...message, body };
}

class LabelTrial {
  readonly #served: Served;
  readonly #token: string;
  readonly wrong: string[] = [];
  readonly lost: string[] = [];
  readonly #sent: { readonly title: string; readonly timeMs: number; readonly endpoint: string }[] = [];
  cases = 0;
  readBackCount = 0;

  constructor(served: Served, token: string) {
    this.#served = served;
    this.#token = token;
  }

  async run(protocol: string, one: LabelCase, message: Message, timeMs: number): Promise<void> {
    this.cases++;
    // A tenant that a header names is not believed either.
    const headers = { ...message.headers, 'x-scope-orgid': 'victim', 'x-tenant': 'victim' };
    const answer = await this.#served.send({ ...message, headers }, this.#token);
    const title = `${protocol}, ${one.name}`;
    if (one.route === null || !isTaken(answer)) {
      if (!isRefusedWithReason(answer)) this.wrong.push(`${title}: ${answer.status} ${answer.text.slice(0, 60)}`);
      else if (one.route !== null && !isRuleOfRemoteWrite(protocol, one))
        this.wrong.push(`${title}: refused ${answer.text.slice(0, 90)}`);
      return;
    }
    this.#sent.push({ title, timeMs, endpoint: `GET ${one.route}` });
  }

  /** Whether all that was taken is there under the very endpoint it was sent with. */
  async readBack(): Promise<void> {
    for (const timeMs of new Set(this.#sent.map((one) => one.timeMs))) {
      const range = `from=${new Date(timeMs - AROUND_MS).toISOString()}&to=${new Date(timeMs + AROUND_MS).toISOString()}`;
      const text = await this.#served.read(`/api/v1/cells?limit=10000&${range}`, this.#token);
      const cells = (JSON.parse(text) as { cells: { endpoint: string }[] }).cells;
      const found = new Set(cells.map(({ endpoint }) => endpoint));
      const own = this.#sent.filter((one) => one.timeMs === timeMs);
      this.readBackCount += own.length;
      this.lost.push(...own.filter(({ endpoint }) => !found.has(endpoint)).map(({ title }) => title));
    }
  }
}

/** A label may appear once (remote write 2.0, labels). */
function isRuleOfRemoteWrite(protocol: string, one: LabelCase): boolean {
  return protocol.startsWith('remote write') && one === DUPLICATES;
}

async function run({ folder }: Trial): Promise<Figure[]> {
  const served = await Served.start(folder);
  try {
    const [owner, victim] = [await served.tokenOf('owner'), await served.tokenOf('victim')];
    const trial = new LabelTrial(served, owner);
    // Each protocol's points have an hour of their own, so that one cannot stand in for another.
    const nowMs = Date.now();
    const hours = (index: number) => nowMs - (index + 1) * 3_600_000;
    await forEachOf([...CASES, DUPLICATES], async (one) => {
      for (const [at, protocol] of OTLP_PROTOCOLS.entries()) {
        await trial.run(protocol, one, otlp(protocol, one, hours(at)), hours(at));
      }
      for (const [at, protocol] of WRITE_PROTOCOLS.entries()) {
        await trial.run(protocol, one, write(protocol, one, hours(at + 2)), hours(at + 2));
      }
    });
    await trial.readBack();
    const bad = broken(otlp('OTLP protobuf', route('invalid UTF-8', '/broken'), hours(0)));
    const badWrite = broken(write('remote write 1.0', route('invalid UTF-8', '/broken'), hours(2)));
    const answers = [await served.send(bad, owner), await served.send(badWrite, owner)];
    const range = `from=${new Date(Date.now() - 24 * 3_600_000).toISOString()}`;
    const cells = await served.read(`/api/v1/cells?limit=10000&${range}`, owner);
    const leaked = JSON.parse(await served.read(`/api/v1/cells?${range}`, victim)) as { cells: unknown[] };
    return [
      told('cases over four protocols', trial.cases + answers.length),
      exactly('neither taken nor refused by rule', trial.wrong.join('; ') || 'none', 'none'),
      told('read back', trial.readBackCount),
      exactly('taken and not read back as sent', trial.lost.join('; ') || 'none', 'none'),
      exactly('OTLP that is not UTF-8, read back with U+FFFD', String(cells.includes('GET /\ufffdroken')), 'true'),
      exactly('remote write that is not UTF-8, status', answers[1]!.status, 400),
      exactly('cells of a tenant that data or a header named', leaked.cells.length, 0),
      exactly('ready after them', String(await served.isAlive()), 'true'),
    ];
  } finally {
    await served.stop();
  }
}

export const labels: HostileRow = { number: 35, title: 'names and values of attributes at their edges', run };
