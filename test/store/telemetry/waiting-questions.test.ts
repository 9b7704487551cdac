import { createWriteStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EngineRequests } from '../../../src/store/telemetry/engine/requests.ts';
import { SessionPool } from '../../../src/store/telemetry/engine/session-pool.ts';

const engine = vi.hoisted(() => ({ running: [] as { readonly sql: string; readonly end: () => void }[] }));

vi.mock('chdb', () => ({
  version: () => ({ libchdb: 'none' }),
  Session: class {
    queryAsync(sql: string): Promise<{ bytes: () => Uint8Array; rowsRead: number }> {
      return new Promise((resolve) => {
        engine.running.push({ sql, end: () => resolve({ bytes: () => new Uint8Array(), rowsRead: 0 }) });
      });
    }
    close(): void {}
  },
}));

/** Two questions run at one time, as many as there are sessions to read. */
const SEATS = 2;
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  engine.running.length = 0;
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** A host over an engine that answers when it is told to. */
async function startHost() {
  const requests = new EngineRequests(await SessionPool.open('', 0, ''), '', createWriteStream);
  const seen = { asked: 0, left: 0 };
  const server = createServer((request, response) => {
    seen.asked++;
    response.once('close', () => seen.left++);
    requests.answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = (sql: string, signal?: AbortSignal): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/?query=${encodeURIComponent(sql)}`, signal === undefined ? {} : { signal });
  return { ask, seen };
}

describe('questions to the engine that wait for their turn', () => {
  it('are not run once nobody waits for them any more', async () => {
    const { ask, seen } = await startHost();
    const first = [ask('SELECT 1'), ask('SELECT 2')];
    await until(() => engine.running.length === SEATS);
    const leaving = new AbortController();
    const left = ask('SELECT 3', leaving.signal).catch((error: Error) => error.name);
    await until(() => seen.asked === 3);
    leaving.abort();
    expect(await left).toBe('AbortError');
    await until(() => seen.left === 1);
    const last = ask('SELECT 4');
    await until(() => seen.asked === 4);
    for (const { end } of engine.running) end();
    await Promise.all(first);
    await until(() => engine.running.length === 3);
    engine.running[2]!.end();
    expect((await last).status).toBe(200);
    expect(engine.running.map(({ sql }) => sql).sort()).toEqual(['SELECT 1', 'SELECT 2', 'SELECT 4']);
  });

  it('are refused, by a code of ClickHouse, where as many wait already as we ever ask at one time', async () => {
    const { ask } = await startHost();
    const answers: Promise<Response>[] = [];
    const refused: Response[] = [];
    for (let i = 0; i < SEATS + 24 + 1; i++) {
      const answer = ask('SELECT 1');
      answers.push(answer);
      void answer.then((response) => {
        if (response.status !== 200) refused.push(response);
      });
    }
    await until(() => refused.length > 0);
    expect(refused[0]!.status).toBe(500);
    expect(refused[0]!.headers.get('X-ClickHouse-Exception-Code')).toBe('202');
    for (let ended = 0; ended < SEATS + 24; ended++) {
      await until(() => engine.running.length > ended);
      engine.running[ended]!.end();
    }
    await Promise.all(answers);
    expect(refused).toHaveLength(1);
  });
});
