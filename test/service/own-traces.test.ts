import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort, ServerProcess } from '../../bench/load/server-process.ts';
import { serviceTarget } from '../chaos/target.ts';
import { untilReady } from '../chaos/until-ready.ts';
import { folderOf } from '../support/command-line.ts';
import { OTLP_REQUESTS } from '../support/otlp/otlp-schema.ts';
import { hasEngine } from './running-service.ts';

const canRun = hasEngine() && serviceTarget.missing() === null;
const ROOT = resolve(import.meta.dirname, '../..');
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SENDER = 'b7ad6b7169203331';

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly attributes: readonly Attribute[];
}

/** An OTLP collector that keeps the spans it is sent, by the service that sent them. */
class Collector {
  readonly spans: (Span & { readonly service: unknown })[] = [];
  readonly paths = new Set<string>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        this.paths.add(request.url ?? '');
        if (request.url === '/v1/traces') this.#take(body);
        response.setHeader('Content-Type', 'application/x-protobuf');
        response.end();
      });
    });
  }

  static async start(): Promise<Collector> {
    const collector = new Collector();
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  named(name: string): (Span & { readonly service: unknown })[] {
    return this.spans.filter((span) => span.name === name);
  }

  /** Before the service is stopped, which sends what is left for so long only as it may take to end. */
  async has(...names: string[]): Promise<void> {
    const missing = (): string[] => names.filter((name) => this.named(name).length === 0);
    await expect.poll(missing, { timeout: 30_000 }).toEqual([]);
  }

  stop(): void {
    this.#server.close().closeAllConnections();
  }

  #take(body: Buffer): void {
    const type = OTLP_REQUESTS.traces;
    const { resourceSpans } = type.toObject(type.decode(body), { bytes: Array, arrays: true, defaults: true });
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = resource.attributes.find(({ key }: Attribute) => key === 'service.name')?.value.stringValue;
      for (const span of scopeSpans.flatMap((scope: { spans: object[] }) => scope.spans)) {
        const hex = (bytes: number[]): string => Buffer.from(bytes).toString('hex');
        const { name, attributes, traceId, spanId, parentSpanId } = span;
        const ids = { traceId: hex(traceId), spanId: hex(spanId), parentSpanId: hex(parentSpanId) };
        this.spans.push({ name, attributes, service, ...ids });
      }
    }
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

const ENDED = new Date(Date.now() - 3_600_000).toISOString().slice(0, 19);
const BEGAN = new Date(Date.now() - 2 * 3_600_000).toISOString().slice(0, 19);
const UPGRADE = `apiVersion: postflight/v1
kind: Upgrade
metadata: { name: traced }
spec: { window: { start: ${BEGAN}Z, end: ${ENDED}Z } }
`;
const point = { asDouble: 1, timeUnixNano: `${Date.now()}000000`, attributes: [] };
const METRICS = JSON.stringify({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'queue.length', gauge: { dataPoints: [point] } }] }] }],
});

