import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Address } from './config.ts';
import { isLoopback } from './config.ts';
import { AppError } from './domain/error.ts';

/** Where our own traces go, by OpenTelemetry's own variables. */
export interface TracingTarget {
  readonly endpoint: string | null;
  readonly isDisabled: boolean;
}

export interface Tracing {
  stop(): Promise<void>;
}

const NO_TRACING: Tracing = { stop: () => Promise.resolve() };

/** Starts the SDK where an endpoint is named; never towards ourselves, where each export would make another. */
export async function startTracing(target: TracingTarget, own: Address): Promise<Tracing> {
  if (target.endpoint === null || target.isDisabled) return NO_TRACING;
  if (isOwn(target.endpoint, own)) {
    throw new AppError('configuration', 'our own traces would be sent to ourselves', {
      place: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      remedy: 'name another collector, or unset the variable for postflight serve',
    });
  }
  const { NodeSDK } = await import('@opentelemetry/sdk-node').catch((cause: unknown) => {
    throw new AppError('configuration', 'the OpenTelemetry SDK is not installed', {
      place: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      remedy: 'npm install @opentelemetry/sdk-node, or unset the variable',
      cause,
    });
  });
  const sdk = new NodeSDK({ serviceName: 'postflight' });
  sdk.start();
  return { stop: () => sdk.shutdown() };
}

/** Runs within a span of ours; free of cost where tracing is off. */
export function traced<Value>(name: string, run: (span: Span) => Promise<Value>): Promise<Value> {
  return trace.getTracer('postflight').startActiveSpan(name, async (span) => {
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

function isOwn(endpoint: string, own: Address): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname, port, protocol } = new URL(endpoint);
  const targetPort = Number(port) || (protocol === 'https:' ? 443 : 80);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isAny = own.host === '0.0.0.0' || own.host === '::';
  return targetPort === own.port && (host === own.host || (isLoopback(host) && (isAny || isLoopback(own.host))));
}
