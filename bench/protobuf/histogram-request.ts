const INSTANCES = 5;
const POINTS_PER_INSTANCE = 200;
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const START_NANOSECONDS = 1_795_140_000_000_000_000n;

function text(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}

function point(instance: number, index: number, round: number): object {
  const counts = [...BOUNDS, 0].map((_, bucket) => (index * 7 + bucket * 13 + round * 3) % 100);
  return {
    startTimeUnixNano: String(START_NANOSECONDS),
    timeUnixNano: String(START_NANOSECONDS + BigInt(round + 1) * 60_000_000_000n + BigInt(instance * 1000 + index)),
    count: String(counts.reduce((sum, count) => sum + count, 0)),
    sum: 12.345 * (index + 1),
    bucketCounts: counts.map(String),
    explicitBounds: BOUNDS,
    min: 0.001,
    max: 9.5,
    attributes: [
      text('http.request.method', ['GET', 'POST'][index % 2]!),
      text('http.route', `/api/v1/resource-${index >> 1}/{id}`),
      { key: 'http.response.status_code', value: { intValue: String([200, 503][index % 2]) } },
      text('url.scheme', 'https'),
    ],
  };
}

/** One export of a collector: 1,000 cumulative points of the HTTP duration histogram with the SDK's bounds in seconds. */
export function histogramRequest(round: number): object {
  const resourceMetrics = Array.from({ length: INSTANCES }, (_, instance) => ({
    resource: {
      attributes: [
        text('service.name', 'gateway'),
        text('service.version', '4.2.0'),
        text('service.instance.id', `gateway-${instance}`),
      ],
    },
    scopeMetrics: [
      {
        scope: { name: 'http', version: '1.0.0' },
        metrics: [
          {
            name: 'http.server.request.duration',
            unit: 's',
            histogram: {
              aggregationTemporality: 2,
              dataPoints: Array.from({ length: POINTS_PER_INSTANCE }, (_, index) => point(instance, index, round)),
            },
          },
        ],
      },
    ],
  }));
  return { resourceMetrics };
}

export const REQUEST_POINTS = INSTANCES * POINTS_PER_INSTANCE;
