import { EventEmitter, once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { ApiEnv } from '../src/api/services.ts';
import type { AppError } from '../src/domain/error.ts';
import { listen } from '../src/listening.ts';

const ANYWHERE = { host: '127.0.0.1', port: 0 };

/** An app each of whose requests says that it has come, and is answered when it is let go. */
class HeldApp extends Hono<ApiEnv> {
  readonly #requests = new EventEmitter();
  answers = 0;

  constructor() {
    super();
    this.get('/', async (context) => {
      await new Promise<void>((letGo) => this.#requests.emit('come', letGo));
      this.answers++;
      return context.text('done');
    });
  }

  /** What lets the next request go, once that has come. */
  async next(): Promise<() => void> {
    const [letGo] = (await once(this.#requests, 'come')) as [() => void];
    return letGo;
  }
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
    const app = new HeldApp();
    const listener = await listen(app, ANYWHERE);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    void app.next().then((letGo) => letGo());
    expect(await ask(listener.address, agent)).toMatchObject({ status: 200, connection: 'keep-alive' });
    const come = app.next();
    const inFlight = ask(listener.address, agent);
    const letGo = await come;
    const closed = listener.close(30_000);
    letGo();
    expect(await inFlight).toMatchObject({ status: 200, connection: 'close' });
    await closed;
    expect(app.answers).toBe(2);
    agent.destroy();
  });

  it('cuts what is not done within the grace', async () => {
    const app = new HeldApp();
    const listener = await listen(app, ANYWHERE);
    const agent = new Agent();
    const come = app.next();
    const hanging = ask(listener.address, agent).catch((error: NodeJS.ErrnoException) => error.code);
    await come;
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
