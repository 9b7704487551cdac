import { AppError } from '../../../domain/error.ts';
import type { QualityCode } from '../../../domain/quality.ts';
import type { TelemetrySink } from '../../../domain/telemetry.ts';
import type { SeriesBook } from './series-book.ts';
import type { ElementTally, WriteTally } from './write-tally.ts';

/** Series, points, exemplars and metadata of a request: hundreds of times what senders put into one. */
const MOST_ELEMENTS = 1 << 20;

/** Where the points of a series go, and which series it is. */
export class SeriesReport {
  readonly sink: TelemetrySink;
  readonly book: SeriesBook;
  tally: WriteTally;
  /** Of the elements that are being read. */
  elements: ElementTally;
  entry = 0;
  private read = 0;

  constructor(sink: TelemetrySink, book: SeriesBook, tally: WriteTally) {
    this.sink = sink;
    this.book = book;
    this.tally = tally;
    this.elements = tally.samples;
  }

  begin(tally: WriteTally): void {
    this.tally = tally;
    this.read = 0;
  }

  /** To be called for each element, so that small ones in great number cannot hold up everything else. */
  countElement(): void {
    if (++this.read <= MOST_ELEMENTS) return;
    throw new AppError('too-large', `the request holds more than ${MOST_ELEMENTS} series, points and exemplars`, {
      remedy: 'send fewer samples a request (queue_config: max_samples_per_send)',
    });
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
    this.tally.remarks.add(code);
    this.sink.reject(code, this.book.describe(this.entry), detail);
  }

  refuse(reason: string): void {
    this.elements.refused++;
    this.tally.firstReason ??= `${this.book.describe(this.entry)}: ${reason}`;
    this.sink.reject('bad-point', this.book.describe(this.entry), reason);
  }
}
