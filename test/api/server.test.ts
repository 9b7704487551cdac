import { request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type ServerType, serve } from '@hono/node-server';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApiServices } from '../../src/api/services.ts';
import { remade, UPGRADE, useApi } from './api-fixture.ts';

describe('the API on a socket', () => {
  const api = useApi();
  let server: ServerType | null = null;
  const start = async (services: Partial<ApiServices> = {}): Promise<string> => {
    const { fetch } = remade(api, services);
    await new Promise<void>((resolve) => {
      server = serve({ fetch, hostname: '127.0.0.1', port: 0 }, () => resolve());
    });
    return `http://127.0.0.1:${(server!.address() as AddressInfo).port}`;
  };
  afterEach(() => {
    server?.close();
    if (server !== null && 'closeAllConnections' in server) server.closeAllConnections();
  });
  const YAML = { 'Content-Type': 'application/yaml' };

  it('takes packed and chunked bodies', async () => {
    const url = await start();
    const headers = { ...YAML, 'Content-Encoding': 'gzip' };
    const packed = await fetch(`${url}/api/v1/upgrades`, { method: 'POST', body: gzipSync(UPGRADE), headers });
    expect(packed.status).toBe(201);
    const status = await new Promise((resolve) => {
      const sent = request(`${url}/api/v1/upgrades`, { method: 'POST', headers: YAML }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      for (const part of UPGRADE.match(/[\s\S]{1,20}/g) ?? []) sent.write(part);
      sent.end();
    });
    expect(status).toBe(200);
  });

  it('answers a bomb and a flood without taking them in, and goes on', async () => {
    const url = await start();
    const bomb = gzipSync(Buffer.alloc(64 * 1024 ** 2));
    const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
      fetch(`${url}/api/v1/upgrades`, { method: 'POST', body, headers: { ...YAML, ...headers } });
    expect((await post(bomb, { 'Content-Encoding': 'gzip' })).status).toBe(413);
    const flood = await post(Buffer.alloc(16 * 1024 ** 2, 'x'), {}).then(
      (answer) => answer.status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(flood);
    expect((await post(UPGRADE, {})).status).toBe(201);
    expect(api.services.budget.usedBytes).toBe(0);
  });

  it('refuses a browser that was led here by another name', async () => {
    const url = new URL(await start());
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(url.port), '127.0.0.1');
      let said = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      socket.on('close', () => resolve(said));
      socket.end('GET /api/v1/upgrades HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain('application/problem+json');
  });

  it('survives addresses that are none', async () => {
    const url = new URL(await start());
    for (const path of ['/api/v1/upgrades/%zz', '/api/v1/upgrades/%00', `/api/v1/upgrades/${'x'.repeat(4_000)}`]) {
      const status = await new Promise((resolve) => {
        request({ host: '127.0.0.1', port: url.port, path }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        }).end();
      });
      expect([400, 404]).toContain(status);
    }
    expect(api.troubles).toEqual([]);
  });

  it('lets go of a stream and of a gate when the client has gone', async () => {
    let asked = 0;
    const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
      asked += 1;
      await delay(Math.min(ms, 20), undefined, { signal }).catch(() => undefined);
    };
    const askedMeanwhile = async (): Promise<number> => {
      const before = asked;
      await delay(300);
      return asked - before;
    };
    const url = await start({ sleep });
    await fetch(`${url}/api/v1/upgrades`, { method: 'POST', body: UPGRADE, headers: YAML });
    for (const path of ['events', 'gate?wait=30s']) {
      const before = asked;
      const gone = new AbortController();
      const answered = fetch(`${url}/api/v1/upgrades/dten-4.2.0/${path}`, { signal: gone.signal });
      void answered.catch(() => undefined);
      await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(before);
      gone.abort();
      await expect.poll(askedMeanwhile, { timeout: 10_000 }).toBe(0);
      expect([path, await askedMeanwhile()]).toEqual([path, 0]);
    }
    expect((await fetch(`${url}/api/v1/upgrades/dten-4.2.0/events`, { method: 'HEAD' })).status).toBe(200);
  });
});
