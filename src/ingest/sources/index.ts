import { AppError } from '../../domain/error.ts';
import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { TelemetrySource } from '../../domain/upgrade.ts';
import type { FileFormat } from '../formats/format.ts';
import { FILE_FORMATS } from '../formats/index.ts';
import { readPrometheusServers } from './prometheus-servers.ts';
import type { Reading, ReadingOptions, ReadingSummary } from './reading.ts';
import { summarize } from './reading-summary.ts';
import { readTelemetryFiles } from './telemetry-files.ts';

export type { ReadingOptions, ReadingProgress, ReadingSummary } from './reading.ts';

type SourceKind = TelemetrySource['kind'];

/** Reads all sources of one kind. */
export type SourceReader = (
  sources: readonly TelemetrySource[],
  baseFolder: string,
  sink: TelemetrySink,
  options: ReadingOptions,
) => Promise<Reading>;

/** The kinds of source this version reads: files of every format. What is not a file is a file and an entry here. */
export const SOURCES: ReadonlyMap<SourceKind, SourceReader> = new Map<SourceKind, SourceReader>([
  ...FILE_FORMATS.map((format) => [format.name, readerOf(format)] as const),
  ['prometheus', readPrometheusServers],
]);

/** Reads everything the document's `telemetry` names into the sink, kind by kind. */
export async function readSources(
  sources: readonly TelemetrySource[],
  baseFolder: string,
  sink: TelemetrySink,
  options: ReadingOptions = {},
  readers: ReadonlyMap<SourceKind, SourceReader> = SOURCES,
): Promise<ReadingSummary> {
  if (sources.length === 0) {
    throw new AppError('document', 'the document names no telemetry', {
      place: options.placeOf?.(null) ?? 'spec.telemetry',
      remedy: 'add a source, such as { otlp: "telemetry/*.jsonl.gz" }',
    });
  }
  const kinds = [...new Set(sources.map(({ kind }) => kind))].map((kind) => {
    const read = readers.get(kind);
    if (read === undefined) throw unsupported(kind);
    return { read, sources: sources.filter((source) => source.kind === kind) };
  });
  const readings: Reading[] = [];
  for (const kind of kinds) {
    readings.push(await kind.read(kind.sources, baseFolder, sink, afterBytes(bytesOf(readings), options)));
  }
  return summarize(readings, baseFolder, (pattern) => {
    const source = sources.find((one) => 'pattern' in one && one.pattern === pattern);
    return source === undefined ? pattern : (options.placeOf?.(source) ?? pattern);
  });
}

function readerOf(format: FileFormat): SourceReader {
  return (sources, baseFolder, sink, options) => {
    const patterns = sources.flatMap((source) => ('pattern' in source ? [source.pattern] : []));
    return readTelemetryFiles(format, patterns, baseFolder, sink, options);
  };
}

function bytesOf(readings: readonly Reading[]): number {
  return readings.reduce((total, { bytes }) => total + bytes, 0);
}

/** Progress goes on where the kinds of source before have ended. */
function afterBytes(before: number, options: ReadingOptions): ReadingOptions {
  const { onProgress } = options;
  if (onProgress === undefined || before === 0) return options;
  return {
    ...options,
    onProgress: ({ bytesRead, bytesTotal }) =>
      onProgress({ bytesRead: before + bytesRead, bytesTotal: before + bytesTotal }),
  };
}

function unsupported(kind: string): AppError {
  return new AppError('document', `telemetry sources of kind "${kind}" are not supported by this version`, {
    place: 'spec.telemetry',
    remedy: 'export the telemetry as OTLP JSON lines and name the files: { otlp: "telemetry/*.jsonl.gz" }',
  });
}