describe.runIf(canRun)('our own traces', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function started(environment: Record<string, string>): Promise<{ url: string; server: ServerProcess }> {
    const folder = folderOf({});
    const port = await freePort();
    const command = serviceTarget.command(folder.path, port);
    const server = new ServerProcess({
      ...command,
      environment: { ...command.environment, OTEL_BSP_SCHEDULE_DELAY: '200', ...environment },
    });
    closing.push(
      () => folder.dispose(),
      () => server.kill(),
    );
    const url = `http://127.0.0.1:${port}`;
    await untilReady(url);
    return { url, server };
  }

  async function used(url: string): Promise<void> {
    const headers = { 'Content-Type': 'application/json', traceparent: `00-${TRACE}-${SENDER}-01` };
    expect((await fetch(`${url}/v1/metrics`, { method: 'POST', headers, body: METRICS })).status).toBe(200);
    const yaml = { 'Content-Type': 'application/yaml' };
    expect((await fetch(`${url}/api/v1/upgrades`, { method: 'POST', headers: yaml, body: UPGRADE })).status).toBe(201);
    for (let status = 202; status !== 200; ) {
      await fetch(`${url}/api/v1/upgrades/traced/gate?wait=1s`);
      status = (await fetch(`${url}/api/v1/upgrades/traced/report`)).status;
    }
  }

  it('go where OpenTelemetry is told to send: requests, what is stored, and each analysis', {
    timeout: 90_000,
  }, async () => {
    const collector = await Collector.start();
    closing.push(() => collector.stop());
    const { url, server } = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await used(url);
    await collector.has('analyse upgrade', 'GET /api/v1/upgrades/:name/report');
    expect((await server.stop()).status).toBe(0);

    expect([...collector.paths]).toEqual(['/v1/traces']);
    expect(new Set(collector.spans.map(({ service }) => service))).toEqual(new Set(['postflight']));
    const [ingest] = collector.named('POST /v1/metrics');
    expect(ingest).toMatchObject({ traceId: TRACE, parentSpanId: SENDER });
    expect(ingest!.attributes).toContainEqual({
      key: 'http.response.status_code',
      value: { intValue: expect.anything() },
    });
    const [stored] = collector.named('store telemetry');
    expect(stored).toMatchObject({ traceId: TRACE, parentSpanId: ingest!.spanId });
    expect(collector.named('insert points').length).toBeGreaterThan(0);
    expect(collector.named('POST /api/v1/upgrades')).toHaveLength(1);
    expect(collector.named('GET /api/v1/upgrades/:name/report').length).toBeGreaterThan(0);

    const [analysis] = collector.named('analyse upgrade');
    expect(analysis!.attributes).toContainEqual({ key: 'postflight.upgrade', value: { stringValue: 'traced' } });
    const childrenOf = (span: Span) =>
      collector.spans.filter((one) => one.parentSpanId === span.spanId).map(({ name }) => name);
    expect(childrenOf(analysis!).sort()).toEqual(['load upgrade', 'run analysis', 'save report']);
    const run = collector.named('run analysis').find(({ parentSpanId }) => parentSpanId === analysis!.spanId);
    expect(childrenOf(run!).sort()).toEqual(['compare and attribute', 'read telemetry', 'render report']);
  });

  it('are under the name that OTEL_SERVICE_NAME gives, and of nobody who asks how we are', {
    timeout: 90_000,
  }, async () => {
    const collector = await Collector.start();
    closing.push(() => collector.stop());
    const environment = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`,
      OTEL_SERVICE_NAME: 'flight',
    };
    const { url, server } = await started(environment);
    await fetch(`${url}/livez`);
    await fetch(`${url}/metrics`);
    await fetch(`${url}/api/v1/slos`);
    await collector.has('GET /api/v1/slos');
    expect((await server.stop()).status).toBe(0);
    expect(collector.spans.map(({ name, service }) => [name, service])).toEqual([['GET /api/v1/slos', 'flight']]);
  });

  it('that are left when the service is told to end are sent first', { timeout: 90_000 }, async () => {
    const collector = await Collector.start();
    closing.push(() => collector.stop());
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '3600000' };
    // It waits three seconds for whoever takes them: one busy moment of the machine may lose them, not three.
    for (let attempt = 0; attempt < 3 && collector.spans.length === 0; attempt++) {
      const { url, server } = await started(environment);
      await fetch(`${url}/api/v1/slos`);
      expect((await server.stop()).status).toBe(0);
    }
    expect(collector.spans.map(({ name }) => name)).toContain('GET /api/v1/slos');
  });

  it('say what to install where the SDK, which is optional, is missing', { timeout: 60_000 }, async () => {
    const folder = folderOf({});
    closing.push(() => folder.dispose());
    for (const part of ['dist', 'bin', 'migrations', 'package.json']) {
      cpSync(join(ROOT, part), join(folder.path, part), { recursive: true });
    }
    const modules = join(folder.path, 'node_modules');
    mkdirSync(join(modules, '@opentelemetry'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules/@opentelemetry/api'), join(modules, '@opentelemetry/api'));
    for (const name of readdirSync(join(ROOT, 'node_modules'))) {
      if (name !== '@opentelemetry') symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    const ran = spawnSync(process.execPath, [join(folder.path, 'bin/postflight.js'), 'serve'], {
      encoding: 'utf8',
      env: {
        ...process.env,
        POSTFLIGHT_DATA: join(folder.path, 'data'),
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      },
    });
    const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    const version = optionalDependencies['@opentelemetry/sdk-node'];
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('the OpenTelemetry SDK is not installed');
    expect(ran.stderr).toContain(`try: npm install @opentelemetry/sdk-node@${version}, or unset the variable`);
  });

  it('that nobody takes keep the service from nothing, and from ending least', { timeout: 90_000 }, async () => {
    const nobody = await freePort();
    const { url, server } = await started({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${nobody}` });
    await used(url);
    expect((await server.stop()).status).toBe(0);
  });
});

describe.skipIf(canRun)('our own traces', () => {
  it('are not tested here', () => {
    console.warn(`SKIPPED: ${serviceTarget.missing() ?? 'chdb is not installed on this platform'}`);
  });
});
