import type { TelemetrySink } from '../../../src/domain/telemetry.ts';
import type { Receipt, TelemetryStore, TelemetryWriter } from '../../../src/domain/telemetry-store.ts';
import { type HistogramRow, RowSink } from './row-sink.ts';

/**
 * Mistakes that a store or whoever calls it could make, put around the store's port. The harness has to find each of them;
 * nothing of this can be switched on in the product.
 */
export type SeededBug = (inner: TelemetryWriter) => (rows: readonly HistogramRow[]) => Promise<Receipt>;

/** The ledger has one tenant. */
export const TENANT = 'default';
const LATE_MS = 40;
/** Less than what lies between a delta point of the ledger and the next one. */
const SHIFT_MS = 90;

export const SEEDED_BUGS: Readonly<Record<string, SeededBug>> = {
  'acknowledged before it is synced': (inner) => async (rows) => {
    setTimeout(() => void commit(inner, rows).catch(() => undefined), LATE_MS);
    return receiptOf(rows);
  },

  'half a request acknowledged as the whole': (inner) => async (rows) => {
    const half = rows.length >> 1;
    await commit(inner, rows.slice(0, half));
    setTimeout(() => void commit(inner, rows.slice(half)).catch(() => undefined), LATE_MS);
    return receiptOf(rows);
  },

  'nothing is told apart from what came before': (inner) => (rows) =>
    commit(inner, shifted(rows, SHIFT_MS * Math.random())),

  'what came before is known in memory only': (inner) => {
    const since = SHIFT_MS * Math.random();
    return (rows) => commit(inner, shifted(rows, since));
  },

  'a retry under a new token': (inner) => {
    let commits = 0;
    return async (rows) => {
      const receipt = await commit(inner, rows);
      commits++;
      if (commits % 50 === 0) await commit(inner, shifted(rows, SHIFT_MS * Math.random()));
      return receipt;
    };
  },

  'a full disk is taken for success': (inner) => (rows) => commit(inner, rows).catch(() => receiptOf(rows)),

  'one acknowledgement in ten thousand is lost': (inner) => {
    let commits = 0;
    return async (rows) => {
      commits++;
      return commits % 10_000 === 5000 ? receiptOf(rows) : commit(inner, rows);
    };
  },

  'one request is applied twice': (inner) => {
    let commits = 0;
    return async (rows) => {
      const receipt = await commit(inner, rows);
      commits++;
      if (commits === 100) await commit(inner, shifted(rows, SHIFT_MS * Math.random()));
      return receipt;
    };
  },
};

/** A store whose disk is full at every tenth commit: what a sound caller answers 503 to. */
export function withFullDisk(store: TelemetryStore): TelemetryStore {
  let commits = 0;
  return around(store, (inner) => async (rows) => {
    commits++;
    if (commits % 10 !== 0) return commit(inner, rows);
    throw new Error('ENOSPC: no space left on device');
  });
}

/** The store with a bug around its port; `null` for none. */
export function withBug(store: TelemetryStore, name: string | null): TelemetryStore {
  if (name === null) return store;
  const bug = SEEDED_BUGS[name];
  if (bug === undefined) throw new Error(`no seeded bug "${name}"; there are ${Object.keys(SEEDED_BUGS).join(', ')}`);
  return around(store, bug);
}

function around(store: TelemetryStore, bug: SeededBug): TelemetryStore {
  const sink = new RowSink();
  const commitRows = bug(store.writerOf(TENANT));
  const writer = {
    sink,
    rollback: () => void sink.take(),
    commit: () => commitRows(sink.take()),
  };
  return {
    writerOf: () => writer,
    replay: (tenant, request, sink) => store.replay(tenant, request, sink),
    latestMs: (tenant) => store.latestMs(tenant),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

/** Hands rows on and commits them in one turn, as the port asks. */
function commit(inner: TelemetryWriter, rows: readonly HistogramRow[]): Promise<Receipt> {
  for (const row of rows) handOn(inner.sink, row);
  return inner.commit();
}

function handOn(sink: TelemetrySink, row: HistogramRow): void {
  const stream = sink.openStream({
    resource: new Map(row.resource),
    scope: 'ledger',
    metric: row.metric,
    unit: row.unit,
    kind: 'histogram',
    temporality: row.temporality === 'delta' ? 'delta' : 'cumulative',
    monotonic: true,
    attributes: new Map(row.attributes),
  });
  sink.histogramPoint(stream, row.startMs, row.timeMs, row.count, row.sum, row.bounds, row.buckets);
}

function shifted(rows: readonly HistogramRow[], byMs: number): HistogramRow[] {
  return rows.map((row) => ({ ...row, timeMs: row.timeMs + byMs }));
}

function receiptOf(rows: readonly HistogramRow[]): Receipt {
  return { accepted: rows.length, rejected: 0, reasons: [] };
}
