import { AppError } from '../../../domain/error.ts';
import type { TelemetrySink } from '../../../domain/telemetry.ts';
import { MetadataBook } from '../prometheus/metadata-book.ts';
import { ProtobufCursor } from '../protobuf/protobuf-cursor.ts';
import { SeriesBook } from './series-book.ts';
import type { Pass } from './series-points.ts';
import { SeriesReport } from './series-report.ts';
import { SymbolizedRequest } from './symbolized-request.ts';
import { WriteRequest } from './write-request.ts';
import { WriteTally } from './write-tally.ts';

/** The two messages of Prometheus remote write, by their full names. */
export type WriteMessage = 'prometheus.WriteRequest' | 'io.prometheus.write.v2.Request';

/** Decodes the write requests of one tenant; what it has interned lives as long as the decoder, within limits. */
export class RemoteWriteDecoder {
  private readonly cursor = new ProtobufCursor();
  private readonly report: SeriesReport;
  private readonly requests: { readonly [message in WriteMessage]: { read(pass: Pass): void } };

  constructor(sink: TelemetrySink) {
    const metadata = new MetadataBook();
    const book = new SeriesBook(sink, metadata);
    this.report = new SeriesReport(sink, book, new WriteTally());
    this.requests = {
      'prometheus.WriteRequest': new WriteRequest(this.cursor, book, metadata, this.report),
      'io.prometheus.write.v2.Request': new SymbolizedRequest(this.cursor, book, this.report),
    };
  }

  /**
   * Hands the samples, or the histograms, of an unpacked request to the sink and adds to the tally what became of them.
   * Throws where the bytes are no such message; what came before them was handed on.
   */
  decode(message: WriteMessage, body: Uint8Array, pass: Pass, tally: WriteTally): void {
    const { cursor, report } = this;
    cursor.reset(body);
    report.begin(tally);
    this.requests[message].read(pass);
    if (!cursor.failed) return;
    throw new AppError('malformed', `the body is not a ${message}: ${cursor.reason} at byte ${cursor.failedAt}`, {
      place: `byte ${cursor.failedAt}`,
      remedy: 'check that Content-Type names the message that was sent',
    });
  }
}
