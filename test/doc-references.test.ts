import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

function documents(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(folder, entry.name));
}

const pages = [
  ...documents('.'),
  ...documents('docs'),
  ...documents('docs/decisions'),
  ...documents('examples/dten'),
  ...documents('test/scenarios'),
];

/** Paths in links and in code spans that look like files of this repository. */
function referencesOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map((match) => match[1]!)
    .filter((path) => !/^[a-z]+:/.test(path));
  const spans = [...text.matchAll(/`((?:src|test|docs|examples|bench|bin|\.ci)\/[\w./-]*)`/g)].map(
    (match) => match[1]!,
  );
  return [...links.map((link) => join(dirname(page), link)), ...spans];
}

describe('documentation', () => {
  it.each(pages)('%s points only at files that exist', (page) => {
    expect(referencesOf(page).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = pages.flatMap((page) =>
      [...readFileSync(join(ROOT, page), 'utf8').matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]!),
    );
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
  });

  it('keeps ARCHITECTURE.md to what a newcomer reads in one go', () => {
    expect(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(150);
  });
});
