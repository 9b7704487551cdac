import type { QualityCode } from '../../../domain/quality.ts';
import type { TelemetrySink } from '../../../domain/telemetry.ts';

/** Where the decoders of one run deliver, and which record they are at: a line of a file or the body of a request. */
export class RecordReport {
  readonly sink: TelemetrySink;
  where = '';
  /** Points, spans and flag evaluations of the record, refused ones included. */
  rows = 0;

  constructor(sink: TelemetrySink) {
    this.sink = sink;
  }

  start(where: string): void {
    this.where = where;
    this.rows = 0;
  }

  reject(code: QualityCode, detail: string): void {
    this.sink.reject(code, this.where, detail);
  }
}
