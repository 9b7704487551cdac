import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchFiles } from '../../../src/ingest/sources/file-pattern.ts';

const root = mkdtempSync(join(tmpdir(), 'file-pattern-'));
const folder = join(root, 'case');

beforeAll(() => {
  const files = [
    'case/a.jsonl',
    'case/b.jsonl.gz',
    'case/B.jsonl',
    'case/.hidden.jsonl',
    'case/t/one.jsonl',
    'case/t/u/two.jsonl',
  ];
  for (const file of [...files, 'case/odd [1].jsonl', 'shared/base.jsonl', 'case/.git/x.jsonl']) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  mkdirSync(join(folder, 'empty.jsonl'));
  symlinkSync(folder, join(folder, 't/loop'));
  symlinkSync(join(root, 'nowhere'), join(folder, 'broken.jsonl'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('matchFiles', () => {
  it.each([
    ['a.jsonl', ['a.jsonl']],
    ['./a.jsonl', ['a.jsonl']],
    ['*.jsonl', ['B.jsonl', 'a.jsonl', 'broken.jsonl', 'odd [1].jsonl']],
    ['?.jsonl*', ['B.jsonl', 'a.jsonl', 'b.jsonl.gz']],
    ['odd [1].jsonl', ['odd [1].jsonl']],
    ['odd [?].jsonl', ['odd [1].jsonl']],
    ['t/*', ['t/one.jsonl']],
    ['*/*.jsonl', ['t/one.jsonl']],
    ['**/*.jsonl', ['B.jsonl', 'a.jsonl', 'broken.jsonl', 'odd [1].jsonl', 't/one.jsonl', 't/u/two.jsonl']],
    ['t/**', ['t/one.jsonl', 't/u/two.jsonl']],
    ['.*.jsonl', ['.hidden.jsonl']],
    ['../shared/*.jsonl', ['../shared/base.jsonl']],
    ['empty.jsonl', ['empty.jsonl']],
    ['broken.jsonl', ['broken.jsonl']],
    ['none/*.jsonl', []],
    ['a.jsonl/*', []],
    ['missing.jsonl', []],
  ])('%s matches %j', async (pattern, expected) => {
    const matched = await matchFiles(pattern, folder);
    expect(matched.map((path) => relative(folder, path))).toEqual(expected);
  });

  it('takes absolute patterns as they are', async () => {
    expect(await matchFiles(join(root, 'shared/*'), folder)).toEqual([join(root, 'shared/base.jsonl')]);
  });
});
