import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ApiEnv } from '../../../src/api/services.ts';
import { ByteBudget } from '../../../src/ingest/routes/byte-budget.ts';
import { otlpRoutes } from '../../../src/ingest/routes/otlp.ts';
import { type Listener, listen } from '../../../src/listening.ts';
import { MemoryStore, OPEN_INTAKE } from './memory-store.ts';

const MIB = 1024 ** 2;
const store = new MemoryStore();
const budget = new ByteBudget(64 * MIB);
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let listener: Listener;

beforeAll(async () => {
  const app = new Hono<ApiEnv>();
  const doors = otlpRoutes({
    tenantOf: async () => 'acme',
    writerOf: (tenant) => store.writerOf(tenant),
    budget,
    intake: OPEN_INTAKE,
    wireLimitBytes: 8 * MIB,
    decodedLimitBytes: 32 * MIB,
    onAnswer: () => undefined,
  });
  listener = await listen(app.route('/', doors), { host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  agent.destroy();
  await listener.close(0);
});

interface Sent {
  readonly status: number;
  readonly connection: string | undefined;
  readonly wasOver: boolean;
}

/** Sends the second part only when the answer is there. */
async function send(first: Uint8Array, second: Uint8Array, encoding: string): Promise<Sent> {
  const headers = {
    'Content-Type': 'application/json',
    'Content-Encoding': encoding,
    'Content-Length': first.length + second.length,
  };
  const sent = request(`http://${listener.address}/v1/metrics`, { method: 'POST', headers, agent });
  sent.on('error', () => undefined);
  if (second.length === 0) sent.end(first);
  else sent.write(first);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const wasOver = sent.writableEnded;
  for await (const _ of answer);
  if (!wasOver) sent.end(second);
  return { status: answer.statusCode ?? 0, connection: answer.headers.connection, wasOver };
}

const bomb = gzipSync(Buffer.alloc(128 * MIB));
const nothing = new Uint8Array(0);

it('the rest of a bomb is read off, so that its sender reads the answer and goes on over the same connection', async () => {
  // What has not come within 100 ms is not read off: one busy moment of the machine may close a connection, not five.
  let connection: string | undefined;
  for (let attempt = 0; attempt < 5 && connection !== 'keep-alive'; attempt++) {
    const refused = await send(bomb, nothing, 'gzip');
    expect(refused.status).toBe(413);
    expect(budget.usedBytes).toBe(0);
    connection = refused.connection;
  }
  expect(connection).toBe('keep-alive');
  expect(await send(gzipSync('{}'), nothing, 'gzip')).toMatchObject({ status: 200 });
});

it('a bomb is refused before all of it was sent, and what does not come is not waited for', async () => {
  const half = bomb.length / 2;
  const refused = await send(bomb.subarray(0, half), bomb.subarray(half), 'gzip');
  expect(refused).toEqual({ status: 413, connection: 'close', wasOver: false });
  expect(budget.usedBytes).toBe(0);
});
