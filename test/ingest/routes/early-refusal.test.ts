import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/domain/error.ts';
import { refuseEarly } from '../../../src/ingest/routes/early-refusal.ts';
import type { IngestAnswer } from '../../../src/ingest/routes/otlp.ts';
import { type Listener, listen } from '../../../src/listening.ts';
import { decodeStatus } from '../../support/otlp/rpc-status.ts';
import { intakeOf } from './memory-store.ts';

const TOO_MUCH = new AppError('overloaded', 'too much', { remedy: 'send it again later', retryAfterSeconds: 3 });
const PROTOBUF = 'application/x-protobuf';
const MIB = 2 ** 20;

const answers: IngestAnswer[] = [];
const reached: string[] = [];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let refusal: AppError | null = TOO_MUCH;
let listener: Listener;

beforeAll(async () => {
  const app = {
    fetch: async (asked: Request) => {
      reached.push(`${asked.method} ${new URL(asked.url).pathname}`);
      return new Response(await asked.text());
    },
  };
  const intake = intakeOf(() => refusal);
  listener = await listen(app, { host: '127.0.0.1', port: 0 }, (answer) =>
    refuseEarly(answer, { intake, onAnswer: (told) => answers.push(told) }),
  );
});
afterAll(async () => {
  agent.destroy();
  await listener.close(0);
});
beforeEach(() => {
  refusal = TOO_MUCH;
  answers.splice(0);
  reached.splice(0);
});

interface Asked {
  readonly method?: string;
  readonly type?: string;
  /** Null: it does not say. */
  readonly bytes?: number | null;
}

async function ask(path: string, { method = 'POST', type = PROTOBUF, bytes = 10 }: Asked = {}) {
  const headers = { 'Content-Type': type, ...(method === 'POST' && bytes !== null ? { 'Content-Length': bytes } : {}) };
  const sent = request(`http://${listener.address}${path}`, { method, headers, agent });
  sent.on('error', () => undefined);
  if (bytes === null) sent.write('x');
  sent.end(method === 'POST' ? Buffer.alloc(bytes ?? 1, 'x') : undefined);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) };
}

/** Sends its body once it is asked for it. */
async function offer(path: string, bytes: number) {
  const headers = { 'Content-Type': PROTOBUF, 'Content-Length': bytes, Expect: '100-continue' };
  const sent = request(`http://${listener.address}${path}`, { method: 'POST', headers, agent });
  sent.on('error', () => undefined);
  let wasAskedForIt = false;
  sent.once('continue', () => {
    wasAskedForIt = true;
    sent.end(Buffer.alloc(bytes));
  });
  sent.flushHeaders();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  return { status: answer.statusCode, connection: answer.headers.connection, wasAskedForIt };
}

describe('telemetry that could not be stored', () => {
  it.each(['metrics', 'traces', 'logs'])(
    'is refused at the door of %s, in the encoding of the request',
    async (signal) => {
      const { status, headers, body } = await ask(`/v1/${signal}?a=b`);
      expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '3', PROTOBUF]);
      expect(await decodeStatus(body)).toMatchObject({ code: 14, message: 'too much; send it again later' });
      const json = await ask(`/v1/${signal}`, { type: 'application/json; charset=utf-8' });
      expect(JSON.parse(json.body.toString())).toEqual({ code: 14, message: 'too much; send it again later' });
      expect(answers).toMatchObject([{ door: signal, status: 503, error: TOO_MUCH }, { door: signal }]);
      expect(reached).toEqual([]);
    },
  );

  it.each(['/api/v1/write', '/api/v1/push'])('is refused at %s in the words Prometheus logs', async (path) => {
    const { status, headers, body } = await ask(path);
    expect([status, headers['retry-after'], body.toString()]).toEqual([503, '3', 'too much; send it again later\n']);
    expect(headers['x-prometheus-remote-write-samples-written']).toBe('0');
    expect(answers).toMatchObject([{ door: 'remote-write', status: 503, wireBytes: 0, receipt: null }]);
  });

  it('leaves the connection to the next request', async () => {
    expect((await ask('/v1/metrics', { bytes: MIB })).headers.connection).toBe('keep-alive');
    refusal = null;
    expect((await ask('/v1/metrics', { bytes: 10 })).body.toString()).toBe('xxxxxxxxxx');
  });

  it('is left to the doors where a body is too long to be read off, or does not say how long it is', async () => {
    await ask('/v1/metrics', { bytes: 3 * MIB });
    await ask('/v1/metrics', { bytes: null });
    expect(reached).toEqual(['POST /v1/metrics', 'POST /v1/metrics']);
    expect(answers).toEqual([]);
  });

  it('is refused before it is sent where its sender waits to be asked for it, however long it is', async () => {
    const refused = await offer('/v1/metrics', 3 * MIB);
    expect(refused).toEqual({ status: 503, connection: 'close', wasAskedForIt: false });
    expect(answers).toMatchObject([{ door: 'metrics', status: 503 }]);
    refusal = null;
    const taken = await offer('/v1/metrics', 3 * MIB);
    expect(taken).toEqual({ status: 200, connection: 'keep-alive', wasAskedForIt: true });
    expect(reached).toEqual(['POST /v1/metrics']);
  });

  it('is nothing to who asks for something else', async () => {
    for (const [path, method] of [
      ['/readyz', 'GET'],
      ['/v1/metrics', 'GET'],
      ['/api/v1/upgrades', 'POST'],
      ['/v1/profiles', 'POST'],
    ] as const)
      expect((await ask(path, { method })).status).toBe(200);
    expect(reached).toHaveLength(4);
    expect(answers).toEqual([]);
  });
});
