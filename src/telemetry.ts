import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { IngestAnswer } from './ingest/routes/otlp.ts';
import type { Settled } from './watch.ts';

/** What we say of ourselves, for Prometheus to scrape. No label holds what users send. */
export interface OwnMetrics {
  readonly contentType: string;
  text(): Promise<string>;
  noteAnswer(answer: IngestAnswer): void;
  noteSettled(settled: Settled): void;
  noteTrouble(): void;
}

/** What is read when somebody looks. */
export interface Readings {
  readonly bytesInFlight: () => number;
  readonly bytesComing: () => number;
  readonly bytesWaiting: () => number;
}

const ANALYSIS_BUCKETS_SECONDS = [0.05, 0.1, 0.3, 1, 3, 10, 30, 100];

export function createOwnMetrics(readings: Readings): OwnMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: 'postflight_ingest_requests_total',
    help: 'Requests that brought telemetry, by door and status.',
    labelNames: ['door', 'status'],
    registers,
  });
  const rows = new Counter({
    name: 'postflight_ingest_rows_total',
    help: 'Points, spans and evaluations, by door: accepted (on disk) or rejected for good.',
    labelNames: ['door', 'result'],
    registers,
  });
  const bytes = new Counter({
    name: 'postflight_ingest_wire_bytes_total',
    help: 'Bytes of request bodies as they were sent, by door.',
    labelNames: ['door'],
    registers,
  });
  showReadings(readings, registers);
  const analyses = new Histogram({
    name: 'postflight_analysis_duration_seconds',
    help: 'Time from the claim of an upgrade to its saved report.',
    buckets: ANALYSIS_BUCKETS_SECONDS,
    registers,
  });
  const reports = new Counter({
    name: 'postflight_reports_total',
    help: 'Reports saved, by verdict.',
    labelNames: ['verdict'],
    registers,
  });
  const troubles = new Counter({
    name: 'postflight_analysis_failures_total',
    help: 'Analyses that ended in an error of ours and will be tried again.',
    registers,
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    noteAnswer: ({ door, status, wireBytes, receipt }) => {
      requests.inc({ door, status: String(status) });
      bytes.inc({ door }, wireBytes);
      if (receipt === null) return;
      rows.inc({ door, result: 'accepted' }, receipt.accepted);
      rows.inc({ door, result: 'rejected' }, receipt.rejected);
    },
    noteSettled: ({ verdict, isNew, tookMs }) => {
      analyses.observe(tookMs / 1000);
      if (isNew) reports.inc({ verdict });
    },
    noteTrouble: () => troubles.inc(),
  };
}

function showReadings({ bytesInFlight, bytesComing, bytesWaiting }: Readings, registers: Registry[]): void {
  const show = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  show('postflight_ingest_in_flight_bytes', 'Bytes of request bodies held in memory.', bytesInFlight);
  show(
    'postflight_ingest_coming_bytes',
    'Bytes, unpacked and as far as can be told, of bodies that are on their way to the store: they count as waiting.',
    bytesComing,
  );
  show('postflight_store_waiting_bytes', 'Bytes of rows that wait to be written to the telemetry store.', bytesWaiting);
}
