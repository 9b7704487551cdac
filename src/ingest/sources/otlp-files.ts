import { createHash } from 'node:crypto';
import { promises as files } from 'node:fs';
import { relative, sep } from 'node:path';
import { AppError } from '../../domain/error.ts';
import type { TelemetrySink } from '../../domain/telemetry.ts';
import type { LineDecoder } from '../formats/format.ts';
import { otlpJson } from '../formats/otlp-json.ts';
import { fileChunks } from './file-chunks.ts';
import { matchFiles } from './file-pattern.ts';
import { LINE_BYTES_LIMIT, LineSplitter } from './line-splitter.ts';

/** Bytes are counted on disk, over all files. */
export interface ReadingProgress {
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

export interface ReadingOptions {
  readonly onProgress?: (progress: ReadingProgress) => void;
  readonly signal?: AbortSignal;
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

/** What reading one file adds to. */
interface Tally {
  bytes: number;
  lines: number;
  rows: number;
  readonly digests: string[];
}

/**
 * Reads OTLP/JSON lines, plain or gzip, from the files that match the patterns, relative to a folder. A pattern without
 * files and a set of files none of which opens are errors; one bad file among good ones is a finding.
 */
export async function readOtlpFiles(
  patterns: readonly string[],
  baseFolder: string,
  sink: TelemetrySink,
  options: ReadingOptions = {},
): Promise<ReadingSummary> {
  const paths = await matchAll(patterns, baseFolder);
  const decoder = otlpJson.open(sink);
  const tally: Tally = { bytes: 0, lines: 0, rows: 0, digests: [] };
  const unreadable: string[] = [];
  const bytesTotal = await sizeOf(paths);
  const onChunk = () => {
    if (options.signal?.aborted) throw new AppError('interrupted', 'interrupted while reading telemetry');
    options.onProgress?.({ bytesRead: tally.bytes, bytesTotal });
  };
  for (const path of paths) {
    const name = relative(baseFolder, path).replaceAll(sep, '/');
    const file = await openFile(path).catch((error: unknown) => (error as Error).message);
    if (typeof file === 'string') {
      unreadable.push(`${name}: ${file}`);
      sink.reject('unreadable-file', name, file);
    } else await readFile(file, name, decoder, sink, tally, onChunk);
  }
  if (tally.digests.length === 0) throw nothingReadable(unreadable);
  const digest = sha256(tally.digests.sort().join('\n'));
  return { files: tally.digests.length, bytes: tally.bytes, lines: tally.lines, rows: tally.rows, digest };
}

async function matchAll(patterns: readonly string[], baseFolder: string): Promise<string[]> {
  const paths = new Set<string>();
  for (const pattern of patterns) {
    const matched = await matchFiles(pattern, baseFolder);
    if (matched.length === 0) {
      throw new AppError('unreadable', `no file matches "${pattern}" in ${baseFolder}`, {
        place: pattern,
        remedy: 'paths are relative to the upgrade document; check the spelling, or that the files were copied there',
      });
    }
    for (const path of matched) paths.add(path);
  }
  return [...paths].sort();
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

function nothingReadable(unreadable: readonly string[]): AppError {
  return new AppError('unreadable', `no telemetry file could be read; ${unreadable.join('; ')}`, {
    place: unreadable[0] ?? null,
    remedy: 'check that the paths are files and that this user may read them',
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
