import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { createEngineClient, createInsertClient } from '../../../src/store/telemetry/client.ts';
import { engineTarget } from '../../../src/store/telemetry/engine-target.ts';
import { askBlocks, readRows } from '../../../src/store/telemetry/reading/query.ts';

/** A server that answers nothing, and notes what it was asked. */
async function startServer() {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://server').searchParams);
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, stop: () => server.close() };
}

const GONE = 'cancel_http_readonly_queries_on_client_close';

it('a server is told to end what only reads when its reader is gone, and what runs longer than anybody waits', async () => {
  const { url, asked, stop } = await startServer();
  const client = createEngineClient({ url });
  const query = { sql: 'SELECT 1', parameters: {} };
  await readRows(
    client,
    query,
    () => undefined,
    () => undefined,
  );
  (await askBlocks(client, query)).resume();
  await client.command({ query: 'INSERT INTO kept_segments (tenant) VALUES (1)' });
  const limits = asked.map((one) => [one.get('max_execution_time'), one.get('readonly'), one.get(GONE)]);
  expect(limits).toEqual([
    ['240', '2', '1'],
    ['240', '2', '1'],
    ['240', null, null],
  ]);
  await client.close();
  stop();
});

it('what is to be acknowledged has no limit but that of its client', async () => {
  const { url, asked, stop } = await startServer();
  const client = createInsertClient({ url });
  await engineTarget(client).insert('points', new Uint8Array(8), 'token');
  expect(asked.map((one) => one.get('max_execution_time'))).toEqual([null]);
  await client.close();
  stop();
});
