import type { QualityCode } from '../../domain/quality.ts';
import type { NamedIndicator, TelemetrySource } from '../../domain/upgrade.ts';

/** Bytes are counted on disk, over all files. */
export interface ReadingProgress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

/** What is to be read of sources that hold more than that. */
export interface WantedTelemetry {
  /** Null: the document does not say. */
  readonly startMs: number | null;
  /** Null: until now. */
  readonly endMs: number | null;
  readonly indicators: readonly NamedIndicator[];
}

export interface ReadingOptions {
  readonly wanted?: WantedTelemetry;
  readonly onProgress?: (progress: ReadingProgress) => void;
  readonly signal?: AbortSignal;
  /** Where the document names a source; of null, where it would name all. */
  readonly placeOf?: (source: TelemetrySource | null) => string;
}

export interface ReadingSummary {
  /** Files that could be read. */
  readonly files: number;
  /** Bytes on disk. */
  readonly bytes: number;
  readonly lines: number;
  /** Points, spans and flag evaluations, refused ones included. */
  readonly rows: number;
  /** SHA-256 over the sorted SHA-256 of every file's bytes on disk, in hex, joined by line feeds. */
  readonly digest: string;
}

/** A place and why nothing there was used. */
export interface Refusal {
  readonly place: string;
  readonly reason: string;
}

/** A row or line that was not used, by what its format says is wrong with it. */
export interface RowRefusal extends Refusal {
  readonly code: QualityCode;
}

/** What one kind of source came to. */
export interface Reading {
  readonly bytes: number;
  readonly lines: number;
  readonly rows: number;
  /** SHA-256 of the bytes of every file that could be read, in hex. */
  readonly digests: readonly string[];
  /** Patterns without files. */
  readonly unmatched: readonly Refusal[];
  /** Files that do not open. */
  readonly unopened: readonly Refusal[];
  /** The first of what was read and could not be used. */
  readonly firstRefusal: RowRefusal | null;
}
