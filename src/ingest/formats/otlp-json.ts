import type { QualityCode } from '../../domain/quality.ts';
import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { BodyDecoder, DecodeOutcome, LineDecoder, LineFormat, Signal } from './format.ts';
import { OPEN_BRACE } from './json/json-bytes.ts';
import { JsonCursor } from './json/json-cursor.ts';
import { skipValue } from './json/json-skip.ts';
import { enterObject, nextKey } from './json/json-structure.ts';
import { KeyTable } from './json/key-table.ts';
import { RecordReport, type Subject } from './otlp/record-report.ts';
import { AttributeCache } from './otlp-json/attribute-cache.ts';
import { Envelope } from './otlp-json/envelope.ts';
import { LogsReader } from './otlp-json/logs.ts';
import { MetricsReader } from './otlp-json/metrics.ts';
import { SpansReader } from './otlp-json/spans.ts';

const SIGNAL_NAMES = ['resourceMetrics', 'resourceSpans', 'resourceLogs'];
const SIGNAL_KEYS = new KeyTable(SIGNAL_NAMES);
const KEY_OF: { readonly [signal in Signal]: number } = { metrics: 0, traces: 1, logs: 2 };
const ANY = -1;
/** What a decoder of bodies may keep from one to the next. */
const MOST_KEPT_BYTES = 1 << 26;
const NOTHING = Buffer.alloc(0);

/**
 * OTLP/JSON, one MetricsData, TracesData or LogsData a line (or the export request of the same shape), as the
 * OpenTelemetry Collector's file exporter writes it; and the same as the body of a request.
 */
export const otlpJson: LineFormat = {
  name: 'otlp',
  contentType: 'application/json',
  open: (sink) => new OtlpJsonLines(sink),
  openBody: (sink, signal) => new OtlpJsonBodies(sink, signal),
};

class OtlpJsonLines implements LineDecoder {
  private readonly report: RecordReport;
  private readonly reader: RecordReader;

  constructor(sink: TelemetrySink) {
    this.report = new RecordReport(sink);
    this.reader = new RecordReader(this.report, ANY);
  }

  decodeLine(line: Uint8Array, where: string): number {
    const { report, reader } = this;
    report.start(where);
    const problem = reader.read(line);
    if (problem !== null) report.reject(problem.code, problem.detail);
    return report.rows;
  }
}

class OtlpJsonBodies implements BodyDecoder {
  private readonly report: RecordReport;
  private readonly key: number;
  private reader: RecordReader;

  constructor(sink: TelemetrySink, signal: Signal) {
    this.report = new RecordReport(sink);
    this.key = KEY_OF[signal];
    this.reader = new RecordReader(this.report, this.key);
  }

  decode(body: Uint8Array, where: string): DecodeOutcome {
    const { report } = this;
    report.start(where, this.reader.subject);
    const problem = this.reader.read(body);
    this.reader.release();
    if (this.reader.weight > MOST_KEPT_BYTES) this.reader = new RecordReader(report, this.key);
    return { rows: report.rows, problem: problem?.detail ?? null };
  }
}

interface Problem {
  readonly code: QualityCode;
  readonly detail: string;
}

interface SignalReader extends Subject {
  read(): void;
}

/** Reads one JSON document after the other. */
class RecordReader {
  private readonly cursor = new JsonCursor();
  private readonly wanted: number;
  private readonly envelope: Envelope;
  private readonly metrics: MetricsReader;
  /** By the index of the signal's key. */
  private readonly readers: readonly SignalReader[];
  private signals = 0;
  private unwanted = ANY;

  /** `wanted` is the index of the only signal to be read, or ANY. */
  constructor(report: RecordReport, wanted: number) {
    const { cursor } = this;
    this.wanted = wanted;
    this.envelope = new Envelope(cursor);
    const attributes = new AttributeCache(cursor);
    this.metrics = new MetricsReader(cursor, report, this.envelope);
    this.readers = [
      this.metrics,
      new SpansReader(cursor, report, this.envelope, attributes),
      new LogsReader(cursor, report, this.envelope, attributes),
    ];
  }

  /** Who reads the signal that is wanted. */
  get subject(): Subject | null {
    return this.readers[this.wanted] ?? null;
  }

  /** Memory what is kept takes, in bytes; what is limited by itself left out. */
  get weight(): number {
    return this.envelope.weight + this.metrics.weight;
  }

  /** Lets go of the bytes. */
  release(): void {
    this.cursor.reset(NOTHING);
  }

  /** Delivers what the record holds and answers what is wrong with it as a whole. A blank line is none. */
  read(record: Uint8Array): Problem | null {
    const { cursor } = this;
    cursor.reset(record);
    if (cursor.next() < 0) return this.wanted === ANY ? null : { code: 'not-json', detail: 'it is empty' };
    this.readSignals();
    if (!cursor.failed && cursor.next() >= 0) cursor.fail('something follows the JSON value');
    if (cursor.failed) return { code: 'not-json', detail: `at byte ${cursor.failedAt}: ${cursor.reason}` };
    const detail = this.signalProblem();
    return detail === null ? null : { code: 'unknown-signal', detail };
  }

  private signalProblem(): string | null {
    const { cursor, wanted, unwanted } = this;
    if (unwanted !== ANY) return `${SIGNAL_NAMES[unwanted]} where ${SIGNAL_NAMES[wanted]} belongs`;
    if (cursor.mistypes > 0) return cursor.describeMistype();
    if (this.signals > 0 || wanted !== ANY) return null;
    return `none of ${SIGNAL_NAMES.join(', ')}`;
  }

  /** Reads the whole record. */
  private readSignals(): void {
    const { cursor, wanted } = this;
    this.signals = 0;
    this.unwanted = ANY;
    if (cursor.next() !== OPEN_BRACE && wanted === ANY) {
      skipValue(cursor);
      return;
    }
    if (!enterObject(cursor)) return;
    for (let key = nextKey(cursor, SIGNAL_KEYS); key >= 0; key = nextKey(cursor, SIGNAL_KEYS)) {
      this.signals++;
      if (wanted === ANY || wanted === key) this.readers[key]!.read();
      else {
        this.unwanted = key;
        skipValue(cursor);
      }
    }
  }
}
