import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** The size the design speaks of: 1,000 endpoints, a point a minute for two days. */
export interface FleetSize {
  readonly services: number;
  readonly endpointsPerService: number;
  readonly minutes: number;
}

const BOUNDS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Share of requests per bucket of an ordinary endpoint. */
const SHAPE = [0.02, 0.08, 0.3, 0.25, 0.12, 0.08, 0.09, 0.03, 0.012, 0.008, 0.006, 0.002, 0.001, 0.0005, 0.0005];
const SLOWER = [0.01, 0.05, 0.2, 0.22, 0.13, 0.11, 0.15, 0.06, 0.03, 0.02, 0.012, 0.005, 0.002, 0.0005, 0.0005];
export const FLEET_START_MS = Date.UTC(2026, 0, 5);

/** Writes OTLP JSON lines: one line a service and minute, delta histograms, one endpoint in fifty slower on day two. */
export async function writeFleetTelemetry(path: string, size: FleetSize): Promise<number> {
  const file = createWriteStream(path);
  const random = seeded(20260105);
  let points = 0;
  for (let minute = 0; minute < size.minutes; minute++) {
    for (let service = 0; service < size.services; service++) {
      const dataPoints = Array.from({ length: size.endpointsPerService }, (_, endpoint) =>
        histogramPoint(service, endpoint, minute, size, random),
      );
      points += dataPoints.length;
      if (!file.write(`${line(service, dataPoints)}\n`)) await once(file, 'drain');
    }
  }
  file.end();
  await once(file, 'finish');
  return points;
}

function line(service: number, dataPoints: readonly string[]): string {
  const resource = attributes({
    'service.name': `service-${service}`,
    'service.version': '1.0.0',
    'service.instance.id': `service-${service}-0`,
  });
  return `{"resourceMetrics":[{"resource":{"attributes":${resource}},"scopeMetrics":[{"scope":{"name":"bench"},"metrics":[{"name":"http.server.request.duration","unit":"s","histogram":{"aggregationTemporality":1,"dataPoints":[${dataPoints.join(',')}]}}]}]}]}`;
}

function histogramPoint(
  service: number,
  endpoint: number,
  minute: number,
  size: FleetSize,
  random: () => number,
): string {
  const slow = minute >= size.minutes / 2 && (service * size.endpointsPerService + endpoint) % 50 === 7;
  const requests = 100 + Math.floor(random() * 60);
  const counts = (slow ? SLOWER : SHAPE).map((share) => Math.floor(share * requests + random()));
  const count = counts.reduce((sum, one) => sum + one, 0);
  const startMs = FLEET_START_MS + minute * 60_000;
  const point = attributes({
    'http.request.method': 'GET',
    'http.route': `/resource-${endpoint}/{id}`,
    'http.response.status_code': 200,
  });
  return `{"attributes":${point},"startTimeUnixNano":"${startMs}000000","timeUnixNano":"${startMs + 60_000}000000","count":"${count}","sum":${(count * 0.08).toFixed(4)},"bucketCounts":[${counts.map((one) => `"${one}"`).join(',')}],"explicitBounds":[${BOUNDS_SECONDS.join(',')}]}`;
}

export function attributes(values: Readonly<Record<string, string | number>>): string {
  const entries = Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
  return JSON.stringify(entries);
}

/** Mulberry32: the same bytes on every machine. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
