import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { otlpJson } from '../../../src/ingest/formats/otlp-json.ts';
import { CellTally } from '../ledger/cell-tally.ts';
import { serviceOf } from '../ledger/ledger-request.ts';
import { JournalStore } from './journal-store.ts';
import { withBug, withFullDisk } from './seeded-bugs.ts';

/** The contract's routes that the harness needs, over the reference store: `port folder bug fullDisk`. */
interface Arguments {
  readonly port: number;
  readonly folder: string;
  readonly bug: string | null;
  readonly diskFills: boolean;
}

const { port, folder, bug, diskFills } = JSON.parse(process.argv[2] ?? '') as Arguments;
const journal = new JournalStore(folder);
const store = withBug(diskFills ? withFullDisk(journal) : journal, bug);
const writer = store.writerOf('default');
const decoder = otlpJson.open(writer.sink);

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request);
  decoder.decodeLine(body, 'body');
  try {
    await writer.commit();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  } catch {
    response.writeHead(503, { 'retry-after': '1' }).end();
  }
}

async function tell(url: URL, response: ServerResponse): Promise<void> {
  const tally = new CellTally();
  await store.replay('default', { windows: [], resolutionMs: 60_000 }, tally);
  const cells = [...tally.cells].flatMap(([key, { count, sum }]) => {
    const [client, slot, startMs] = key.split('/').map(Number);
    const service = serviceOf(client!);
    if (service !== url.searchParams.get('service')) return [];
    return [{ service, endpoint: `GET /slot-${slot}`, start: new Date(startMs!).toISOString(), requests: count, sum }];
  });
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ cells, next: null }));
}

/** Rejects where the client broke off: nothing of the body has been handed on then. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/v1/metrics') await take(request, response);
  else if (url.pathname === '/api/v1/cells') await tell(url, response);
  else response.writeHead(url.pathname === '/readyz' ? 200 : 404).end();
}

const server = createServer((request, response) => {
  serve(request, response).catch(() => response.destroy());
});
server.listen(port, '127.0.0.1');
process.on('SIGTERM', () => {
  server.closeIdleConnections();
  server.close(() => void store.close());
});
