import { type Context, Hono } from 'hono';
import { type AppError, withRemedy } from '../../domain/error.ts';
import { describeQuality } from '../../domain/quality.ts';
import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { Receipt, TelemetryWriter } from '../../domain/telemetry-store.ts';
import { RemoteWriteDecoder, type WriteMessage } from '../formats/remote-write/remote-write-decoder.ts';
import { uncompressSnappy } from '../formats/remote-write/snappy-block.ts';
import { type ElementTally, WriteTally } from '../formats/remote-write/write-tally.ts';
import { HTTP_STATUS } from './http-status.ts';
import type { IngestParts } from './otlp.ts';
import { type Answer, refusalOf } from './refusal.ts';
import { gather, readOff, WireBody } from './request-body.ts';
import { writeMessageOf } from './write-message.ts';

/** Elements that were taken, by kind: the numbers of the `X-Prometheus-Remote-Write-*-Written` headers. */
interface Written {
  samples: number;
  histograms: number;
  exemplars: number;
}

export const REMOTE_WRITE_DOOR = 'remote-write';
const PATHS: readonly string[] = ['/api/v1/write', '/api/v1/push'];
/** Where an error does not say: as long as Prometheus waits at most between attempts (queue_config: max_backoff). */
const RETRY_AFTER_SECONDS = 5;

const TEXT = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };

/**
 * Prometheus remote write 1.0 and 2.0 at the paths that Prometheus and Mimir use. It is told to come again with 503, never
 * 429: it drops what is answered with that (retry_on_http_429 is off).
 */
export function remoteWriteRoutes(parts: IngestParts): Hono {
  const door = new RemoteWriteDoor(parts);
  const receive = (context: Context) => door.receive(context);
  const app = new Hono();
  for (const path of PATHS) app.post(path, receive);
  return app;
}

export function isRemoteWrite(path: string): boolean {
  return PATHS.includes(path);
}

/** In words that end up in the log of Prometheus. */
export function writeRefusal(error: AppError, written: Written = { samples: 0, histograms: 0, exemplars: 0 }): Answer {
  const status = HTTP_STATUS[error.code];
  const headers: Record<string, string> = { ...writtenHeaders(written), ...TEXT };
  if (status === 503) headers['Retry-After'] = String(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS);
  if (error.code === 'unauthenticated') headers['WWW-Authenticate'] = 'Bearer';
  return { status, headers, body: `${withRemedy(error.message, error)}\n` };
}

class RemoteWriteDoor {
  readonly #parts: IngestParts;
  /** Decoders keep what they interned from request to request, as long as the sink they write to is in use. */
  readonly #decoders = new WeakMap<TelemetrySink, RemoteWriteDecoder>();

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  async receive(context: Context): Promise<Response> {
    const written: Written = { samples: 0, histograms: 0, exemplars: 0 };
    const wire = new WireBody(context, this.#parts.wireLimitBytes);
    let receipt: Receipt | null = null;
    let error: unknown = null;
    let answer: Answer;
    try {
      const { tally, commits } = await this.#handOver(context, wire);
      const outcome = await outcomeOf(tally, commits, written);
      receipt = outcome.receipt;
      answer = answerTo(written, outcome.problem);
    } catch (caught) {
      error = caught;
      answer = writeRefusal(refusalOf(caught), written);
      // What remains of a body nobody reads would be taken for the next request.
      if (!(await readOff(context))) answer = { ...answer, headers: { ...answer.headers, Connection: 'close' } };
    }
    const { status, headers, body } = answer;
    this.#parts.onAnswer({ door: REMOTE_WRITE_DOOR, status, wireBytes: wire.bytes, receipt, error });
    return new Response(body as string | null, { status, headers });
  }

  /** The body is let go before its rows are waited for: those are in the store's own queue by then. */
  async #handOver(context: Context, wire: WireBody): Promise<HandedOver> {
    const { budget, intake, tenantOf, writerOf, decodedLimitBytes } = this.#parts;
    const hold = budget.open();
    try {
      const message = writeMessageOf(context.req.raw.headers);
      const tenant = await tenantOf(context);
      return await intake.take(async (admit) => {
        const packed = asBuffer(await gather(admit(wire.chunks(), true), hold));
        const body = uncompressSnappy(packed, decodedLimitBytes, (bytes) => hold.take(bytes));
        return this.#write(writerOf(tenant), message, body);
      });
    } finally {
      hold.release();
    }
  }

