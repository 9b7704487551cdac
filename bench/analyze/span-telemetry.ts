import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { attributes, seeded } from './fleet-telemetry.ts';

export interface TraceSize {
  readonly traces: number;
  readonly endpoints: number;
  readonly startMs: number;
  readonly minutes: number;
}

const TRACES_PER_LINE = 50;
/** Of the calls to payments, tried again once. */
const RETRIED_SHARE = 0.03;
const SLOWER_BY = 1.3;

/**
 * Writes OTLP JSON lines of traces through a gateway, its payments and their database: a server and a client span in
 * each, paths with an id in them as real ones have, every tenth endpoint slower in the second half. Answers the spans.
 */
export async function writeSpanTelemetry(path: string, size: TraceSize): Promise<number> {
  const file = createWriteStream(path);
  const random = seeded(20260106);
  let spans = 0;
  for (let first = 0; first < size.traces; first += TRACES_PER_LINE) {
    const gateway: string[] = [];
    const payments: string[] = [];
    const last = Math.min(size.traces, first + TRACES_PER_LINE);
    for (let trace = first; trace < last; trace++) addTrace(trace, size, random, gateway, payments);
    spans += gateway.length + payments.length;
    const line = `{"resourceSpans":[${resourceSpans('gateway', gateway)},${resourceSpans('payments', payments)}]}`;
    if (!file.write(`${line}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  return spans;
}

function addTrace(
  trace: number,
  { traces, endpoints, startMs, minutes }: TraceSize,
  random: () => number,
  gateway: string[],
  payments: string[],
): void {
  const endpoint = Math.floor(random() * endpoints);
  const slower = endpoint % 10 === 7 && trace >= traces / 2 ? SLOWER_BY : 1;
  const atMs = startMs + Math.floor((trace / traces) * minutes * 60_000);
  const lasts = (20 - 30 * Math.log(1 - random())) * slower;
  const traceId = hex(trace + 1, 32);
  const path = `/orders-${endpoint}/${trace}`;
  const served = [`/orders-${endpoint}/{id}`, path] as const;
  const attempts = random() < RETRIED_SHARE ? 2 : 1;
  const span = (number: number, parent: number, kind: number, from: number, to: number, own: string): string => {
    const parentId = parent === 0 ? '' : `"parentSpanId":"${hex(8 * trace + parent, 16)}",`;
    const times = `"startTimeUnixNano":"${nano(atMs, from * lasts)}","endTimeUnixNano":"${nano(atMs, to * lasts)}"`;
    return `{"traceId":"${traceId}","spanId":"${hex(8 * trace + number, 16)}",${parentId}"name":"GET","kind":${kind},${times},"attributes":${own},"status":{}}`;
  };
  gateway.push(span(1, 0, 2, 0, 1, serverAttributes(served)));
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const from = 0.1 + 0.4 * (attempt - 1);
    const status = attempt < attempts ? 503 : 200;
    gateway.push(span(2 * attempt, 1, 3, from, from + 0.38, clientAttributes(path, status, attempt - 1)));
    payments.push(span(2 * attempt + 1, 2 * attempt, 2, from + 0.02, from + 0.36, serverAttributes(served)));
  }
  const queried = 0.4 * attempts - 0.2;
  payments.push(span(7, 2 * attempts + 1, 3, queried, queried + 0.2, DATABASE_ATTRIBUTES));
}

function serverAttributes([route, path]: readonly [string, string]): string {
  return attributes({
    'http.request.method': 'GET',
    'http.route': route,
    'url.path': path,
    'http.response.status_code': 200,
  });
}

function clientAttributes(path: string, status: number, resent: number): string {
  return attributes({
    'http.request.method': 'GET',
    'server.address': 'payments',
    'url.full': `http://payments${path}`,
    'http.response.status_code': status,
    ...(resent > 0 ? { 'http.request.resend_count': resent } : {}),
  });
}

const DATABASE_ATTRIBUTES = attributes({
  'db.system.name': 'postgresql',
  'db.operation.name': 'SELECT',
  'db.collection.name': 'orders',
  'server.address': 'database',
});

function resourceSpans(service: string, spans: readonly string[]): string {
  const resource = attributes({
    'service.name': service,
    'service.version': '1.0.0',
    'service.instance.id': `${service}-0`,
  });
  return `{"resource":{"attributes":${resource}},"scopeSpans":[{"scope":{"name":"bench"},"spans":[${spans.join(',')}]}]}`;
}

function nano(atMs: number, afterMs: number): string {
  return `${atMs + Math.floor(afterMs)}${String(Math.floor((afterMs % 1) * 1e6)).padStart(6, '0')}`;
}

function hex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
