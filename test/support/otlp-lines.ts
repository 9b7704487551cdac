/** Small OTLP JSON lines for tests of the whole road: what a Collector's file exporter writes, one minute a line. */
export interface LineOptions {
  readonly service: string;
  readonly version: string;
  readonly instance: string | null;
  readonly route: string;
  readonly unit: string;
  /** Seconds below which each of 20 equal shares of the requests lies. */
  readonly latencySeconds: number;
  readonly requests: number;
  readonly errors: number;
  /** More attributes of every point. */
  readonly attributes: Readonly<Record<string, string>>;
}

const DEFAULTS: LineOptions = {
  service: 'shop',
  version: '1.0.0',
  instance: 'shop-1',
  route: '/cart',
  unit: 's',
  latencySeconds: 0.08,
  requests: 400,
  errors: 2,
  attributes: {},
};

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Multiples of the typical latency and how many of 20 requests lie there. */
const SHAPE: readonly (readonly [number, number])[] = [
  [0.4, 6],
  [0.8, 8],
  [1.4, 4],
  [4, 1],
  [9, 1],
];

export function minuteLine(minuteStartMs: number, options: Partial<LineOptions> = {}): string {
  const settings = { ...DEFAULTS, ...options };
  const points = [point(minuteStartMs, settings, 200, settings.requests - settings.errors)];
  if (settings.errors > 0) points.push(point(minuteStartMs, settings, 503, settings.errors));
  return JSON.stringify(document(settings, points));
}

function document(settings: LineOptions, dataPoints: unknown[]) {
  const resource = {
    'service.name': settings.service,
    'service.version': settings.version,
    ...(settings.instance === null ? {} : { 'service.instance.id': settings.instance }),
  };
  const histogram = { aggregationTemporality: 1, dataPoints };
  const metric = { name: 'http.server.request.duration', unit: settings.unit, histogram };
  return {
    resourceMetrics: [
      { resource: { attributes: keyValues(resource) }, scopeMetrics: [{ scope: { name: 'test' }, metrics: [metric] }] },
    ],
  };
}

function point(minuteStartMs: number, settings: LineOptions, status: number, requests: number) {
  const bucketCounts = new Array<number>(BOUNDS.length + 1).fill(0);
  const scale = settings.unit === 'ms' ? 1000 : 1;
  let left = requests;
  for (const [multiple, share] of SHAPE) {
    const count = Math.min(left, Math.round((requests * share) / 20));
    const index = BOUNDS.findIndex((bound) => settings.latencySeconds * multiple <= bound);
    bucketCounts[index < 0 ? BOUNDS.length : index]! += count;
    left -= count;
  }
  bucketCounts[0]! += left;
  return {
    attributes: keyValues({
      'http.request.method': 'GET',
      'http.route': settings.route,
      'http.response.status_code': String(status),
      ...settings.attributes,
    }),
    startTimeUnixNano: `${minuteStartMs}000000`,
    timeUnixNano: `${minuteStartMs + 60_000}000000`,
    count: String(requests),
    sum: requests * settings.latencySeconds * scale,
    bucketCounts: bucketCounts.map(String),
    explicitBounds: BOUNDS.map((bound) => bound * scale),
  };
}

function keyValues(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}
