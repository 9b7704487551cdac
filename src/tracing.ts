import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Hono } from 'hono';
import { patternAt } from './api/known-paths.ts';
import type { ApiEnv } from './api/services.ts';
import { isLoopback, type TracingTarget } from './config.ts';
import type { Address } from './config-notations.ts';
import { AppError } from './domain/error.ts';
import type { TelemetryWriter } from './domain/telemetry-store.ts';
import type { Fetch } from './listening.ts';

export interface Tracing {
  readonly isOn: boolean;
  /** Sends what is left, where somebody takes it in time. */
  stop(): Promise<void>;
}

/** A run that happened elsewhere, in milliseconds since 1970. */
export interface Step {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
}

const NO_TRACING: Tracing = { isOn: false, stop: () => Promise.resolve() };
const FLUSH_MS = 3_000;
const TRACER = 'postflight';
/** As package.json has it; a later one refuses our version of the API. */
const SDK_VERSION = '0.223.0';

/** Starts the SDK where an endpoint is named; never towards ourselves, where each export would make another. */
export async function startTracing(target: TracingTarget, own: Address): Promise<Tracing> {
  if (target.endpoint === null || target.isDisabled) return NO_TRACING;
  if (isOwn(target.endpoint, own)) {
    throw new AppError('configuration', 'our own traces would be sent to ourselves', {
      place: target.namedBy,
      remedy: 'name another collector, or unset the variable for postflight serve',
    });
  }
  const { NodeSDK } = await import('@opentelemetry/sdk-node').catch((cause: unknown) => {
    throw new AppError('configuration', 'the OpenTelemetry SDK is not installed', {
      place: target.namedBy,
      remedy: `npm install @opentelemetry/sdk-node@${SDK_VERSION}, or unset the variable`,
      cause,
    });
  });
  // Traces alone: Prometheus scrapes our metrics, and logs go to stderr.
  const sdk = new NodeSDK({ serviceName: target.serviceName, metricReaders: [], logRecordProcessors: [] });
  sdk.start();
  return {
    isOn: true,
    // A collector that is away is no reason to end badly, or late.
    stop: () => Promise.race([sdk.shutdown().catch(() => undefined), sleep(FLUSH_MS, undefined, { ref: false })]),
  };
}

/** Runs within a span of ours; free of cost where tracing is off. */
export function traced<Value>(name: string, run: (span: Span) => Promise<Value>): Promise<Value> {
  return trace.getTracer(TRACER).startActiveSpan(name, async (span) => {
    try {
      return await run(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The same writer, whose commits are spans: how long a request waited until its rows were on disk. */
export function tracedWriter(writer: TelemetryWriter): TelemetryWriter {
  return {
    sink: writer.sink,
    commit: () => traced('store telemetry', () => writer.commit()),
    rollback: () => writer.rollback(),
  };
}

/** Adds what a thread of ours did to the span that waited for it. */
export function addSteps(steps: readonly Step[]): void {
  for (const { name, startMs, endMs } of steps) {
    trace.getTracer(TRACER).startSpan(name, { startTime: startMs }).end(endMs);
  }
}

/** A span for each request that brings telemetry or asks the API, named by its route; the sender's trace goes on in it. */
export function tracedFetch(app: Hono<ApiEnv>): Fetch {
  return async (request, ...rest) => {
    const { pathname } = new URL(request.url);
    const pattern = /^\/(v1|api)\//.test(pathname) ? patternAt(app.routes, pathname) : null;
    if (pattern === null) return await app.fetch(request, ...rest);
    const sender = propagation.extract(context.active(), Object.fromEntries(request.headers));
    const attributes = { 'http.request.method': request.method, 'http.route': pattern };
    const tracer = trace.getTracer(TRACER);
    const span = tracer.startSpan(`${request.method} ${pattern}`, { kind: SpanKind.SERVER, attributes }, sender);
    try {
      const response = await context.with(trace.setSpan(sender, span), () => app.fetch(request, ...rest));
      span.setAttribute('http.response.status_code', response.status);
      if (response.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      return response;
    } finally {
      span.end();
    }
  };
}

function isOwn(endpoint: string, own: Address): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname, port, protocol } = new URL(endpoint);
  const targetPort = Number(port) || (protocol === 'https:' ? 443 : 80);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isAny = own.host === '0.0.0.0' || own.host === '::';
  return targetPort === own.port && (host === own.host || (isLoopback(host) && (isAny || isLoopback(own.host))));
}
