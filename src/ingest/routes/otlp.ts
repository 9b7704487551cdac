import { type Context, Hono } from 'hono';
import { AppError, withRemedy } from '../../domain/error.ts';
import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { Receipt, TelemetryWriter } from '../../domain/telemetry-store.ts';
import type { BodyDecoder, Signal } from '../formats/format.ts';
import { mediaTypeOf } from '../formats/media-type.ts';
import { openDecoder } from '../formats/open-decoder.ts';
import type { ByteBudget } from './byte-budget.ts';
import { HTTP_STATUS } from './http-status.ts';
import type { Intake } from './intake.ts';
import { answersFor } from './otlp-answers.ts';
import { type Answer, refusalOf } from './refusal.ts';
import { readOff, WireBody } from './request-body.ts';
import { isPlain, unpack } from './unpacking.ts';

/** What the doors for telemetry need. */
export interface IngestParts {
  /** Whose telemetry a request brings; throws `unauthenticated` or `forbidden`. */
  tenantOf(context: Context): Promise<string>;
  writerOf(tenant: string): TelemetryWriter;
  readonly budget: ByteBudget;
  readonly intake: Intake;
  readonly wireLimitBytes: number;
  readonly decodedLimitBytes: number;
  /** For our own metrics and logs. */
  onAnswer(answer: IngestAnswer): void;
}

export interface IngestAnswer {
  readonly door: string;
  readonly status: number;
  readonly wireBytes: number;
  readonly receipt: Receipt | null;
  readonly error: unknown;
}

const SIGNAL_AT: ReadonlyMap<string, Signal> = new Map([
  ['/v1/metrics', 'metrics'],
  ['/v1/traces', 'traces'],
  ['/v1/logs', 'logs'],
]);

/** `google.rpc.Code` of the statuses that are answered. */
const RPC_CODE: ReadonlyMap<number, number> = new Map([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 5],
  [409, 10],
  [413, 8],
  [415, 3],
  [503, 14],
]);
const UNAVAILABLE = 14;

/** OTLP/HTTP: `POST /v1/metrics`, `/v1/traces`, `/v1/logs`, in protobuf or JSON. */
export function otlpRoutes(parts: IngestParts): Hono {
  const decoders = new DecoderShelf();
  const app = new Hono();
  for (const [path, signal] of SIGNAL_AT) app.post(path, (context) => receive(context, signal, parts, decoders));
  return app;
}

async function receive(
  context: Context,
  signal: Signal,
  parts: IngestParts,
  decoders: DecoderShelf,
): Promise<Response> {
  const contentType = mediaTypeOf(context.req.header('content-type'));
  const answers = answersFor(contentType);
  const wire = new WireBody(context, parts.wireLimitBytes);
  let receipt: Receipt | null = null;
  let error: unknown = null;
  let answer: Answer;
  try {
    const { stored } = await handOver(context, { signal, contentType, wire }, parts, decoders);
    receipt = await stored;
    const headers = { 'Content-Type': answers.contentType };
    answer = { status: 200, headers, body: answers.exportResponse(signal, receipt) };
  } catch (caught) {
    error = caught;
    answer = otlpRefusal(refusalOf(caught), contentType);
    // What remains of a body nobody reads would be taken for the next request.
    if (!(await readOff(context))) answer = { ...answer, headers: { ...answer.headers, Connection: 'close' } };
  }
  const { status, headers, body } = answer;
  parts.onAnswer({ door: signal, status, wireBytes: wire.bytes, receipt, error });
  return new Response(body as Uint8Array<ArrayBuffer>, { status, headers });
}

/** The signal that is taken at this path; null for none. */
export function otlpSignalAt(path: string): Signal | null {
  return SIGNAL_AT.get(path) ?? null;
}

/** In the encoding of the request, as OTLP asks. */
export function otlpRefusal(error: AppError, contentType: string): Answer {
  const answers = answersFor(mediaTypeOf(contentType));
  const status = HTTP_STATUS[error.code];
  const headers: Record<string, string> = { 'Content-Type': answers.contentType };
  if (error.retryAfterSeconds !== null) headers['Retry-After'] = String(error.retryAfterSeconds);
  if (error.code === 'unauthenticated') headers['WWW-Authenticate'] = 'Bearer';
  const message = withRemedy(error.message, error);
  return { status, headers, body: answers.status(RPC_CODE.get(status) ?? UNAVAILABLE, message) };
}

interface Incoming {
  readonly signal: Signal;
  readonly contentType: string;
  readonly wire: WireBody;
}

/** The body is let go before its rows are waited for: those are in the store's own queue by then. */
async function handOver(
  context: Context,
  { signal, contentType, wire }: Incoming,
  parts: IngestParts,
  decoders: DecoderShelf,
): Promise<{ readonly stored: Promise<Receipt> }> {
  const hold = parts.budget.open();
  try {
    const tenant = await parts.tenantOf(context);
    // Asked before the body is read, so that what cannot be read is not waited for.
    decoders.take(parts.writerOf(tenant).sink, contentType, signal);
    const encoding = (context.req.header('content-encoding') ?? '').trim().toLowerCase();
    return await parts.intake.take(async (admit) => {
      const chunks = admit(wire.chunks(), !isPlain(encoding));
      const body = await unpack(chunks, encoding, parts.decodedLimitBytes, hold);
      const writer = parts.writerOf(tenant);
      decode(body, decoders.take(writer.sink, contentType, signal), writer, signal);
      return { stored: writer.commit() };
    });
  } finally {
    hold.release();
  }
}

/** Decoding does not wait, so that the rows of two requests never mix. */
function decode(body: Uint8Array, decoder: BodyDecoder, writer: TelemetryWriter, signal: Signal): void {
  try {
    const { problem } = decoder.decode(body, 'request');
    if (problem !== null) {
      throw new AppError('malformed', `the body is no export request of ${signal}: ${problem}`, {
        remedy: 'check that Content-Type says its encoding, and that the path is that of the signal',
      });
    }
  } catch (error) {
    writer.rollback();
    throw error;
  }
}

/** Decoders keep what they interned from request to request, as long as the sink they write to is in use. */
class DecoderShelf {
  readonly #ofSink = new WeakMap<TelemetrySink, Map<string, BodyDecoder>>();

  take(sink: TelemetrySink, contentType: string, signal: Signal): BodyDecoder {
    const decoders = this.#ofSink.get(sink) ?? new Map<string, BodyDecoder>();
    this.#ofSink.set(sink, decoders);
    const key = `${contentType} ${signal}`;
    const known = decoders.get(key);
    if (known !== undefined) return known;
    const opened = openDecoder(contentType, signal, sink);
    if (opened === null) {
      throw new AppError('unsupported-media', `content type "${contentType}" is not understood`, {
        place: 'Content-Type',
        remedy: 'send application/x-protobuf or application/json',
      });
    }
    decoders.set(key, opened);
    return opened;
  }
}
