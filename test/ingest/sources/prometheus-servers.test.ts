import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readSources } from '../../../src/ingest/sources/index.ts';
import { RecordingSink } from '../formats/recording-sink.ts';

const HOUR = 3_600_000;
const T = 1_795_132_800_000;
const COUNT = 'http_server_request_duration_seconds_count';
const NATIVE = 'http_client_request_duration_seconds';

interface Asked {
  readonly path: string;
  readonly query: string;
  readonly time: number;
  readonly authorization: string | undefined;
}

type Answer = { readonly status?: number; readonly body: unknown };

/** A server that answers queries as it is told. */
class StubServer {
  readonly asked: Asked[] = [];
  #server: Server | null = null;

  async start(answerQuery: (asked: Asked) => Answer, names: readonly string[]): Promise<string> {
    this.#server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const form = new URLSearchParams(body);
      const asked: Asked = {
        path: request.url ?? '',
        query: form.get('query') ?? '',
        time: Number(form.get('time')),
        authorization: request.headers.authorization,
      };
      this.asked.push(asked);
      const answer = this.#fixed(asked.path, names) ?? answerQuery(asked);
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
    await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  get queries(): Asked[] {
    return this.asked.filter(({ path }) => path.endsWith('/api/v1/query'));
  }

  #fixed(path: string, names: readonly string[]): Answer | null {
    if (path.includes('/label/__name__/values')) return { body: { status: 'success', data: names } };
    if (!path.includes('/metadata')) return null;
    return { body: { status: 'success', data: { jobs_done: [{ type: 'counter', unit: '' }] } } };
  }
}

function matrix(result: readonly object[], more: object = {}): Answer {
  return { body: { status: 'success', data: { resultType: 'matrix', result }, ...more } };
}

function values(name: string, ...pairs: [number, string][]): object {
  return { metric: { __name__: name, job: 'gateway', instance: 'i' }, values: pairs };
}

