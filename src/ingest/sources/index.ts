import { AppError } from '../../domain/error.ts';
import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { TelemetrySource } from '../../domain/upgrade.ts';
import { type ReadingOptions, type ReadingSummary, readOtlpFiles } from './otlp-files.ts';

export type { ReadingOptions, ReadingProgress, ReadingSummary } from './otlp-files.ts';

type SourceKind = TelemetrySource['kind'];

type SourceReader = (
  sources: readonly TelemetrySource[],
  baseFolder: string,
  sink: TelemetrySink,
  options: ReadingOptions,
) => Promise<ReadingSummary>;

/** The kinds of source this version reads. A new one is a file and an entry here. */
export const SOURCES: ReadonlyMap<SourceKind, SourceReader> = new Map<SourceKind, SourceReader>([
  ['otlp', (sources, baseFolder, sink, options) => readOtlpFiles(patternsOf(sources), baseFolder, sink, options)],
]);

/** Reads everything the document's `telemetry` names into the sink. */
export async function readSources(
  sources: readonly TelemetrySource[],
  baseFolder: string,
  sink: TelemetrySink,
  options: ReadingOptions = {},
): Promise<ReadingSummary> {
  for (const { kind } of sources) if (!SOURCES.has(kind)) throw unsupported(kind);
  if (sources.length === 0) {
    throw new AppError('document', 'the document names no telemetry', {
      place: 'spec.telemetry',
      remedy: 'add a source, such as { otlp: "telemetry/*.jsonl.gz" }',
    });
  }
  return SOURCES.get('otlp')!(sources, baseFolder, sink, options);
}

function patternsOf(sources: readonly TelemetrySource[]): string[] {
  return sources.flatMap((source) => (source.kind === 'otlp' ? [source.pattern] : []));
}

function unsupported(kind: string): AppError {
  return new AppError('document', `telemetry sources of kind "${kind}" are not supported by this version`, {
    place: 'spec.telemetry',
    remedy: 'export the telemetry as OTLP JSON lines and name the files: { otlp: "telemetry/*.jsonl.gz" }',
  });
}
