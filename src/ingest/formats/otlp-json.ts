import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { Format, LineDecoder } from './format.ts';
import { OPEN_BRACE } from './json/json-bytes.ts';
import { JsonCursor } from './json/json-cursor.ts';
import { skipValue } from './json/json-skip.ts';
import { enterObject, nextKey } from './json/json-structure.ts';
import { KeyTable } from './json/key-table.ts';
import { RecordReport } from './otlp/record-report.ts';
import { AttributeCache } from './otlp-json/attribute-cache.ts';
import { Envelope } from './otlp-json/envelope.ts';
import { LogsReader } from './otlp-json/logs.ts';
import { MetricsReader } from './otlp-json/metrics.ts';
import { SpansReader } from './otlp-json/spans.ts';

const SIGNAL_KEYS = new KeyTable(['resourceMetrics', 'resourceSpans', 'resourceLogs']);

/**
 * OTLP/JSON, one MetricsData, TracesData or LogsData a line (or the export request of the same shape), as the
 * OpenTelemetry Collector's file exporter writes it.
 */
export const otlpJson: Format = {
  name: 'otlp',
  open: (sink) => new OtlpJsonDecoder(sink),
};

class OtlpJsonDecoder implements LineDecoder {
  private readonly cursor = new JsonCursor();
  private readonly report: RecordReport;
  /** By the index of the signal's key. */
  private readonly readers: readonly [MetricsReader, SpansReader, LogsReader];

  constructor(sink: TelemetrySink) {
    const { cursor } = this;
    this.report = new RecordReport(sink);
    const envelope = new Envelope(cursor);
    const attributes = new AttributeCache(cursor);
    this.readers = [
      new MetricsReader(cursor, this.report, envelope),
      new SpansReader(cursor, this.report, envelope, attributes),
      new LogsReader(cursor, this.report, envelope, attributes),
    ];
  }

  decodeLine(line: Uint8Array, where: string): number {
    const { cursor, report } = this;
    cursor.reset(line);
    report.start(where);
    if (cursor.next() < 0) return 0;
    const signals = this.readSignals();
    if (!cursor.failed && cursor.next() >= 0) cursor.fail('something follows the JSON value');
    if (cursor.failed) report.reject('not-json', `at byte ${cursor.failedAt}: ${cursor.reason}`);
    else if (signals === 0) report.reject('unknown-signal', 'none of resourceMetrics, resourceSpans, resourceLogs');
    else if (cursor.mistypes > 0) report.reject('unknown-signal', cursor.describeMistype());
    return report.rows;
  }

  /** Reads the whole line and answers how many signals it held. */
  private readSignals(): number {
    const { cursor } = this;
    let signals = 0;
    if (cursor.next() !== OPEN_BRACE) {
      skipValue(cursor);
      return signals;
    }
    enterObject(cursor);
    for (let key = nextKey(cursor, SIGNAL_KEYS); key >= 0; key = nextKey(cursor, SIGNAL_KEYS)) {
      this.readers[key]!.read();
      signals++;
    }
    return signals;
  }
}
