import type { Attributes, Histogram, Span, Tracer } from '@opentelemetry/api';
import { metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Of HTTP durations in seconds (OpenTelemetry semantic conventions, http-metrics.md). */
const ADVISED_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

/** HTTP spans and durations after the semantic conventions. Create it after `startTelemetry`. */
export class HttpTelemetry {
  readonly #tracer: Tracer = trace.getTracer('dten');
  readonly #serverDuration: Histogram = duration('http.server.request.duration');
  readonly #clientDuration: Histogram = duration('http.client.request.duration');

  server(method: string, route: string, work: () => Promise<Answer>): Promise<Answer> {
    const identity = { 'http.request.method': method, 'http.route': route };
    const options = { kind: SpanKind.SERVER, attributes: identity };
    return this.#tracer.startActiveSpan(`${method} ${route}`, options, async (span) => {
      const startedMs = performance.now();
      const answer = await work();
      const outcome = outcomeOf(answer.status, answer.status >= 500 ? String(answer.status) : null);
      finish(span, outcome);
      this.#serverDuration.record((performance.now() - startedMs) / 1000, { ...identity, ...outcome });
      return answer;
    });
  }

  /** One attempt on the wire. `resendCount` is 0 for the first and then left out, as the convention asks. */
  client(method: string, peer: string, resendCount: number, send: () => Promise<Answer>): Promise<Answer> {
    const identity = { 'http.request.method': method, 'server.address': peer };
    const resend = resendCount > 0 ? { 'http.request.resend_count': resendCount } : {};
    const options = { kind: SpanKind.CLIENT, attributes: { ...identity, ...resend } };
    return this.#tracer.startActiveSpan(method, options, async (span) => {
      const startedMs = performance.now();
      const record = (outcome: Attributes): void => {
        finish(span, outcome);
        this.#clientDuration.record((performance.now() - startedMs) / 1000, { ...identity, ...outcome });
      };
      try {
        const answer = await send();
        record(outcomeOf(answer.status, answer.status >= 400 ? String(answer.status) : null));
        return answer;
      } catch (error) {
        record({ 'error.type': errorCode(error) });
        throw error;
      }
    });
  }
}

function duration(name: string): Histogram {
  return metrics.getMeter('dten').createHistogram(name, {
    unit: 's',
    advice: { explicitBucketBoundaries: ADVISED_BOUNDS },
  });
}

function outcomeOf(status: number, errorType: string | null): Attributes {
  return { 'http.response.status_code': status, ...(errorType === null ? {} : { 'error.type': errorType }) };
}

function finish(span: Span, outcome: Attributes): void {
  span.setAttributes(outcome);
  if (outcome['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'Error';
}
