import { createHash } from 'node:crypto';
import { AppError } from '../../../domain/error.ts';
import { deadline } from '../deadline.ts';

/** The server's own limit for a query is two minutes (--query.timeout). */
const ANSWER_MS = 150_000;
const MOST_BYTES = 256 * 2 ** 20;

/** More than the server, or this process, takes in one answer: to be asked again for less. */
export class AnswerTooLarge extends Error {}

/** One series of a range of samples as the API spells it (prometheus/prometheus, docs/querying/api.md). */
export interface MatrixSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values?: readonly (readonly [number, string])[];
  readonly histograms?: readonly (readonly [number, NativeHistogramAnswer])[];
}

export interface NativeHistogramAnswer {
  readonly count: string;
  readonly sum: string;
  /** Which ends belong to the bucket, its lower end, its upper end, its count. */
  readonly buckets?: readonly (readonly [number, string, string, string])[];
}

interface Answered {
  readonly response: Response;
  readonly body: Buffer;
}

interface Envelope {
  readonly status?: string;
  readonly data?: unknown;
  readonly error?: string;
  readonly errorType?: string;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/** The query API of a Prometheus-compatible server. Credentials in the URL become basic authentication and are never shown. */
export class QueryApi {
  /** Without credentials, for people. */
  readonly place: string;
  bytes = 0;
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #signal: AbortSignal | undefined;
  readonly #onWarning: (warning: string) => void;
  readonly #hash = createHash('sha256');

  constructor(url: string, signal: AbortSignal | undefined, onWarning: (warning: string) => void) {
    const parsed = new URL(url);
    const { username, password } = parsed;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    parsed.username = '';
    parsed.password = '';
    this.place = parsed.href.replace(/\/+$/, '');
    this.#base = this.place;
    this.#headers = username === '' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
    this.#signal = signal;
    this.#onWarning = onWarning;
  }

  /** Of everything that was answered, in hex. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  async metricNames(startMs: number, endMs: number): Promise<string[]> {
    const range = `start=${startMs / 1e3}&end=${endMs / 1e3}`;
    const names = await this.#ask(`/api/v1/label/__name__/values?${range}`);
    if (!Array.isArray(names)) throw this.#unreadable('the names of metrics are no list');
    return names.map(String).sort();
  }

  /** Type and unit by metric family; empty where the server does not know. */
  async metadata(): Promise<ReadonlyMap<string, { readonly type: string; readonly unit: string }>> {
    const families = await this.#ask('/api/v1/metadata?limit_per_metric=1').catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'interrupted') throw error;
      return {};
    });
    const entries = Object.entries((families ?? {}) as Record<string, readonly { type?: string; unit?: string }[]>);
    return new Map(entries.map(([name, [first]]) => [name, { type: first?.type ?? '', unit: first?.unit ?? '' }]));
  }

  /**
   * The samples that are stored, as they are: no evaluation at steps, no extrapolation. Thanos and VictoriaMetrics are asked
   * for whole, raw and fresh data; others pass over what they do not know.
   */
  async samples(names: readonly string[], startMs: number, endMs: number): Promise<MatrixSeries[]> {
    const matcher = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
    const form = new URLSearchParams({
      query: `{__name__=~${JSON.stringify(matcher)}}[${endMs - startMs}ms]`,
      time: String(endMs / 1e3),
      dedup: 'true',
      partial_response: 'false',
      max_source_resolution: '0s',
      nocache: '1',
    });
    const data = (await this.#ask('/api/v1/query', form)) as { resultType?: string; result?: MatrixSeries[] };
    if (data?.resultType !== 'matrix' || !Array.isArray(data.result)) throw this.#unreadable('it answered no samples');
    return data.result;
  }

  async #ask(path: string, form?: URLSearchParams): Promise<unknown> {
    const limit = deadline(this.#signal, ANSWER_MS);
    const { response, body } = await this.#fetch(path, form, limit.signal).finally(() => limit.clear());
    this.bytes += body.length;
    const envelope = this.#parse(body, response.status);
    if (response.ok && envelope.status === 'success') {
      this.#hash.update(body);
      for (const warning of [...(envelope.warnings ?? []), ...(envelope.infos ?? [])]) this.#onWarning(warning);
      return envelope.data;
    }
    const reason = `${response.status} ${envelope.errorType ?? ''}: ${envelope.error ?? 'no reason given'}`;
    if (form !== undefined && (response.status === 422 || response.status === 503)) throw new AnswerTooLarge(reason);
    throw this.#unreadable(reason);
  }

  async #fetch(path: string, form: URLSearchParams | undefined, signal: AbortSignal): Promise<Answered> {
    const request: RequestInit = { headers: this.#headers, redirect: 'error', signal };
    if (form !== undefined) Object.assign(request, { method: 'POST', body: form });
    const response = await fetch(`${this.#base}${path}`, request).catch((cause: unknown) => this.#broken(cause));
    if (form !== undefined && Number(response.headers.get('content-length') ?? 0) > MOST_BYTES) {
      await response.body?.cancel();
      throw new AnswerTooLarge(`the answer is longer than ${MOST_BYTES} bytes`);
    }
    const body = Buffer.from(await response.arrayBuffer().catch((cause: unknown) => this.#broken(cause)));
    return { response, body };
  }

  #parse(body: Buffer, status: number): Envelope {
    try {
      return JSON.parse(body.toString()) as Envelope;
    } catch {
      throw this.#unreadable(`it answered ${status} and no JSON`);
    }
  }

  #broken(cause: unknown): never {
    if (this.#signal?.aborted) throw new AppError('interrupted', 'interrupted while reading telemetry');
    const { message, cause: deeper } = cause as Error & { cause?: { message?: string } };
    throw this.#unreadable(deeper?.message ?? message);
  }

  #unreadable(reason: string): AppError {
    return new AppError('unreadable', `${this.place} cannot be read: ${reason}`, {
      place: this.place,
      remedy: 'check the URL, as far as the path before /api/v1, and that this machine may reach it',
    });
  }
}
