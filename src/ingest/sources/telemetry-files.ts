import { createHash } from 'node:crypto';
import { promises as files } from 'node:fs';
import { relative, sep } from 'node:path';
import { AppError } from '../../domain/error.ts';
import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { FileFormat, LineDecoder } from '../formats/format.ts';
import { fileChunks } from './file-chunks.ts';
import { matchFiles } from './file-pattern.ts';
import { LINE_BYTES_LIMIT, LineSplitter } from './line-splitter.ts';
import type { Reading, ReadingOptions, Refusal, RowRefusal } from './reading.ts';
import { watchedSink } from './watched-sink.ts';

/** What reading one file adds to. */
interface Tally {
  bytes: number;
  lines: number;
  rows: number;
  readonly digests: string[];
}

/**
 * Reads lines of a format, plain or gzip, from the files that match the patterns, relative to a folder. What does not
 * match, open or decode is a finding; whether anything is left to go on is for the caller to judge.
 */
export async function readTelemetryFiles(
  format: FileFormat,
  patterns: readonly string[],
  baseFolder: string,
  sink: TelemetrySink,
  options: ReadingOptions,
): Promise<Reading> {
  const { paths, unmatched } = await matchAll(patterns, baseFolder);
  for (const { place, reason } of unmatched) sink.reject('unreadable-file', place, reason);
  let firstRefusal: RowRefusal | null = null;
  const watched = watchedSink(sink, (refusal) => {
    firstRefusal ??= refusal;
  });
  const decoder = format.open(watched);
  const tally: Tally = { bytes: 0, lines: 0, rows: 0, digests: [] };
  const unopened: Refusal[] = [];
  const bytesTotal = await sizeOf(paths);
  const onChunk = () => {
    if (options.signal?.aborted) throw new AppError('interrupted', 'interrupted while reading telemetry');
    options.onProgress?.({ bytesRead: tally.bytes, bytesTotal });
  };
  for (const path of paths) {
    const name = relative(baseFolder, path).replaceAll(sep, '/');
    const file = await openFile(path).catch((error: unknown) => (error as Error).message);
    if (typeof file === 'string') {
      unopened.push({ place: name, reason: file });
      sink.reject('unreadable-file', name, file);
    } else await readFile(file, name, decoder, watched, tally, onChunk);
  }
  return { ...tally, unmatched, unopened, firstRefusal };
}

async function matchAll(patterns: readonly string[], baseFolder: string) {
  const paths = new Set<string>();
  const unmatched: Refusal[] = [];
  for (const pattern of new Set(patterns)) {
    const matched = await matchFiles(pattern, baseFolder);
    if (matched.length === 0) unmatched.push({ place: pattern, reason: `no file matches "${pattern}"` });
    for (const path of matched) paths.add(path);
  }
  return { paths: [...paths].sort(), unmatched };
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const path of paths) bytes += (await files.stat(path).catch(() => null))?.size ?? 0;
  return bytes;
}

async function openFile(path: string): Promise<files.FileHandle> {
  const found = await files.stat(path);
  if (!found.isFile()) throw new Error('not a regular file');
  return files.open(path, 'r');
}

async function readFile(
  file: files.FileHandle,
  name: string,
  decoder: LineDecoder,
  sink: TelemetrySink,
  tally: Tally,
  onChunk: () => void,
): Promise<void> {
  const hash = createHash('sha256');
  const splitter = new LineSplitter({
    line: (bytes, number) => {
      tally.lines++;
      tally.rows += decoder.decodeLine(bytes, `${name}:${number}`);
    },
    tooLong: (number) => {
      tally.lines++;
      sink.reject('not-json', `${name}:${number}`, `the line is longer than ${LINE_BYTES_LIMIT} bytes`);
    },
  });
  const onRaw = (bytes: Buffer) => {
    hash.update(bytes);
    tally.bytes += bytes.length;
  };
  const onBreak = (error: Error) => sink.reject('truncated-file', name, error.message);
  for await (const chunk of untilBroken(fileChunks(file, onRaw), onBreak)) {
    onChunk();
    splitter.push(chunk);
  }
  onChunk();
  splitter.finish();
  tally.digests.push(hash.digest('hex'));
}

/** Ends where reading fails; what goes wrong with a chunk after it was read is not its affair. */
async function* untilBroken(chunks: AsyncIterable<Buffer>, onBreak: (error: Error) => void): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    onBreak(error as Error);
  }
}
