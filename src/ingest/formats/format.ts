import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { TelemetrySource } from '../../domain/upgrade.ts';

/** Decodes the lines of one reading run; what it has interned lives as long as the run. */
export interface LineDecoder {
  /**
   * Hands the rows of one line to the sink and answers how many points, spans and flag evaluations it held, refused ones
   * included. `where` names the line in findings. Data never makes it throw.
   */
  decodeLine(line: Uint8Array, where: string): number;
}

/** The kinds of source that are files. */
export type FormatName = Extract<TelemetrySource, { readonly pattern: string }>['kind'];

/** One line-oriented telemetry format: bytes in, sink calls out, no I/O. */
export interface Format {
  /** The word for it in documents: sources of this kind are files that hold this format. */
  readonly name: FormatName;
  open(sink: TelemetrySink): LineDecoder;
}
