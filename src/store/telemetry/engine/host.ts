import { createWriteStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ALIVE } from './heartbeat.ts';
import { EngineRequests } from './requests.ts';
import { SessionPool } from './session-pool.ts';

/**
 * The process of the embedded engine: opens chdb on a folder and answers a part of ClickHouse's HTTP interface on a
 * socket. A crash of the engine is a crash of this process only; it ends when its parent does.
 */
const [folder = '', socket = '', memoryBytes = '0'] = process.argv.slice(2);
const DRAIN_MS = 5_000;

async function main(): Promise<void> {
  process.on('SIGINT', () => undefined);
  const spool = join(folder, 'spool');
  mkdirSync(spool, { recursive: true });
  const sessions = await SessionPool.open(join(folder, 'engine'), Number(memoryBytes), join(folder, 'backups'));
  for (const left of readdirSync(spool)) rmSync(join(spool, left), { recursive: true, force: true });
  rmSync(socket, { force: true });
  const requests = new EngineRequests(sessions, spool, createWriteStream);
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
    requests.answer(request, response);
  });
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    server.close();
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), DRAIN_MS).unref();
    sessions.close().finally(() => process.exit(0));
  };
  process.on('message', () => process.send?.({ state: ALIVE }));
  process.on('disconnect', end);
  process.on('SIGTERM', end);
  server.listen(socket, () => process.send?.({ state: 'ready', version: sessions.version }));
}

main().catch((error: unknown) => {
  const code = (error as { code?: unknown }).code;
  const message = error instanceof Error ? error.message : String(error);
  process.send?.({ state: 'failed', code: typeof code === 'string' ? code : '', message });
  process.exitCode = 1;
  process.disconnect?.();
});
