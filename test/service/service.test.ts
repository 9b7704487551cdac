import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { metrics } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command-line.ts';
import { hasEngine, type Running, running } from './running-service.ts';

const NOW_NS = `${Date.now()}000000`;
const POINT = { asDouble: 1, timeUnixNano: NOW_NS, attributes: [] };

function metricsRequest(points: readonly object[]): string {
  const metric = { name: 'queue.length', gauge: { dataPoints: points } };
  return JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] });
}

async function post(url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const all = { 'Content-Type': 'application/json', ...headers };
  const response = await fetch(url, { method: 'POST', headers: all, body });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    bytes,
    text: Buffer.from(bytes).toString(),
  };
}

describe.runIf(hasEngine())('the service', () => {
  let service: Running;
  beforeAll(async () => {
    service = await running();
  });
  afterAll(() => service.stop());

  it('takes an empty request, and one that is packed', async () => {
    expect(await post(`${service.url}/v1/metrics`, '{}')).toMatchObject({ status: 200, text: '{}' });
    const packed = gzipSync(metricsRequest([POINT])) as Uint8Array<ArrayBuffer>;
    const answer = await post(`${service.url}/v1/metrics`, packed, { 'Content-Encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 200, type: 'application/json', text: '{}' });
  });

  it('stores what is sound of a request and says what is not, with its number and why', async () => {
    const timeless = { ...POINT, timeUnixNano: '0' };
    const { status, text } = await post(`${service.url}/v1/metrics`, metricsRequest([POINT, timeless]));
    const { partialSuccess } = JSON.parse(text) as { partialSuccess: Record<string, string> };
    expect([status, partialSuccess.rejectedDataPoints]).toEqual([200, '1']);
    expect(partialSuccess.errorMessage).toContain('missing-time');
  });

  it.each([
    ['a body that is no JSON', '{"resourceMetrics": [', {}, 400, 3],
    ['a type it does not know', 'x', { 'Content-Type': 'text/plain' }, 415, 3],
    ['an encoding it does not know', 'x', { 'Content-Encoding': 'br' }, 415, 3],
    ['what does not unpack', 'x', { 'Content-Encoding': 'gzip' }, 400, 3],
    ['a body beyond the limit', 'x'.repeat(9 * 1024 ** 2), {}, 413, 8],
  ])('refuses %s, with a Status in the encoding of the request', async (_what, body, headers, status, code) => {
    const answer = await post(`${service.url}/v1/metrics`, body, headers);
    expect(answer).toMatchObject({ status, type: 'application/json' });
    expect(JSON.parse(answer.text)).toMatchObject({ code, message: expect.stringMatching(/\w/) });
  });

  it('answers a protobuf request in protobuf', async () => {
    const type = { 'Content-Type': 'application/x-protobuf' };
    expect(await post(`${service.url}/v1/traces`, new Uint8Array(0), type)).toMatchObject({ status: 200, text: '' });
    const refused = await post(`${service.url}/v1/traces`, Uint8Array.from([0x0a, 0xff]), type);
    expect(refused).toMatchObject({ status: 400, type: 'application/x-protobuf' });
    // google.rpc.Status: field 1 is the code, field 2 the message.
    expect([...refused.bytes.subarray(0, 3)]).toEqual([0x08, 3, 0x12]);
  });

  it('takes an OpenTelemetry SDK that was told nothing but where to send', { timeout: 60_000 }, async () => {
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = service.url;
    try {
      const sdk = new NodeSDK({ serviceName: 'shop' });
      sdk.start();
      const duration = metrics.getMeter('shop').createHistogram('http.server.request.duration', { unit: 's' });
      const route = { 'http.request.method': 'GET', 'http.route': '/cart', 'http.response.status_code': 200 };
      for (let i = 0; i < 30; i++) duration.record(0.1, route);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await sdk.shutdown();
    } finally {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    }
    const scraped = await (await fetch(`${service.url}/metrics`)).text();
    expect(scraped).toMatch(/postflight_ingest_requests_total\{door="metrics",status="200"\} [1-9]/);
    expect(scraped).not.toMatch(/postflight_ingest_requests_total\{door="metrics",status="5/);
  });

  it('says how it is, and of which parts', async () => {
    expect(await (await fetch(`${service.url}/livez`)).text()).toBe('ok\n');
    const ready = await fetch(`${service.url}/readyz?verbose`);
    expect([ready.status, await ready.text()]).toEqual([200, 'service: ok\nrecords: ok\ntelemetry: ok\nready\n']);
    const scraped = await fetch(`${service.url}/metrics`);
    expect(scraped.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect((await fetch(`${service.url}/openapi.json`)).status).toBe(200);
    expect((await fetch(`${service.url}/docs`)).status).toBe(200);
  });

  it('leaves the first token in its folder, for the owner alone', () => {
    const file = join(service.folder, 'admin-token');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^pf_[\w-]+\n$/);
  });

  it('ends with a word on what to do where its ClickHouse server is away', { timeout: 60_000 }, async () => {
    const data = mkdtempSync(join(tmpdir(), 'postflight-away-'));
    const env = {
      POSTFLIGHT_DATA: data,
      POSTFLIGHT_CLICKHOUSE_URL: 'http://127.0.0.1:1',
      POSTFLIGHT_LISTEN: '127.0.0.1:0',
    };
    const ran = await run(['serve'], env);
    expect(ran.status).toBe(4);
    expect(ran.stderr).toContain('check that ClickHouse runs where clickhouse_url says');
    rmSync(data, { recursive: true });
  });

  it('does not share its folder with another one', async () => {
    const env = { POSTFLIGHT_DATA: service.folder, POSTFLIGHT_LISTEN: '127.0.0.1:0' };
    const ran = await run(['serve', '--check'], env);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(service.folder);
  });
});

describe.runIf(hasEngine())('a service beyond loopback', () => {
  it('takes telemetry and answers only for those who have a token that may', { timeout: 60_000 }, async () => {
    const service = await running({ POSTFLIGHT_LISTEN: '0.0.0.0:0' });
    try {
      const secret = readFileSync(join(service.folder, 'admin-token'), 'utf8').trim();
      const made = await post(
        `${service.url}/api/v1/tokens`,
        JSON.stringify({ name: 'reader', tenant: 'default', scopes: ['read'] }),
        { Authorization: `Bearer ${secret}` },
      );
      const { token: reader } = JSON.parse(made.text) as { token: string };
      expect([made.status, reader.slice(0, 3)]).toEqual([201, 'pf_']);
      const send = async (authorization: Record<string, string>) =>
        (await post(`${service.url}/v1/metrics`, metricsRequest([POINT]), authorization)).status;
      expect(await send({})).toBe(401);
      expect(await send({ Authorization: 'Bearer pf_wrong' })).toBe(401);
      expect(await send({ Authorization: `Bearer ${reader}` })).toBe(403);
      expect(await send({ Authorization: `Bearer ${secret}` })).toBe(200);
      expect((await fetch(`${service.url}/api/v1/upgrades`)).status).toBe(401);
      expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    } finally {
      await service.stop();
    }
  });
});

describe.runIf(hasEngine())('a service that was stopped', () => {
  it('has everything when it runs again', { timeout: 60_000 }, async () => {
    const first = await running();
    const upgrade = `apiVersion: postflight/v1
kind: Upgrade
metadata: { name: kept }
spec:
  window: { start: 2026-11-20T02:30:00Z, end: 2026-11-20T03:00:00Z }
  post: { start: 2026-11-20T03:00:00Z, end: 2026-11-20T04:00:00Z }
`;
    const headers = { 'Content-Type': 'application/yaml' };
    expect((await post(`${first.url}/api/v1/upgrades`, upgrade, headers)).status).toBe(201);
    expect((await post(`${first.url}/v1/metrics`, metricsRequest([POINT]))).status).toBe(200);
    await first.stop();
    const second = await running({}, first.folder);
    try {
      expect((await fetch(`${second.url}/api/v1/upgrades/kept`)).status).toBe(200);
      expect((await post(`${second.url}/v1/metrics`, metricsRequest([POINT]))).text).toBe('{}');
    } finally {
      await second.stop();
    }
  });
});
