import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TelemetrySource } from '../../../src/domain/upgrade.ts';
import { FILE_FORMATS } from '../../../src/ingest/formats/index.ts';
import { readSources, SOURCES, type SourceReader } from '../../../src/ingest/sources/index.ts';
import { RecordingSink } from '../formats/recording-sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('readSources', () => {
  it('reads all OTLP patterns of a document as one set of files', async () => {
    writeFileSync(join(folder, 'a.jsonl'), '{"resourceMetrics":[]}\n');
    writeFileSync(join(folder, 'b.jsonl'), '{"resourceSpans":[]}\n');
    const sources: TelemetrySource[] = [
      { kind: 'otlp', pattern: 'a.jsonl' },
      { kind: 'otlp', pattern: '*.jsonl' },
    ];
    const summary = await readSources(sources, folder, new RecordingSink());
    expect(summary).toMatchObject({ files: 2, lines: 2, rows: 0 });
  });

  it('knows every format of the registry as a kind of source', () => {
    for (const { name } of FILE_FORMATS) expect(SOURCES.has(name)).toBe(true);
  });

  it('calls the reader of each kind once with all its sources and adds up what they read', async () => {
    writeFileSync(join(folder, 'a.jsonl'), '{"resourceMetrics":[]}\n');
    const asked: (readonly TelemetrySource[])[] = [];
    const told: number[][] = [];
    const other: SourceReader = async (sources, _folder, _sink, { onProgress }) => {
      asked.push(sources);
      onProgress?.({ bytesRead: 10, bytesTotal: 10 });
      return { bytes: 10, lines: 2, rows: 5, digests: ['0'], unmatched: [], unopened: [], firstRefusal: null };
    };
    const server = { kind: 'prometheus', url: 'http://127.0.0.1:9090' } as const;
    const other9091 = { kind: 'prometheus', url: 'http://127.0.0.1:9091' } as const;
    const summary = await readSources(
      [server, { kind: 'otlp', pattern: 'a.jsonl' }, other9091],
      folder,
      new RecordingSink(),
      { onProgress: ({ bytesRead, bytesTotal }) => told.push([bytesRead, bytesTotal]) },
      new Map([...SOURCES, ['prometheus', other]]),
    );
    expect(asked).toEqual([[server, other9091]]);
    expect(summary).toMatchObject({ files: 2, bytes: 33, lines: 3, rows: 5 });
    expect([told[0], told.at(-1)]).toEqual([
      [10, 10],
      [33, 33],
    ]);
  });

  it('refuses a kind of source it does not know before it reads anything, and says what to do instead', async () => {
    const sources: TelemetrySource[] = [
      { kind: 'otlp', pattern: 'a.jsonl' },
      { kind: 'openmetrics', pattern: 'before.txt' },
    ];
    const sink = new RecordingSink();
    const readers = new Map([...SOURCES].filter(([kind]) => kind === 'otlp'));
    await expect(readSources(sources, folder, sink, {}, readers)).rejects.toMatchObject({
      name: 'AppError',
      code: 'document',
      message: expect.stringContaining('openmetrics'),
      remedy: expect.stringContaining('OTLP JSON lines'),
    });
  });

  it('refuses a server where the document does not say from when on it is to be read', async () => {
    const source: TelemetrySource = { kind: 'prometheus', url: 'http://127.0.0.1:9090' };
    const wanted = { startMs: null, endMs: null, indicators: [] };
    await expect(readSources([source], folder, new RecordingSink(), { wanted })).rejects.toMatchObject({
      code: 'document',
      place: 'spec.baseline',
    });
  });

  it('refuses a document without telemetry', async () => {
    await expect(readSources([], folder, new RecordingSink())).rejects.toMatchObject({ code: 'document' });
  });
});
