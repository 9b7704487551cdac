import type { TelemetrySink } from '../../domain/telemetry.ts';

/** Decodes the lines of one reading run; what it has interned lives as long as the run. */
export interface LineDecoder {
  /**
   * Hands the rows of one line to the sink and answers how many points, spans and flag evaluations it held, refused ones
   * included. `where` names the line in findings. Data never makes it throw.
   */
  decodeLine(line: Uint8Array, where: string): number;
}

/** One line-oriented telemetry format: bytes in, sink calls out, no I/O. */
export interface Format {
  /** The word for it in messages and documentation. */
  readonly name: string;
  open(sink: TelemetrySink): LineDecoder;
}
