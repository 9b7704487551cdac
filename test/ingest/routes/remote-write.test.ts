import { compress } from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/error.ts';
import { ByteBudget } from '../../../src/ingest/routes/byte-budget.ts';
import type { IngestAnswer } from '../../../src/ingest/routes/otlp.ts';
import { remoteWriteRoutes } from '../../../src/ingest/routes/remote-write.ts';
import { histogram, sample, T } from '../formats/remote-write/decoded.ts';
import {
  type SeriesFields,
  symbolizedRequest,
  withStaleMarkers,
  writeRequest,
} from '../formats/remote-write/write-messages.ts';
import { intakeOf, MemoryStore, unavailable } from './memory-store.ts';
import { RECEIVER_CASES, readable } from './receiver-cases.ts';

const VERSION_1 = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
const VERSION_2 = { ...VERSION_1, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' };

const BUDGET_BYTES = 200_000;

interface Exchange {
  readonly status: number;
  readonly text: string;
  /** Samples, histograms and exemplars that the answer says were written. */
  readonly written: readonly (string | null)[];
  readonly headers: Headers;
}

class Receiver {
  readonly store = new MemoryStore();
  readonly answers: IngestAnswer[] = [];
  readonly budget = new ByteBudget(BUDGET_BYTES);
  refusal: AppError | null = null;
  readonly app = remoteWriteRoutes({
    tenantOf: async (context) => {
      const tenant = context.req.header('x-tenant') ?? 'acme';
      if (tenant === 'nobody') throw new AppError('unauthenticated', 'no token');
      return tenant;
    },
    writerOf: (tenant) => this.store.writerOf(tenant),
    budget: this.budget,
    intake: intakeOf(() => this.refusal),
    wireLimitBytes: 1 << 16,
    decodedLimitBytes: 1 << 18,
    onAnswer: (answer) => this.answers.push(answer),
  });

  async post(body: Uint8Array, headers: Record<string, string> = VERSION_2, path = '/api/v1/write'): Promise<Exchange> {
    const response = await this.app.request(path, { method: 'POST', body: Buffer.from(body), headers });
    const written = ['Samples', 'Histograms', 'Exemplars'].map((kind) =>
      response.headers.get(`X-Prometheus-Remote-Write-${kind}-Written`),
    );
    return { status: response.status, text: await response.text(), written, headers: response.headers };
  }

  send(series: readonly SeriesFields[], headers: Record<string, string> = VERSION_2): Promise<Exchange> {
    const isFirst = headers === VERSION_1;
    const message = withStaleMarkers(isFirst ? writeRequest(series) : symbolizedRequest(series));
    return this.post(compress(message), headers);
  }

  /** Everything that is stored, as metric, time and value or count. */
  get stored(): unknown[][] {
    const { stored } = this.store.writerOf('acme');
    return stored.map(([, identity, , time, value]) => [(identity as unknown[])[2], time, value]);
  }
}

describe.each([
  ['2.0', VERSION_2],
  ['1.0', VERSION_1],
] as const)('the receiver cases of prometheus/compliance in version %s', (_, headers) => {
  it.each(RECEIVER_CASES.map((one) => [one.name, one] as const))('%s', async (__, one) => {
    const receiver = new Receiver();
    const { status, text, written } = await receiver.send(one.series, headers);
    expect(status).toBe(one.succeeds ? 204 : 400);
    expect(text === '').toBe(one.succeeds);
    const counts = [one.samples ?? 0, one.histograms ?? 0, one.exemplars ?? 0].map(String);
    expect(written).toEqual(counts);
    expect(receiver.stored).toEqual(readable(one));
  });
});

describe('remote write', () => {
  it.each(['/api/v1/write', '/api/v1/push'])('is received at %s', async (path) => {
    const receiver = new Receiver();
    const { status } = await receiver.post(compress(symbolizedRequest([sample('a_total', 1)])), VERSION_2, path);
    expect(status).toBe(204);
    expect(receiver.stored).toEqual([['a_total', T, 1]]);
  });

  it.each([
    ['application/json', {}],
    ['image/png', {}],
    ['application/x-protobuf;proto=io.prometheus.write.v3.Request', {}],
    [VERSION_2['content-type'], { 'content-encoding': 'gzip' }],
    [VERSION_2['content-type'], { 'content-encoding': 'zstd' }],
    [VERSION_2['content-type'], { 'content-encoding': 'snappy, gzip' }],
  ])('answers 415 to %s %j, so that the sender tries another form', async (contentType, more) => {
    const headers = { ...VERSION_2, 'content-type': contentType, ...more };
    const { status, text } = await new Receiver().post(Buffer.from('0'), headers);
    expect(status).toBe(415);
    expect(text).toContain('is not understood; send application/x-protobuf');
  });

  it.each([
    ['application/x-protobuf', 1],
    ['application/x-protobuf;proto=prometheus.WriteRequest', 1],
    ['Application/X-Protobuf; proto="prometheus.WriteRequest"', 1],
    ['application/x-protobuf; charset=utf-8; proto=io.prometheus.write.v2.Request', 2],
  ])('takes %s for version %i', async (contentType, version) => {
    const receiver = new Receiver();
    const message = version === 1 ? writeRequest([sample('a_total', 1)]) : symbolizedRequest([sample('a_total', 1)]);
    const { status } = await receiver.post(compress(message), { ...VERSION_1, 'content-type': contentType });
    expect(status).toBe(204);
    expect(receiver.stored).toHaveLength(1);
  });

  it('answers 400 in words to what is not Snappy, not the message, or cut off', async () => {
    const whole = symbolizedRequest([sample('a_total', 1)]);
    const framed = Buffer.from([0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59]);
    for (const body of [framed, Buffer.from('0'), Buffer.alloc(0), compress(whole.subarray(0, whole.length - 3))]) {
      const receiver = new Receiver();
      const { status, text, written, headers } = await receiver.post(body);
      expect([status, written, receiver.stored]).toEqual([400, ['0', '0', '0'], []]);
      expect(text).toMatch(/^the body is not a (Snappy block|io\.prometheus\.write\.v2\.Request: )/);
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    }
  });

  it('takes nothing of a message that is broken at its end', async () => {
    const receiver = new Receiver();
    const body = Buffer.concat([writeRequest([sample('a_total', 1)]), Buffer.from([0x0a, 0x7f])]);
    expect((await receiver.post(compress(body), VERSION_1)).status).toBe(400);
    expect((await receiver.send([sample('b_total', 2)], VERSION_1)).written).toEqual(['1', '0', '0']);
    expect(receiver.stored).toEqual([['b_total', T, 2]]);
  });

  it('answers 413 to bodies beyond the limits, packed and unpacked', async () => {
    const packed = await new Receiver().post(Buffer.alloc((1 << 16) + 1));
    expect([packed.status, packed.written]).toEqual([413, ['0', '0', '0']]);
    const unpacked = await new Receiver().post(compress(Buffer.alloc((1 << 18) + 1)));
    expect(unpacked.status).toBe(413);
    expect(unpacked.text).toContain('unpacks to 262145 bytes, 262144 are allowed');
  });

  it('keeps the good part of a request and says of the rest how much it is and why', async () => {
    const receiver = new Receiver();
    const twice: [string, string][] = [
      ['__name__', 'x'],
      ['a', '1'],
      ['a', '2'],
    ];
    const { status, text, written } = await receiver.send([
      sample('a_total', 1, { exemplars: 1 }),
      { labels: twice, samples: [{ value: 1, timestamp: T }], exemplars: 2 },
      histogram({ count_int: 7 }),
      histogram({ count_int: 0 }),
    ]);
    expect(status).toBe(400);
    expect(written).toEqual(['1', '1', '1']);
    expect(text).toBe(
      'not written: 1 of 2 samples, 1 of 2 histograms, 2 of 3 exemplars; first reason: series "x": label "a" appears twice\n',
    );
    expect(receiver.stored).toEqual([
      ['a_total', T, 1],
      ['h', T, 0],
    ]);
  });

  it('counts what the store refused apart for samples and histograms', async () => {
    const { status, text, written } = await new Receiver().send([
      sample('a_total', 1),
      sample('refused_total', 1),
      histogram({ count_int: 0 }),
      histogram({ count_int: 0 }, 'refused'),
      histogram({ count_int: 0 }, 'refused_too'),
    ]);
    expect([status, written]).toEqual([400, ['1', '1', '0']]);
    expect(text).toContain('1 of 2 samples, 2 of 3 histograms, 0 of 0 exemplars; first reason: tenant acme');
    expect(text).toContain('the limit of series is reached');
  });

  it('answers 503 with Retry-After while the store is away, and never 429', async () => {
    const receiver = new Receiver();
    receiver.store.writerOf('acme').outage = unavailable(7);
    const { status, headers, written } = await receiver.send([sample('a_total', 1, { exemplars: 1 })]);
    expect([status, headers.get('retry-after'), written]).toEqual([503, '7', ['0', '0', '0']]);
    receiver.store.writerOf('acme').outage = unavailable();
    expect((await receiver.send([sample('a_total', 1)])).headers.get('retry-after')).toBe('5');
  });

  it('says what was written before the store went away', async () => {
    const receiver = new Receiver();
    const writer = receiver.store.writerOf('acme');
    writer.outage = unavailable();
    writer.grace = 1;
    const { status, written } = await receiver.send([sample('a_total', 1), histogram({ count_int: 0 })]);
    expect([status, written]).toEqual([503, ['1', '0', '0']]);
  });

  it('answers 503 to a body that says to unpack to more than there is room for, and gives back what it held', async () => {
    const receiver = new Receiver();
    const { status, headers } = await receiver.post(compress(Buffer.alloc(BUDGET_BYTES)));
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(receiver.budget.usedBytes).toBe(0);
    expect((await receiver.send([sample('a_total', 1)])).status).toBe(204);
    expect(receiver.budget.usedBytes).toBe(0);
  });

  it('decodes nothing where nothing could be stored', async () => {
    const receiver = new Receiver();
    receiver.refusal = new AppError('overloaded', 'too much', { retryAfterSeconds: 1 });
    const { status, headers, written } = await receiver.send([sample('a_total', 1)]);
    expect([status, headers.get('retry-after'), written]).toEqual([503, '1', ['0', '0', '0']]);
    expect(receiver.store.writerOf('acme').commits).toBe(0);
  });

  it('answers 503 to what nobody foresaw, and keeps it for the log', async () => {
    const receiver = new Receiver();
    const defect = new TypeError('secret detail');
    receiver.store.writerOf('acme').outage = defect;
    const { status, text } = await receiver.send([sample('a_total', 1)]);
    expect([status, text]).toEqual([503, 'something went wrong here; it is in the log; send it again later\n']);
    expect(receiver.answers).toEqual([expect.objectContaining({ door: 'remote-write', status: 503, error: defect })]);
  });

  it('tells who watches what was received', async () => {
    const receiver = new Receiver();
    await receiver.send([sample('a_total', 1), histogram({ count_int: 0 })]);
    const receipt = { accepted: 2, rejected: 0, reasons: [] };
    expect(receiver.answers).toEqual([
      { door: 'remote-write', status: 204, wireBytes: expect.any(Number), receipt, error: null },
    ]);
  });

  it('keeps tenants apart and takes nothing from those it does not know', async () => {
    const receiver = new Receiver();
    await receiver.send([sample('a_total', 1)], { ...VERSION_2, 'x-tenant': 'other' });
    expect(receiver.stored).toEqual([]);
    expect(receiver.store.writerOf('other').stored).toHaveLength(1);
    const { status } = await receiver.send([sample('a_total', 1)], { ...VERSION_2, 'x-tenant': 'nobody' });
    expect(status).toBe(401);
  });

  it('is not mixed up by requests at the same time', async () => {
    const receiver = new Receiver();
    const names = Array.from({ length: 20 }, (_, index) => `m${index}_total`);
    const answers = await Promise.all(names.map((name, index) => receiver.send([sample(name, index)])));
    expect(answers.every(({ written }) => written[0] === '1')).toBe(true);
    expect(receiver.stored.map(([name]) => name).sort()).toEqual([...names].sort());
  });
});
