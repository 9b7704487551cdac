import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { metrics } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { describe, expect, it } from 'vitest';
import { freePort, ServerProcess } from '../../bench/load/server-process.ts';
import { serviceTarget } from '../chaos/target.ts';
import { untilReady } from '../chaos/until-ready.ts';
import { folderOf } from '../support/command-line.ts';
import { hasEngine } from './running-service.ts';

interface CellList {
  readonly cells: readonly { service: string; endpoint: string | null; requests: number | null }[];
}

const canRun = hasEngine() && serviceTarget.missing() === null;

/** The SDK reads where to send from its environment, and is told nothing else. */
async function exportRequests(url: string, count: number): Promise<void> {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url;
  try {
    const sdk = new NodeSDK({ serviceName: 'shop' });
    sdk.start();
    const duration = metrics.getMeter('shop').createHistogram('http.server.request.duration', { unit: 's' });
    const route = { 'http.request.method': 'GET', 'http.route': '/cart', 'http.response.status_code': 200 };
    for (let i = 0; i < count; i++) duration.record(0.1, route);
    // A cumulative point whose start and time are one millisecond rightly counts nothing.
    await sleep(20);
    await sdk.shutdown();
  } finally {
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  }
}

async function requestsOfCart(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/v1/cells`);
  expect(answer.status).toBe(200);
  const { cells } = (await answer.json()) as CellList;
  const ofCart = cells.filter(({ service, endpoint }) => service === 'shop' && endpoint?.includes('/cart'));
  return ofCart.reduce((sum, { requests }) => sum + (requests ?? 0), 0);
}

describe.runIf(canRun)('the built service', () => {
  it('gives back what an SDK sent it, also after SIGTERM, at which it exits 0', { timeout: 120_000 }, async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const folder = folderOf({});
    const servers: ServerProcess[] = [];
    const start = async (): Promise<ServerProcess> => {
      const server = new ServerProcess(serviceTarget.command(folder.path, port));
      servers.push(server);
      await untilReady(url);
      return server;
    };
    const terminate = async ({ child }: ServerProcess): Promise<number | null> => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      return ((await ended) as [number | null])[0];
    };
    try {
      const first = await start();
      await exportRequests(url, 30);
      expect(await requestsOfCart(url)).toBe(30);
      expect(await terminate(first)).toBe(0);
      const second = await start();
      expect(await requestsOfCart(url)).toBe(30);
      expect(await terminate(second)).toBe(0);
    } finally {
      for (const server of servers) if (!server.ended) server.killNow();
      folder.dispose();
    }
  });
});

describe.skipIf(canRun)('the built service', () => {
  it('is not tested here', () => {
    console.warn(`SKIPPED: ${serviceTarget.missing() ?? 'chdb is not installed on this platform'}`);
  });
});
