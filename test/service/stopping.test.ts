import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, ServerProcess } from '../../bench/load/server-process.ts';
import { serviceTarget } from '../chaos/target.ts';
import { untilReady } from '../chaos/until-ready.ts';
import { folderOf } from '../support/command-line.ts';
import { hasEngine } from './running-service.ts';

const canRun = hasEngine() && serviceTarget.missing() === null;
const WITHIN_MS = 20_000;

/** A connection as a client holds it, and everything that came back on it. */
class Connection {
  said = '';
  readonly #socket: Socket;
  readonly #closed: Promise<unknown>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    socket.setEncoding('utf8').on('data', (text: string) => {
      this.said += text;
    });
    socket.on('error', () => undefined);
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  async send(text: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }

  async closed(): Promise<string> {
    await this.#closed;
    return this.said;
  }
}

async function refusesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return await new Promise((resolve) => {
    socket.once('error', () => resolve(true));
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + WITHIN_MS;
  while (!(await isSo())) {
    if (performance.now() > limit) throw new Error('it did not come to that in time');
    await pause(10);
  }
}

const point = { asDouble: 1, timeUnixNano: `${Date.now()}000000`, attributes: [] };
const BODY = JSON.stringify({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'queue.length', gauge: { dataPoints: [point] } }] }] }],
});
const METRICS = `POST /v1/metrics HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;

describe.runIf(canRun)('a service that is told to end', () => {
  const folder = folderOf({});
  let server: ServerProcess | null = null;
  afterEach(async () => {
    await server?.kill();
    folder.dispose();
  });

  it('answers what is in flight, is ready for nothing else, takes no new connection, and exits 0', {
    timeout: 90_000,
  }, async () => {
    const port = await freePort();
    const command = serviceTarget.command(folder.path, port);
    const environment = { ...command.environment, POSTFLIGHT_SHUTDOWN_GRACE: '60s' };
    server = new ServerProcess({ ...command, environment });
    await untilReady(`http://127.0.0.1:${port}`);
    // One that says nothing, as browsers open them ahead of need, keeps nobody waiting.
    const [sender, prober, idle] = [
      await Connection.open(port),
      await Connection.open(port),
      await Connection.open(port),
    ];
    await sender.send(`${METRICS}${BODY.slice(0, 20)}`);
    await prober.send('GET /readyz?verbose HTTP/1.1\r\nHost: localhost\r\n');
    // Both have been read before the signal comes once a request sent after them is answered.
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);

    const ended = once(server.child, 'exit');
    server.child.kill('SIGTERM');
    await until(() => refusesConnections(port));
    expect(await idle.closed()).toBe('');

    await prober.send('\r\n');
    expect(await prober.closed()).toMatch(
      /^HTTP\/1\.1 503 [\s\S]*\r\nconnection: close\r\n[\s\S]*service: stopping\n[\s\S]*not ready/i,
    );
    expect(sender.said).toBe('');
    await sender.send(BODY.slice(20));
    expect(await sender.closed()).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{\}$/);
    expect(await ended).toEqual([0, null]);
  });
});

describe.skipIf(canRun)('a service that is told to end', () => {
  it('is not tested here', () => {
    console.warn(`SKIPPED: ${serviceTarget.missing() ?? 'chdb is not installed on this platform'}`);
  });
});
