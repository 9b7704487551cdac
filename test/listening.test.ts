import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { ApiEnv } from '../src/api/services.ts';
import type { AppError } from '../src/domain/error.ts';
import { listen } from '../src/listening.ts';

const ANYWHERE = { host: '127.0.0.1', port: 0 };

function slowApp(answered: () => void): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/', async (context) => {
    await sleep(200);
    answered();
    return context.text('done');
  });
  return app;
}

/** Asks over one connection that it would like to keep. */
function ask(address: string, agent: Agent): Promise<{ status: number; connection: string | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = request(`http://${address}/`, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, connection: response.headers.connection }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

describe('the listener', () => {
  it('finishes what is in flight when it closes, and does not wait for a client that keeps its connection', async () => {
    let answers = 0;
    const listener = await listen(
      slowApp(() => answers++),
      ANYWHERE,
    );
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(listener.address, agent)).toMatchObject({ status: 200, connection: 'keep-alive' });
    const inFlight = ask(listener.address, agent);
    await sleep(50);
    const closed = listener.close(30_000);
    expect(await inFlight).toMatchObject({ status: 200, connection: 'close' });
    await closed;
    expect(answers).toBe(2);
    agent.destroy();
  });

  it('cuts what is not done within the grace', async () => {
    const app = new Hono<ApiEnv>();
    app.get('/', () => new Promise<Response>(() => undefined));
    const listener = await listen(app, ANYWHERE);
    const agent = new Agent();
    const hanging = ask(listener.address, agent).catch((error: NodeJS.ErrnoException) => error.code);
    await sleep(50);
    await listener.close(100);
    expect(await hanging).toBe('ECONNRESET');
  });

  it('cuts a connection that asks again and again without waiting, and makes no more than a few answers', async () => {
    let answers = 0;
    const app = new Hono<ApiEnv>();
    app.get('/', (context) => {
      answers++;
      return context.text('x'.repeat(100_000));
    });
    const listener = await listen(app, ANYWHERE);
    const { hostname, port } = new URL(`http://${listener.address}`);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200));
    socket.resume();
    await once(socket, 'close');
    expect(answers).toBeLessThanOrEqual(4);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 40; i++) expect((await ask(listener.address, agent)).status).toBe(200);
    agent.destroy();
    await listener.close(1_000);
  });

  it('says what to do where something else listens', async () => {
    const first = await listen(new Hono<ApiEnv>(), ANYWHERE);
    const port = Number(first.address.split(':')[1]);
    await expect(listen(new Hono<ApiEnv>(), { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'configuration',
      message: `cannot listen on 127.0.0.1:${port}: something else listens there`,
    } satisfies Partial<AppError>);
    await first.close(0);
  });
});
