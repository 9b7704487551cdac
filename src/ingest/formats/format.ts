import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { TelemetrySource } from '../../domain/upgrade.ts';

/** What a request body is about. JSON says so itself; protobuf does not, so whoever received it has to. */
export type Signal = 'metrics' | 'traces' | 'logs';

/** Decodes the lines of one reading run; what it has interned lives as long as the run. */
export interface LineDecoder {
  /**
   * Hands the rows of one line to the sink and answers how many points, spans and flag evaluations it held, refused ones
   * included. `where` names the line in findings. Data never makes it throw.
   */
  decodeLine(line: Uint8Array, where: string): number;
}

export interface DecodeOutcome {
  /** Points, spans and flag evaluations the body held, refused ones included. */
  readonly rows: number;
  /** Why the body as a whole is malformed; what came before the fault was handed over already. Null where it is sound. */
  readonly problem: string | null;
}

/** Decodes the bodies of requests, one after the other, for months: what it keeps of them is bounded. */
export interface BodyDecoder {
  /** Hands the rows of one body to the sink. `where` names the body in findings that name nothing in it. Data never makes it throw. */
  decode(body: Uint8Array, where: string): DecodeOutcome;
}

/** One way to write telemetry down: bytes in, sink calls out, no I/O. */
export interface Format {
  readonly name: string;
  /** What requests call it, without parameters. */
  readonly contentType: string;
  openBody(sink: TelemetrySink, signal: Signal): BodyDecoder;
}

/** The kinds of source that are files. */
export type FormatName = Extract<TelemetrySource, { readonly pattern: string }>['kind'];

/** A way to write telemetry into files, line by line. */
export interface FileFormat {
  /** The word for it in documents: sources of this kind are files that hold this format. */
  readonly name: FormatName;
  open(sink: TelemetrySink): LineDecoder;
}

/** A format whose records are also the lines of files. */
export interface LineFormat extends Format, FileFormat {
  readonly name: FormatName;
}
