import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { BodyDecoder, DecodeOutcome, Format, Signal } from './format.ts';
import { RecordReport, type Subject } from './otlp/record-report.ts';
import { LogsReader } from './otlp-protobuf/logs.ts';
import { MetricsReader } from './otlp-protobuf/metrics.ts';
import { SpansReader } from './otlp-protobuf/spans.ts';
import { ProtobufCursor } from './protobuf/protobuf-cursor.ts';

/** Reads the request that the cursor is at the start of. */
interface SignalReader extends Subject {
  read(): void;
}

const READERS: { readonly [signal in Signal]: new (cursor: ProtobufCursor, report: RecordReport) => SignalReader } = {
  metrics: MetricsReader,
  traces: SpansReader,
  logs: LogsReader,
};

/** OTLP/protobuf: the export requests of the three signals, which hold nothing but MetricsData, TracesData or LogsData. */
export const otlpProtobuf: Format = {
  name: 'otlp-protobuf',
  contentType: 'application/x-protobuf',
  openBody: (sink, signal) => new OtlpProtobufDecoder(sink, signal),
};

class OtlpProtobufDecoder implements BodyDecoder {
  private readonly cursor = new ProtobufCursor();
  private readonly report: RecordReport;
  private readonly reader: SignalReader;

  constructor(sink: TelemetrySink, signal: Signal) {
    this.report = new RecordReport(sink);
    this.reader = new READERS[signal](this.cursor, this.report);
  }

  decode(body: Uint8Array, where: string): DecodeOutcome {
    const { cursor, report } = this;
    cursor.reset(body);
    report.start(where, this.reader);
    this.reader.read();
    const problem = cursor.failed ? `at byte ${cursor.failedAt}: ${cursor.reason}` : null;
    cursor.release();
    return { rows: report.rows, problem };
  }
}