  /** What is decoded in one turn of the event loop is committed in it. */
  #write(writer: TelemetryWriter, message: WriteMessage, body: Buffer): HandedOver {
    const decoder = this.#decoders.get(writer.sink) ?? new RemoteWriteDecoder(writer.sink);
    this.#decoders.set(writer.sink, decoder);
    const tally = new WriteTally();
    decodePass(writer, () => decoder.decode(message, body, 'samples', tally));
    const commits = [writer.commit()];
    if (tally.hasHistograms) {
      const decode = () => decoder.decode(message, body, 'histograms', tally);
      commits.push(decodeAndCommit(writer, decode));
    }
    return { tally, commits };
  }
}

/** What was decoded, on its way to the disk. */
interface HandedOver {
  readonly tally: WriteTally;
  readonly commits: readonly Promise<Receipt>[];
}

async function outcomeOf(
  tally: WriteTally,
  commits: readonly Promise<Receipt>[],
  written: Written,
): Promise<WriteOutcome> {
  const [samples, histograms] = await Promise.allSettled(commits);
  if (samples?.status === 'fulfilled') written.samples = takenOf(tally.samples, samples.value);
  if (histograms?.status === 'fulfilled') written.histograms = takenOf(tally.histograms, histograms.value);
  for (const outcome of [samples, histograms]) if (outcome?.status === 'rejected') throw outcome.reason;
  written.exemplars = tally.exemplars.leftOut;
  const receipts = [samples, histograms].flatMap((outcome) => (outcome?.status === 'fulfilled' ? [outcome.value] : []));
  return { receipt: joined(receipts), problem: problemOf(tally, written, receipts) };
}

interface WriteOutcome {
  readonly receipt: Receipt;
  /** What was not written and why; null where all was. */
  readonly problem: string | null;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function joined(receipts: readonly Receipt[]): Receipt {
  return {
    accepted: receipts.reduce((sum, { accepted }) => sum + accepted, 0),
    rejected: receipts.reduce((sum, { rejected }) => sum + rejected, 0),
    reasons: receipts.flatMap(({ reasons }) => reasons),
  };
}

function decodePass(writer: TelemetryWriter, decode: () => void): void {
  try {
    decode();
  } catch (error) {
    writer.rollback();
    throw error;
  }
}

/** What is decoded in one turn of the event loop is committed in it: this runs to the commit before it answers. */
async function decodeAndCommit(writer: TelemetryWriter, decode: () => void): Promise<Receipt> {
  decodePass(writer, decode);
  return writer.commit();
}

function takenOf(tally: ElementTally, receipt: Receipt): number {
  return receipt.accepted + tally.leftOut;
}

function problemOf(tally: WriteTally, written: Written, receipts: readonly Receipt[]): string | null {
  const samples = totalOf(tally.samples);
  const histograms = totalOf(tally.histograms);
  const exemplars = totalOf(tally.exemplars);
  const isWhole = written.samples === samples && written.histograms === histograms;
  if (isWhole && tally.isClean) return null;
  const counts = [
    `${samples - written.samples} of ${samples} samples`,
    `${histograms - written.histograms} of ${histograms} histograms`,
    `${exemplars - written.exemplars} of ${exemplars} exemplars`,
  ];
  const reason = tally.firstReason ?? storeReasonOf(receipts, tally);
  return `not written: ${counts.join(', ')}; first reason: ${reason}`;
}

function totalOf({ handed, leftOut, refused }: ElementTally): number {
  return handed + leftOut + refused;
}

/** Of the store: what the decoder remarked is no reason. */
function storeReasonOf(receipts: readonly Receipt[], { remarks }: WriteTally): string {
  const reasons = receipts.flatMap((receipt) => receipt.reasons).filter(({ count }) => count > 0);
  const first = reasons.find(({ code }) => !remarks.has(code)) ?? reasons[0];
  if (first === undefined) return 'the store did not take them';
  const { message } = describeQuality(first.code, first.detail, first.where);
  return `${first.where}: ${message}`;
}

function answerTo(written: Written, problem: string | null): Answer {
  const headers = writtenHeaders(written);
  if (problem === null) return { status: 204, headers, body: null };
  return { status: 400, headers: { ...headers, ...TEXT }, body: `${problem}\n` };
}

function writtenHeaders({ samples, histograms, exemplars }: Written): Record<string, string> {
  return {
    'X-Prometheus-Remote-Write-Samples-Written': String(samples),
    'X-Prometheus-Remote-Write-Histograms-Written': String(histograms),
    'X-Prometheus-Remote-Write-Exemplars-Written': String(exemplars),
  };
}
