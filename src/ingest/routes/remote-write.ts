import { type Context, Hono } from 'hono';
import { AppError, type AppErrorCode } from '../../domain/error.ts';
import { describeQuality } from '../../domain/quality.ts';
import type { Receipt, TelemetryStore, TelemetryWriter } from '../../domain/telemetry-store.ts';
import { RemoteWriteDecoder, type WriteMessage } from '../formats/remote-write/remote-write-decoder.ts';
import { uncompressSnappy } from '../formats/remote-write/snappy-block.ts';
import { type ElementTally, WriteTally } from '../formats/remote-write/write-tally.ts';
import { readBody } from './limited-body.ts';
import { writeMessageOf } from './write-message.ts';

export interface RemoteWriteLimits {
  readonly wireBytes: number;
  readonly decodedBytes: number;
}

export const REMOTE_WRITE_LIMITS: RemoteWriteLimits = { wireBytes: 8 * 2 ** 20, decodedBytes: 32 * 2 ** 20 };

export interface RemoteWriteDependencies {
  readonly store: Pick<TelemetryStore, 'writerOf'>;
  /** Whose data a request carries; throws an AppError where it may not send any. */
  readonly tenantOf: (request: Request) => string | Promise<string>;
  readonly limits?: RemoteWriteLimits;
}

/** Elements that were taken, by kind: the numbers of the `X-Prometheus-Remote-Write-*-Written` headers. */
interface Written {
  samples: number;
  histograms: number;
  exemplars: number;
}

const RETRY_AFTER_SECONDS = 5;

type Status = 400 | 401 | 403 | 413 | 415 | 500 | 503;

/** 503, never 429: Prometheus drops what is answered with 429 (retry_on_http_429 is off), and sends the rest of 5xx again. */
const STATUS: { readonly [code in AppErrorCode]?: Status } = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  'too-large': 413,
  'unsupported-media': 415,
  overloaded: 503,
  unavailable: 503,
};

/** Prometheus remote write 1.0 and 2.0 at the paths that Prometheus and Mimir use. */
export function remoteWriteRoutes(dependencies: RemoteWriteDependencies): Hono {
  const { store, tenantOf, limits = REMOTE_WRITE_LIMITS } = dependencies;
  const decoders = new WeakMap<TelemetryWriter, RemoteWriteDecoder>();

  async function receive(context: Context): Promise<Response> {
    const written: Written = { samples: 0, histograms: 0, exemplars: 0 };
    try {
      const request = context.req.raw;
      const message = writeMessageOf(request.headers);
      const tenant = await tenantOf(request);
      const body = uncompressSnappy(await readBody(request, limits.wireBytes), limits.decodedBytes);
      const problem = await write(store.writerOf(tenant), message, body, written);
      return answer(context, written, problem === null ? 204 : 400, problem);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const status = STATUS[error.code] ?? 500;
      if (status === 503) context.header('Retry-After', String(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS));
      const remedy = error.remedy === null ? '' : `; ${error.remedy}`;
      return answer(context, written, status, `${error.message}${remedy}`);
    }
  }

  /** Answers what was not written and why, or null where all was. */
  async function write(
    writer: TelemetryWriter,
    message: WriteMessage,
    body: Buffer,
    written: Written,
  ): Promise<string | null> {
    const decoder = decoders.get(writer) ?? new RemoteWriteDecoder(writer.sink);
    decoders.set(writer, decoder);
    const tally = new WriteTally();
    decodePass(writer, () => decoder.decode(message, body, 'samples', tally));
    const commits = [writer.commit()];
    if (tally.hasHistograms) {
      const decode = () => decoder.decode(message, body, 'histograms', tally);
      commits.push(decodeAndCommit(writer, decode));
    }
    const [samples, histograms] = await Promise.allSettled(commits);
    if (samples?.status === 'fulfilled') written.samples = takenOf(tally.samples, samples.value);
    if (histograms?.status === 'fulfilled') written.histograms = takenOf(tally.histograms, histograms.value);
    for (const outcome of [samples, histograms]) if (outcome?.status === 'rejected') throw outcome.reason;
    written.exemplars = tally.exemplars.leftOut;
    const receipts = [samples, histograms].flatMap((outcome) =>
      outcome?.status === 'fulfilled' ? [outcome.value] : [],
    );
    return problemOf(tally, written, receipts);
  }

  return new Hono().post('/api/v1/write', receive).post('/api/v1/push', receive);
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
  const reason = tally.firstReason ?? refusalOf(receipts);
  return `not written: ${counts.join(', ')}; first reason: ${reason}`;
}

function totalOf({ handed, leftOut, refused }: ElementTally): number {
  return handed + leftOut + refused;
}

function refusalOf(receipts: readonly Receipt[]): string {
  const first = receipts.flatMap(({ reasons }) => reasons).find(({ count }) => count > 0);
  if (first === undefined) return 'the store did not take them';
  const { message } = describeQuality(first.code, first.detail, first.where);
  return `${first.where}: ${message}`;
}

function answer(context: Context, written: Written, status: 204 | Status, text: string | null): Response {
  context.header('X-Prometheus-Remote-Write-Samples-Written', String(written.samples));
  context.header('X-Prometheus-Remote-Write-Histograms-Written', String(written.histograms));
  context.header('X-Prometheus-Remote-Write-Exemplars-Written', String(written.exemplars));
  if (status === 204) return context.body(null, 204);
  context.header('Content-Type', 'text/plain; charset=utf-8');
  context.header('X-Content-Type-Options', 'nosniff');
  return context.body(`${text}\n`, status);
}
