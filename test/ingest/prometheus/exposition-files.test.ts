import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyzeUpgrade } from '../../../src/analyze.ts';
import { T0 } from '../folding/telemetry-fixture.ts';
import { BOUNDS, SCRAPE_MS, samplesOf, type Traffic, total } from './traffic.ts';

const SCRAPES = 480;
const HOUR = 3_600_000;

/** Two hours of one process at a time: version 1 in the first, version 2, which is slow, in the second. */
function slowdown(): Traffic[] {
  return ['1', '2'].map((version, hour) => ({
    instance: `gateway-${version}:9464`,
    version,
    route: '/orders',
    status: '200',
    scrapes: Array.from({ length: SCRAPES / 2 }, (_, n) => ({
      startMs: Number.NaN,
      timeMs: T0 + hour * HOUR + n * SCRAPE_MS,
      sum: n * (hour === 0 ? 10 : 60),
      buckets: hour === 0 ? [60 * n, 30 * n, 9 * n, n, 0, 0] : [10 * n, 20 * n, 40 * n, 29 * n, n, 0],
    })),
  }));
}

function asOtlpLines(traffic: readonly Traffic[]): string {
  const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
  return traffic
    .map(({ instance, version, route, status, scrapes }) =>
      JSON.stringify({
        resourceMetrics: [
          {
            resource: {
              attributes: [
                attribute('service.name', 'gateway'),
                attribute('service.instance.id', instance),
                attribute('service.version', version),
              ],
            },
            scopeMetrics: [
              {
                metrics: [
                  {
                    name: 'http.server.request.duration',
                    unit: 's',
                    histogram: {
                      aggregationTemporality: 2,
                      dataPoints: scrapes.map(({ timeMs, sum, buckets }) => ({
                        attributes: [
                          attribute('http.request.method', 'GET'),
                          attribute('http.route', route),
                          attribute('http.response.status_code', status),
                        ],
                        timeUnixNano: `${timeMs}000000`,
                        count: total(buckets),
                        sum,
                        bucketCounts: buckets,
                        explicitBounds: BOUNDS,
                      })),
                    },
                  },
                ],
              },
            ],
          },
        ],
      }),
    )
    .join('\n');
}

function asExposition(traffic: readonly Traffic[]): string {
  const lines = samplesOf(traffic).map(({ identity, timeMs, value }) => {
    const labels = [
      ['job', 'gateway'],
      ['instance', identity.resource.get('service.instance.id')],
      ...identity.attributes,
    ];
    const text = labels.map(([name, label]) => `${name}=${JSON.stringify(label)}`).join(',');
    return `${identity.metric}{${text}} ${value} ${timeMs / 1000}`;
  });
  return ['# TYPE http_server_request_duration_seconds histogram', ...lines, '# EOF', ''].join('\n');
}

function upgradeDocument(telemetry: string): string {
  const time = (ms: number) => new Date(ms).toISOString();
  return `apiVersion: postflight/v1
kind: Upgrade
metadata: { name: gateway-2 }
spec:
  baseline: { start: ${time(T0)}, end: ${time(T0 + HOUR)} }
  window: { start: ${time(T0 + HOUR)}, end: ${time(T0 + HOUR + 60_000)} }
  post: { start: ${time(T0 + HOUR + 60_000)}, end: ${time(T0 + 2 * HOUR)} }
  changes: [{ id: gateway-2, kind: binary, service: gateway, from: "1", to: "2" }]
  telemetry: [${telemetry}]
`;
}

describe('an upgrade', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'postflight-exposition-'));
    writeFileSync(join(folder, 'all.jsonl'), asOtlpLines(slowdown()));
    writeFileSync(join(folder, 'before.txt'), asExposition(slowdown().slice(0, 1)));
    writeFileSync(join(folder, 'after.txt'), asExposition(slowdown().slice(1)));
    writeFileSync(join(folder, 'otlp.yaml'), upgradeDocument('{ otlp: all.jsonl }'));
    writeFileSync(
      join(folder, 'openmetrics.yaml'),
      upgradeDocument('{ openmetrics: before.txt }, { openmetrics: after.txt }'),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gets the report from files of OpenMetrics that it gets from files of OTLP', async () => {
    const otlp = await analyzeUpgrade(join(folder, 'otlp.yaml'));
    const openMetrics = await analyzeUpgrade(join(folder, 'openmetrics.yaml'));
    expect(openMetrics.verdict).toBe('regressed');
    const { digest: _, ...expected } = otlp.inputs;
    expect(openMetrics).toEqual({ ...otlp, inputs: { ...expected, digest: openMetrics.inputs.digest } });
  });
});
