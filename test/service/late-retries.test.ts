import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conclusionsOf } from '../rehearsal/agreement.ts';
import { Registration } from '../rehearsal/registration.ts';
import { folderOf, runJson } from '../support/command-line.ts';
import { asRegistered, hasEngine, type Running, running } from './running-service.ts';

const T0 = Date.parse('2026-11-20T02:00:00Z');
const SECONDS = 180;
/** A call is repeated so long after it failed. */
const WAIT_SECONDS = 4;

const at = (seconds: number): string => new Date(T0 + seconds * 1000).toISOString().replace('.000Z', 'Z');
const nanoseconds = (seconds: number): string => `${T0 + Math.round(seconds * 1000)}000000`;
const attribute = (key: string, value: string | number) => ({
  key,
  value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
});

const DOCUMENT = `apiVersion: postflight/v1
kind: Upgrade
metadata:
  name: late
spec:
  window: { start: ${at(80)}, end: ${at(100)} }
  baseline: { start: ${at(0)}, end: ${at(80)} }
  post: { start: ${at(100)}, end: ${at(SECONDS)} }
  resolution: 5s
  changes: []
  telemetry:
    - { otlp: "telemetry/*.jsonl" }
`;

function attempt(trace: string, span: number, startSeconds: number, resendCount: number) {
  const attributes = [
    attribute('http.request.method', 'POST'),
    attribute('server.address', 'payments'),
    attribute('http.response.status_code', resendCount === 0 ? 503 : 200),
    ...(resendCount === 0 ? [] : [attribute('http.request.resend_count', resendCount)]),
  ];
  return {
    traceId: trace,
    spanId: `00000000000000a${span}`,
    parentSpanId: '00000000000000a0',
    name: 'POST',
    kind: 3,
    startTimeUnixNano: nanoseconds(startSeconds),
    endTimeUnixNano: nanoseconds(startSeconds + 0.05),
    attributes,
  };
}

/** One request in each second; its call fails, and is repeated when post is over for those of the last seconds. */
function requestAt(second: number): string {
  const traceId = (second + 1).toString(16).padStart(32, '0');
  const request = {
    traceId,
    spanId: '00000000000000a0',
    name: 'POST /orders',
    kind: 2,
    startTimeUnixNano: nanoseconds(second + 0.1),
    endTimeUnixNano: nanoseconds(second + WAIT_SECONDS + 0.3),
    attributes: [attribute('http.request.method', 'POST'), attribute('http.route', '/orders')],
  };
  const calls = [attempt(traceId, 1, second + 0.15, 0), attempt(traceId, 2, second + 0.2 + WAIT_SECONDS, 1)];
  const resource = { attributes: [attribute('service.name', 'gateway')] };
  return JSON.stringify({
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'test' }, spans: [request, ...calls] }] }],
  });
}

describe.runIf(hasEngine())('calls that are repeated after the end of post', () => {
  const lines = Array.from({ length: SECONDS }, (_, second) => requestAt(second));
  const folder = folderOf({ 'upgrade.yaml': DOCUMENT, 'telemetry/traces.jsonl': `${lines.join('\n')}\n` });
  let service: Running;
  beforeAll(async () => {
    service = await running();
  });
  afterAll(async () => {
    await service.stop();
    folder.dispose();
  });

  it('are counted with their repetitions by the service, as from files', { timeout: 240_000 }, async () => {
    for (const body of lines) {
      const headers = { 'Content-Type': 'application/json' };
      expect((await fetch(`${service.url}/v1/traces`, { method: 'POST', headers, body })).status).toBe(200);
    }
    const registration = new Registration(service.url, null, 'late');
    await registration.register(asRegistered(DOCUMENT), {});
    const report = await registration.finalReport();
    const retries = report.comparisons.find(({ indicator }) => indicator === 'retry_ratio');
    expect([retries?.baseline, retries?.post]).toEqual([1, 1]);
    const { report: ofFiles } = await runJson(['analyze', join(folder.path, 'upgrade.yaml')]);
    expect(conclusionsOf(report)).toEqual(conclusionsOf(ofFiles));
  });
});

describe.skipIf(hasEngine())('calls that are repeated after the end of post', () => {
  it('are not tested here', () => {
    console.warn('SKIPPED: chdb is not installed on this platform');
  });
});
