import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { TelemetryStore } from '../../../src/domain/telemetry-store.ts';
import { ByteBudget } from '../../../src/ingest/routes/byte-budget.ts';
import { Intake } from '../../../src/ingest/routes/intake.ts';
import { otlpRoutes } from '../../../src/ingest/routes/otlp.ts';
import { remoteWriteRoutes } from '../../../src/ingest/routes/remote-write.ts';
import { openTelemetryStore } from '../../../src/store/telemetry/clickhouse-telemetry-store.ts';
import { CellTally } from '../ledger/cell-tally.ts';
import { serviceOf } from '../ledger/ledger-request.ts';
import { BLOCK_MS } from '../ledger/plan.ts';
import { JournalStore } from './journal-store.ts';
import { TENANT, withBug, withFullDisk } from './seeded-bugs.ts';

/** The product's doors, over a store that a bug may be put around. */
export interface ReferenceArguments {
  readonly port: number;
  readonly folder: string;
  /** The smallest store that keeps the promises, or the product's. */
  readonly store: 'journal' | 'clickhouse';
  /** A server in place of the embedded engine. */
  readonly clickhouseUrl: string | null;
  /** A name of `SEEDED_BUGS`. */
  readonly bug: string | null;
  readonly diskFills: boolean;
}

const DAY_MS = 24 * 3600_000;
const MEBIBYTE = 2 ** 20;
const SERIES = 10_000_000;

function openStore({ folder, store, clickhouseUrl }: ReferenceArguments): Promise<TelemetryStore> | TelemetryStore {
  if (store === 'journal') return new JournalStore(folder);
  const limits = { activeSeries: SERIES };
  return openTelemetryStore({ place: clickhouseUrl === null ? { folder } : { url: clickhouseUrl }, limits });
}

/** What was read since the last request that brought something. */
let lastTally: CellTally | null = null;

async function tallyOf(store: TelemetryStore): Promise<CellTally> {
  if (lastTally !== null) return lastTally;
  const tally = new CellTally();
  const endMs = Math.ceil(Date.now() / BLOCK_MS) * BLOCK_MS;
  const windows = [{ startMs: endMs - 7 * DAY_MS, endMs }];
  await store.replay(TENANT, { windows, resolutionMs: BLOCK_MS }, tally);
  lastTally = tally;
  return tally;
}

/** What the store would tell an analysis of the last week, as the API's cells. */
async function cellsOf(store: TelemetryStore, service: string) {
  const tally = await tallyOf(store);
  return [...tally.cells].flatMap(([key, { count, sum }]) => {
    const [client, slot, startMs] = key.split('/').map(Number);
    if (serviceOf(client!) !== service) return [];
    return [{ service, endpoint: `GET /slot-${slot}`, start: new Date(startMs!).toISOString(), requests: count, sum }];
  });
}

function routesOver(store: TelemetryStore): Hono {
  const app = new Hono();
  const parts = {
    tenantOf: async () => TENANT,
    writerOf: (tenant: string) => store.writerOf(tenant),
    budget: new ByteBudget(128 * MEBIBYTE),
    intake: new Intake(
      { comingBytes: 0, refusal: () => null, expect: () => undefined },
      { bodyBytes: 32 * MEBIBYTE, allBytes: 128 * MEBIBYTE },
    ),
    wireLimitBytes: 8 * MEBIBYTE,
    decodedLimitBytes: 32 * MEBIBYTE,
    onAnswer: () => {
      lastTally = null;
    },
  };
  app.route('/', otlpRoutes(parts));
  app.route('/', remoteWriteRoutes(parts));
  app.get('/readyz', async (context) => {
    const isReady = await store.ping().then(
      () => true,
      () => false,
    );
    return context.body(null, isReady ? 200 : 503);
  });
  app.get('/api/v1/cells', async (context) => {
    const cells = await cellsOf(store, context.req.query('service') ?? '');
    return context.json({ cells, next: null });
  });
  return app;
}

const stated = JSON.parse(process.argv[2] ?? '') as ReferenceArguments;
const inner = await openStore(stated);
const store = withBug(stated.diskFills ? withFullDisk(inner) : inner, stated.bug);
const { fetch } = routesOver(store);
let isStopping = false;
const server = serve({ port: stated.port, hostname: '127.0.0.1', fetch });
server.on('request', (_request, response) => {
  if (isStopping) response.setHeader('connection', 'close');
});
process.on('SIGTERM', () => {
  isStopping = true;
  server.close(() => void store.close());
});
