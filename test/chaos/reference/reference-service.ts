import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TelemetryStore } from '../../../src/domain/telemetry-store.ts';
import type { BodyDecoder } from '../../../src/ingest/formats/format.ts';
import { FORMATS } from '../../../src/ingest/formats/index.ts';
import { openTelemetryStore } from '../../../src/store/telemetry/clickhouse-telemetry-store.ts';
import { CellTally } from '../ledger/cell-tally.ts';
import { serviceOf } from '../ledger/ledger-request.ts';
import { BLOCK_MS } from '../ledger/plan.ts';
import { JournalStore } from './journal-store.ts';
import { withBug, withFullDisk } from './seeded-bugs.ts';

/** The routes of the contract that the harness needs, over a store that a bug may be put around. */
export interface ReferenceArguments {
  readonly port: number;
  readonly folder: string;
  /** The smallest store that keeps the promises, or the product's. */
  readonly store: 'journal' | 'clickhouse';
  /** A name of `SEEDED_BUGS`. */
  readonly bug: string | null;
  readonly diskFills: boolean;
}

const TENANT = 'default';
const DAY_MS = 24 * 3600_000;

const { port, folder, store: kind, bug, diskFills } = JSON.parse(process.argv[2] ?? '') as ReferenceArguments;
const inner: TelemetryStore =
  kind === 'journal' ? new JournalStore(folder) : await openTelemetryStore({ place: { folder } });
const store = withBug(diskFills ? withFullDisk(inner) : inner, bug);
const writer = store.writerOf(TENANT);
const decoders = new Map<string, BodyDecoder>(
  FORMATS.map((format) => [format.contentType, format.openBody(writer.sink, 'metrics')]),
);

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const decoder = decoders.get(request.headers['content-type'] ?? '');
  const body = await bodyOf(request);
  if (decoder === undefined) return void response.writeHead(415).end();
  const { problem } = decoder.decode(body, 'body');
  if (problem !== null) {
    writer.rollback();
    return void response.writeHead(400).end(problem);
  }
  try {
    const { rejected, reasons } = await writer.commit();
    response.writeHead(200).end(rejected === 0 ? '' : JSON.stringify(reasons));
  } catch {
    response.writeHead(503, { 'retry-after': '1' }).end();
  }
}

async function tell(url: URL, response: ServerResponse): Promise<void> {
  const tally = new CellTally();
  const endMs = Math.ceil(Date.now() / BLOCK_MS) * BLOCK_MS;
  const windows = [{ startMs: endMs - 7 * DAY_MS, endMs }];
  await store.replay(TENANT, { windows, resolutionMs: BLOCK_MS }, tally);
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
  else if (url.pathname === '/readyz') {
    const status = await store.ping().then(
      () => 200,
      () => 503,
    );
    response.writeHead(status).end();
  } else response.writeHead(404).end();
}

let isStopping = false;
const server = createServer((request, response) => {
  if (isStopping) response.setHeader('connection', 'close');
  serve(request, response).catch((error) => {
    console.error(error);
    response.destroy();
  });
});
server.listen(port, '127.0.0.1');
process.on('SIGTERM', () => {
  server.close(() => void store.close());
  server.closeIdleConnections();
  isStopping = true;
});
