import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TelemetrySource } from '../../../src/domain/upgrade.ts';
import { readSources } from '../../../src/ingest/sources/index.ts';
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

  it.each<TelemetrySource>([
    { kind: 'prometheus', url: 'http://127.0.0.1:9090' },
    { kind: 'openmetrics', pattern: 'before.txt' },
  ])('refuses a $kind source before it reads anything, and says what to do instead', async (source) => {
    const sink = new RecordingSink();
    const reading = readSources([{ kind: 'otlp', pattern: 'a.jsonl' }, source], folder, sink);
    await expect(reading).rejects.toMatchObject({
      name: 'AppError',
      code: 'document',
      message: expect.stringContaining(source.kind),
      remedy: expect.stringContaining('OTLP JSON lines'),
    });
  });

  it('refuses a document without telemetry', async () => {
    await expect(readSources([], folder, new RecordingSink())).rejects.toMatchObject({ code: 'document' });
  });
});
