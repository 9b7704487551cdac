import type { QualityCode } from '../../../domain/quality.ts';
import type { TelemetrySink } from '../../../domain/telemetry.ts';
import type { SeriesBook } from './series-book.ts';
import type { ElementTally, WriteTally } from './write-tally.ts';

/** Where the points of a series go, and which series it is. */
export class SeriesReport {
  readonly sink: TelemetrySink;
  readonly book: SeriesBook;
  tally: WriteTally;
  /** Of the elements that are being read. */
  elements: ElementTally;
  entry = 0;

  constructor(sink: TelemetrySink, book: SeriesBook, tally: WriteTally) {
    this.sink = sink;
    this.book = book;
    this.tally = tally;
    this.elements = tally.samples;
  }

  stream(shape: number): number {
    return this.book.stream(this.entry, shape);
  }

  /** The element says nothing that could be kept. */
  leaveOut(code: QualityCode, detail: string): void {
    this.elements.leftOut++;
    this.remark(code, detail);
  }

  /** Something about an element that was used all the same. */
  remark(code: QualityCode, detail: string): void {
    this.sink.reject(code, this.book.describe(this.entry), detail);
  }

  refuse(reason: string): void {
    this.elements.refused++;
    this.tally.firstReason ??= `${this.book.describe(this.entry)}: ${reason}`;
    this.sink.reject('bad-point', this.book.describe(this.entry), reason);
  }
}
