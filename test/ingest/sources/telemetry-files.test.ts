import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../../src/domain/error.ts';
import { type ReadingOptions, readSources } from '../../../src/ingest/sources/index.ts';
import { RecordingSink } from '../formats/recording-sink.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'otlp-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function gauge(value: number): string {
  const dataPoints = [{ timeUnixNano: '1795140000000000000', asInt: String(value) }];
  return JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints } }] }] }] });
}

function source(pattern: string) {
  return { kind: 'otlp', pattern } as const;
}

async function read(patterns: string[], options: ReadingOptions = {}) {
  const sink = new RecordingSink();
  const summary = await readSources(patterns.map(source), folder, sink, options);
  return { ...summary, sink, values: sink.calls.map((call) => call.at(-1)) };
}

function write(name: string, content: string | Buffer): void {
  writeFileSync(join(folder, name), content);
}

async function failure(reading: Promise<unknown>): Promise<AppError> {
  return (await reading.then(
    () => expect.fail('it was read'),
    (error: unknown) => error,
  )) as AppError;
}

describe('files of telemetry', () => {
  it('reads plain and gzip files in the order of their names, told apart by content', async () => {
    write('b.jsonl', gzipSync(`${gauge(3)}\n`));
    write('a.jsonl.gz', `${gauge(1)}\n${gauge(2)}\n`);
    const { values, files, lines, rows, sink } = await read(['*.jsonl', '*.jsonl.gz', 'b.jsonl']);
    expect(values).toEqual([1, 2, 3]);
    expect({ files, lines, rows }).toEqual({ files: 2, lines: 3, rows: 3 });
    expect(sink.rejections).toEqual([]);
  });

  it('reads a byte order mark, CRLF, empty lines and a last line without a line feed', async () => {
    write('a.jsonl', `\ufeff${gauge(1)}\r\n\r\n\n${gauge(2)}\r\n${gauge(3)}`);
    const { values, lines, sink } = await read(['a.jsonl']);
    expect([values, lines, sink.rejections]).toEqual([[1, 2, 3], 3, []]);
  });

  it('reads concatenated gzip members as one stream, lines across them included', async () => {
    const text = Array.from({ length: 300 }, (_, index) => gauge(index)).join('\n');
    const half = Math.floor(text.length / 2);
    write('a.gz', Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half)), gzipSync('')]));
    const { values, sink } = await read(['a.gz']);
    expect(values).toEqual(Array.from({ length: 300 }, (_, index) => index));
    expect(sink.rejections).toEqual([]);
  });

  it('reads lines longer than any chunk', async () => {
    const point = (value: number) => ({ timeUnixNano: '1795140000000000000', asInt: String(value) });
    const dataPoints = Array.from({ length: 60_000 }, (_, index) => point(index));
    const line = gauge(0).replace(/"dataPoints":\[.*?\]/, `"dataPoints":${JSON.stringify(dataPoints)}`);
    write('a.jsonl', `${line}\n${gauge(7)}`);
    write('b.gz', gzipSync(line));
    const { rows, values } = await read(['a.jsonl', 'b.gz']);
    expect([rows, values[59_999], values[60_000], values[120_000]]).toEqual([120_001, 59_999, 7, 59_999]);
  });

  it('uses what can be read of a truncated gzip file and says that it ends early', async () => {
    const text = Array.from({ length: 2000 }, (_, index) => gauge(index * 7919)).join('\n');
    const packed = gzipSync(text);
    for (const length of [packed.length - 1, packed.length - 9, Math.floor(packed.length / 2)]) {
      write('a.gz', packed.subarray(0, length));
      const { values, sink } = await read(['a.gz']);
      expect(sink.codes.filter((code) => code === 'truncated-file')).toHaveLength(1);
      expect(values.length).toBeGreaterThan((2000 * length) / packed.length / 2);
      expect(values).toEqual(Array.from({ length: values.length }, (_, index) => index * 7919));
    }
  });

  it('survives a gzip file cut anywhere, or damaged', async () => {
    const packed = gzipSync(`${gauge(1)}\n${gauge(2)}\n`);
    write('whole.jsonl', gauge(0));
    for (let length = 2; length < packed.length; length += 3) {
      write('a.gz', packed.subarray(0, length));
      expect((await read(['a.gz', 'whole.jsonl'])).sink.codes).toContain('truncated-file');
    }
    const damaged = Buffer.from(packed);
    damaged[20]! ^= 0xff;
    write('a.gz', damaged);
    expect((await read(['a.gz', 'whole.jsonl'])).sink.codes).toContain('truncated-file');
  });

  it('uses every line of complete gzip members that something else follows, and says so', async () => {
    for (const lines of [3, 9000]) {
      const text = Array.from({ length: lines }, (_, index) => `${gauge(index * 7919)}\n`).join('');
      write(
        'a.gz',
        Buffer.concat([gzipSync(text), gzipSync(`${gauge(1)}\n`), Buffer.from('no gzip member '.repeat(9))]),
      );
      const { values, sink } = await read(['a.gz']);
      expect(values).toEqual([...Array.from({ length: lines }, (_, index) => index * 7919), 1]);
      expect(sink.rejections).toEqual([
        { code: 'truncated-file', where: 'a.gz', detail: expect.stringContaining('complete gzip member') },
      ]);
    }
  });

  it('uses everything that comes before a damaged byte of a gzip file', async () => {
    const values = Array.from({ length: 9000 }, (_, index) => (index * 2654435761) % 4294967296);
    const packed = gzipSync(values.map((value) => `${gauge(value)}\n`).join(''));
    const damaged = Buffer.from(packed);
    damaged[packed.length - 6]! ^= 0xff;
    write('a.gz', damaged);
    expect((await read(['a.gz'])).values).toEqual(values);
    for (const place of [packed.length - 400, Math.floor(packed.length / 2)]) {
      const broken = Buffer.from(packed);
      broken.fill(0xff, place, place + 200);
      write('a.gz', packed.subarray(0, place));
      const before = (await read(['a.gz'])).values;
      write('a.gz', broken);
      const { values: used, sink } = await read(['a.gz']);
      expect(before.length).toBeGreaterThan(4000);
      expect(used.slice(0, before.length)).toEqual(before);
      expect(sink.codes).toContain('truncated-file');
    }
  });

  it('names file and line of what it refuses, relative to the folder', async () => {
    mkdirSync(join(folder, 'telemetry'));
    write('telemetry/a.jsonl', `${gauge(1)}\n\nnot json\n`);
    const { sink } = await read(['telemetry/*']);
    expect(sink.rejections.map(({ code, where }) => [code, where])).toEqual([['not-json', 'telemetry/a.jsonl:3']]);
  });

  it('digests the bytes on disk: SHA-256 over the sorted SHA-256 of the files', async () => {
    const contents = [gzipSync(gauge(1)), Buffer.from(gauge(2)), Buffer.from('')];
    for (const [index, content] of contents.entries()) write(`${index}.jsonl`, content);
    const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');
    const { digest, bytes } = await read(['*.jsonl']);
    expect(digest).toBe(sha256(contents.map(sha256).sort().join('\n')));
    expect(bytes).toBe(contents.reduce((total, content) => total + content.length, 0));
  });

  it('refuses patterns none of which has files, naming pattern, folder and remedy', async () => {
    const error = await failure(read(['telemetry/*.gz', '*.jsonl']));
    expect(error).toMatchObject({ name: 'AppError', code: 'unreadable', place: 'telemetry/*.gz' });
    for (const named of ['telemetry/*.gz', '*.jsonl', folder]) expect(error.message).toContain(named);
    expect(error.remedy).toMatch(/relative to the upgrade document/);
  });

  it('reports a pattern without files among others and reads on', async () => {
    write('a.jsonl', gauge(1));
    const { values, sink } = await read(['telemetry/*.gz', 'a.jsonl', 'telemetry/*.gz']);
    expect(values).toEqual([1]);
    expect(sink.rejections).toEqual([
      { code: 'unreadable-file', where: 'telemetry/*.gz', detail: 'no file matches "telemetry/*.gz"' },
    ]);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['lines that are not JSON', 'garbage\nmore\n', /a\.jsonl:1.*byte/],
    ['JSON that is not telemetry', '\n{"resourceProfiles":[]}\n', /a\.jsonl:2.*resourceMetrics/],
    ['the beginning of a gzip file', gzipSync(gauge(1)).subarray(0, 12), /a\.jsonl.*end of file/],
  ])('refuses %s where nothing else is read, naming the first place and the reason', async (_, content, message) => {
    write('a.jsonl', content);
    write('b.jsonl', '');
    const error = await failure(read(['*.jsonl']));
    expect(error).toMatchObject({ code: 'unreadable', message: expect.stringMatching(message) });
  });

  it('takes empty files and empty lines for no data', async () => {
    write('a.jsonl', '');
    write('b.jsonl', '\n \n');
    write('c.jsonl', gzipSync(''));
    const { rows, files, sink } = await read(['*.jsonl']);
    expect([rows, files, sink.rejections]).toEqual([0, 3, []]);
  });

  it('reports an unreadable file among readable ones, and fails where none is readable', async () => {
    mkdirSync(join(folder, 'folder.jsonl'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'broken.jsonl'));
    write('a.jsonl', gauge(1));
    const { sink, files } = await read(['a.jsonl', 'folder.jsonl', 'broken.jsonl']);
    expect(files).toBe(1);
    expect(sink.rejections.map(({ code, where }) => [code, where])).toEqual([
      ['unreadable-file', 'broken.jsonl'],
      ['unreadable-file', 'folder.jsonl'],
    ]);
    const error = await failure(read(['folder.jsonl', 'broken.jsonl']));
    expect(error).toMatchObject({ code: 'unreadable', message: expect.stringContaining('folder.jsonl') });
  });

  it('stops when it is interrupted', async () => {
    write('a.gz', gzipSync(`${gauge(1)}\n`.repeat(50_000)));
    const controller = new AbortController();
    const reading = read(['a.gz'], { signal: controller.signal, onProgress: () => controller.abort() });
    expect(await failure(reading)).toMatchObject({ name: 'AppError', code: 'interrupted' });
  });

  it('tells progress in bytes on disk, up to the total', async () => {
    write('a.jsonl', `${gauge(1)}\n`.repeat(20_000));
    const told: number[] = [];
    let total = 0;
    const { bytes } = await read(['a.jsonl'], {
      onProgress: ({ bytesRead, bytesTotal }) => {
        told.push(bytesRead);
        total = bytesTotal;
      },
    });
    expect([told.at(-1), total]).toEqual([bytes, bytes]);
    expect(told).toEqual([...told].sort((left, right) => left - right));
  });

  it('lets a defect of its consumer through', async () => {
    write('a.jsonl', gauge(1));
    const sink = new RecordingSink();
    sink.numberPoint = () => {
      throw new TypeError('defect');
    };
    await expect(readSources([source('a.jsonl')], folder, sink)).rejects.toThrow('defect');
  });
});
