import { AppError } from '../../domain/error.ts';
import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { NamedIndicator, TelemetrySource } from '../../domain/upgrade.ts';
import { MetricNames } from '../prometheus/metric-names.ts';
import { MatrixReader } from './prometheus/matrix-reader.ts';
import { AnswerTooLarge, QueryApi } from './prometheus/query-api.ts';
import type { Reading, ReadingOptions } from './reading.ts';

const MINUTE_MS = 60_000;
const LONGEST_PAGE_MS = 60 * MINUTE_MS;
const SHORTEST_PAGE_MS = MINUTE_MS;

/**
 * Reads what the folding understands from Prometheus-compatible servers: the stored samples with their own times. A server
 * that does not answer ends the reading, since half an answer would look like a change of the traffic.
 */
export async function readPrometheusServers(
  sources: readonly TelemetrySource[],
  _baseFolder: string,
  sink: TelemetrySink,
  options: ReadingOptions,
): Promise<Reading> {
  const { wanted } = options;
  if (wanted === undefined || wanted.startMs === null) {
    throw new AppError('document', 'nothing says from when on a Prometheus server is to be read', {
      place: 'spec.baseline',
      remedy: 'give spec.baseline, or spec.window',
    });
  }
  const range = { startMs: wanted.startMs, endMs: wanted.endMs ?? Date.now() };
  const urls = new Set(sources.flatMap((source) => ('url' in source ? [source.url] : [])));
  let bytes = 0;
  let rows = 0;
  const digests: string[] = [];
  for (const url of urls) {
    const pull = new Pull(url, sink, wanted.indicators, options);
    rows += await pull.read(range);
    bytes += pull.api.bytes;
    digests.push(pull.api.digest());
  }
  return { bytes, lines: rows, rows, digests, unmatched: [], unopened: [], firstRefusal: null };
}

interface Range {
  readonly startMs: number;
  readonly endMs: number;
}

/** One server. */
class Pull {
  readonly api: QueryApi;
  readonly #reader: MatrixReader;
  readonly #names: MetricNames;
  readonly #options: ReadingOptions;

  constructor(url: string, sink: TelemetrySink, indicators: readonly NamedIndicator[], options: ReadingOptions) {
    this.api = new QueryApi(url, options.signal, (warning) => sink.reject('source-warning', this.api.place, warning));
    this.#reader = new MatrixReader(sink, this.api.place);
    this.#names = new MetricNames(indicators);
    this.#options = options;
  }

  /** Answers the number of samples. */
  async read(range: Range): Promise<number> {
    const names = await this.api.metricNames(range.startMs, range.endMs);
    const families = familiesOf(names.filter((name) => this.#names.useOf(name) !== null));
    if (families.length === 0) return 0;
    for (const [family, { type, unit }] of await this.api.metadata()) this.#reader.note(family, type, unit);
    for (const [i, family] of families.entries()) {
      await this.#readFamily(family, range, (share) => this.#progress((i + share) / families.length));
    }
    return this.#reader.rows;
  }

  /** Page by page: an hour, or as much as the server can answer at once. */
  async #readFamily(
    family: readonly string[],
    { startMs, endMs }: Range,
    onShare: (share: number) => void,
  ): Promise<void> {
    let pageMs = LONGEST_PAGE_MS;
    for (let fromMs = startMs; fromMs < endMs; ) {
      const toMs = Math.min(fromMs + pageMs, endMs);
      try {
        for (const series of await this.api.samples(family, fromMs, toMs)) this.#reader.read(series);
      } catch (error) {
        if (!(error instanceof AnswerTooLarge)) throw error;
        if (pageMs <= SHORTEST_PAGE_MS) throw this.#tooLarge(family, error);
        pageMs = Math.max(Math.floor(pageMs / 4), SHORTEST_PAGE_MS);
        continue;
      }
      fromMs = toMs;
      onShare((fromMs - startMs) / (endMs - startMs));
    }
  }

  #tooLarge(family: readonly string[], cause: AnswerTooLarge): AppError {
    const message = `${this.api.place} cannot answer a minute of ${family[0]}: ${cause.message}`;
    return new AppError('unreadable', message, {
      place: this.api.place,
      remedy: 'raise the limits of the server (--query.max-samples, --query.timeout), or name fewer series',
      cause,
    });
  }

  /** What is still to come is known as a share only. */
  #progress(share: number): void {
    const { bytes } = this.api;
    this.#options.onProgress?.({ bytesRead: bytes, bytesTotal: Math.max(bytes, Math.round(bytes / share)) });
  }
}

/** Names asked for together: the parts of one distribution. */
function familiesOf(names: readonly string[]): string[][] {
  const families = new Map<string, string[]>();
  for (const name of names) {
    const base = name.replace(/_(bucket|sum|count|created)$/, '');
    families.set(base, [...(families.get(base) ?? []), name]);
  }
  return [...families.values()];
}
