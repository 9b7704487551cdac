import type { QualityCode } from '../../../domain/quality.ts';
import type { TelemetrySink } from '../../../domain/telemetry.ts';

/** A reader that can say which metric or span it is at, and whose. */
export interface Subject {
  describe(): string;
}

/** Where the decoders of one run deliver, and which record they are at: a line of a file or the body of a request. */
export class RecordReport {
  readonly sink: TelemetrySink;
  where = '';
  /** Points, spans and flag evaluations of the record, refused ones included. */
  rows = 0;
  private subject: Subject | null = null;

  constructor(sink: TelemetrySink) {
    this.sink = sink;
  }

  /** A line of a file is found again by its number; of a body nothing remains, so findings there name the subject. */
  start(where: string, subject: Subject | null = null): void {
    this.where = where;
    this.rows = 0;
    this.subject = subject;
  }

  reject(code: QualityCode, detail: string): void {
    this.sink.reject(code, this.subject?.describe() ?? this.where, detail);
  }
}