describe('a Prometheus server', () => {
  const server = new StubServer();
  const wanted = { startMs: T, endMs: T + 3 * HOUR, indicators: [] };
  afterEach(async () => {
    await server.stop();
    server.asked.length = 0;
  });

  async function read(answer: (asked: Asked) => Answer, names = [COUNT], more: object = {}, path = '') {
    const host = await server.start(answer, names);
    const sink = new RecordingSink();
    const url = `http://reader:pass%20word@${host}${path}`;
    const options = { wanted: { ...wanted, ...more } };
    const summary = await readSources([{ kind: 'prometheus', url }], '.', sink, options);
    return { sink, summary };
  }

  it('is asked for raw samples, hour by hour, of the metrics that are read', async () => {
    const { sink, summary } = await read(
      ({ time }) => matrix([values(COUNT, [time - 0.5, '1'])]),
      ['up', COUNT, 'http_server_request_duration_seconds_sum', 'process_cpu_seconds_total'],
      {},
      '/prometheus/',
    );
    expect(server.queries.map(({ path, query, time }) => [path, query, time * 1e3 - T])).toEqual(
      [1, 2, 3].map((hour) => [
        '/prometheus/api/v1/query',
        `{__name__=~"${COUNT}|http_server_request_duration_seconds_sum"}[3600000ms]`,
        hour * HOUR,
      ]),
    );
    expect(sink.calls.map(([kind, , , timeMs, value]) => [kind, (timeMs as number) - T, value])).toEqual([
      ['number', HOUR - 500, 1],
      ['number', 2 * HOUR - 500, 1],
      ['number', 3 * HOUR - 500, 1],
    ]);
    expect(summary).toMatchObject({ rows: 3, files: 1 });
  });

  it('hears the password of its URL, and nobody else does', async () => {
    const failing = read(() => ({ status: 400, body: { status: 'error', errorType: 'bad_data', error: 'no' } }));
    await expect(failing).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ cannot be read: 400 bad_data: no$/),
    });
    expect(server.asked.map(({ authorization }) => authorization)).toEqual(
      server.asked.map(() => `Basic ${Buffer.from('reader:pass word').toString('base64')}`),
    );
  });

  it.each([
    [422, 'query processing would load too many samples'],
    [503, 'query timed out'],
  ])('is asked for less at once where it answers %i, and no sample is asked for twice', async (status, error) => {
    const spans: [number, number][] = [];
    const { summary } = await read(({ query, time }) => {
      const span = Number(/\[(\d+)ms\]/.exec(query)?.[1]);
      if (span > HOUR / 4) return { status, body: { status: 'error', errorType: 'execution', error } };
      spans.push([time * 1e3 - span - T, time * 1e3 - T]);
      return matrix([]);
    });
    expect(spans[0]![0]).toBe(0);
    expect(spans.at(-1)![1]).toBe(3 * HOUR);
    for (const [i, [from]] of spans.entries()) if (i > 0) expect(from).toBe(spans[i - 1]![1]);
    expect(summary.rows).toBe(0);
  });

  it('that cannot answer even a minute ends the reading, and says which metric', async () => {
    const failing = read(() => ({ status: 422, body: { status: 'error', error: 'too many samples' } }));
    await expect(failing).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining(`cannot answer a minute of ${COUNT}`),
    });
  });

  it('has its warnings told', async () => {
    const { sink } = await read(() => matrix([], { warnings: ['store s3 is away'], infos: ['mixed'] }));
    expect(sink.rejections.slice(0, 2)).toMatchObject([
      { code: 'source-warning', detail: 'store s3 is away' },
      { code: 'source-warning', detail: 'mixed' },
    ]);
  });

  it('knows the type of metrics whose names do not say it', async () => {
    const indicator = {
      name: 'done',
      metric: 'jobs.done',
      kind: 'gauge',
      better: 'higher',
      unit: '',
      denominator: null,
    };
    const indicators = [{ ...indicator, quantiles: [] }];
    const { sink } = await read(() => matrix([values('jobs_done', [T / 1e3, '1'])]), ['jobs_done'], { indicators });
    expect((sink.calls[0]![1] as unknown[])[4]).toBe('sum');
  });

  it('spells infinity and NaN in its own way', async () => {
    const pairs: [number, string][] = [
      [T / 1e3, '+Inf'],
      [T / 1e3 + 1, 'NaN'],
      [T / 1e3 + 2, '-1'],
      [T / 1e3 + 3, '4'],
    ];
    const { sink } = await read(({ time }) => matrix(time * 1e3 === T + HOUR ? [values(COUNT, ...pairs)] : []));
    expect(sink.codes).toEqual(['not-finite', 'not-finite', 'negative-count']);
    expect(sink.calls.map((call) => call[4])).toEqual([4]);
  });

  it('tells native histograms by the ends of their buckets', async () => {
    const base = 2 ** (1 / 8);
    const bucket = (index: number, count: number) => [
      0,
      String(base ** index),
      String(base ** (index + 1)),
      String(count),
    ];
    const answer = {
      count: '8',
      sum: '3.5',
      buckets: [[1, '-2', '-1', '1'], [3, '-0.001', '0.001', '2'], bucket(-9, 4), bucket(-7, 1)],
    };
    const custom = {
      count: '2',
      sum: '1',
      buckets: [
        [0, '0.1', '0.25', '1'],
        [0, '0.25', '0.9', '1'],
      ],
    };
    const histograms = [
      [T / 1e3, answer],
      [T / 1e3 + 1, custom],
    ];
    const { sink } = await read(
      ({ time }) => matrix(time * 1e3 === T + HOUR ? [{ metric: { __name__: NATIVE }, histograms }] : []),
      [NATIVE],
    );
    expect(sink.calls.map((call) => [call[0], ...call.slice(2)])).toEqual([
      ['exponential', Number.NaN, T, 8, 3.5, 3, 0.001, 3, -9, [4, 0, 1]],
    ]);
    expect(sink.codes).toEqual(['bad-point']);
  });

  it.each([
    ['no JSON', { body: '<html>' }, 'it answered 200 and no JSON'],
    [
      'another kind of result',
      { body: { status: 'success', data: { resultType: 'vector', result: [] } } },
      'no samples',
    ],
    [
      'a failure',
      { status: 500, body: { status: 'error', errorType: 'internal', error: 'disk' } },
      '500 internal: disk',
    ],
  ])('that answers %s ends the reading', async (_, answer, reason) => {
    await expect(read(() => answer)).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining(reason),
    });
  });

  it('that does not answer ends the reading', async () => {
    const source = { kind: 'prometheus', url: 'http://127.0.0.1:1' } as const;
    await server.start(() => matrix([]), []);
    await expect(readSources([source], '.', new RecordingSink(), { wanted })).rejects.toMatchObject({
      code: 'unreadable',
    });
  });

  it('is left once the reading is interrupted', async () => {
    const host = await server.start(() => matrix([]), [COUNT]);
    const source = { kind: 'prometheus', url: `http://${host}` } as const;
    const reading = readSources([source], '.', new RecordingSink(), { wanted, signal: AbortSignal.abort() });
    await expect(reading).rejects.toMatchObject({ code: 'interrupted' });
  });
});
