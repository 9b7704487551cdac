import { type Dirent, promises as files } from 'node:fs';
import { resolve } from 'node:path';

const WILDCARD = /[*?]/;
const ANY_DEPTH = '**';

/**
 * Paths that match a pattern with `*`, `?` and, as a whole segment, `**`, resolved against a folder; sorted by code unit.
 * Wildcards match no folders as files, no names that begin with a dot, and follow no links to folders.
 */
export async function matchFiles(pattern: string, folder: string): Promise<string[]> {
  const segments = pattern.split('/').filter((segment, index) => segment !== '' || index === 0);
  const fromRoot = segments[0] === '';
  const found = new Set<string>();
  await walk(fromRoot ? '/' : resolve(folder), fromRoot ? segments.slice(1) : segments, found);
  return [...found].sort();
}

async function walk(folder: string, segments: readonly string[], found: Set<string>): Promise<void> {
  const wild = segments.findIndex((segment) => WILDCARD.test(segment));
  if (wild < 0) {
    await addIfPresent(resolve(folder, ...segments), found);
    return;
  }
  const base = resolve(folder, ...segments.slice(0, wild));
  const segment = segments[wild]!;
  const rest = segments.slice(wild + 1);
  if (segment === ANY_DEPTH) await walkAnyDepth(base, rest, found);
  else await walkMatching(base, segment, rest, found);
}

async function walkMatching(base: string, segment: string, rest: readonly string[], found: Set<string>): Promise<void> {
  const form = segmentForm(segment);
  for (const entry of await entriesOf(base)) {
    if (!form.test(entry.name)) continue;
    const path = resolve(base, entry.name);
    if (rest.length > 0) await walk(path, rest, found);
    else if (!(await isFolder(path, entry))) found.add(path);
  }
}

async function walkAnyDepth(base: string, rest: readonly string[], found: Set<string>): Promise<void> {
  await walk(base, rest.length === 0 ? ['*'] : rest, found);
  for (const entry of await entriesOf(base)) {
    if (entry.isDirectory() && !entry.name.startsWith('.')) await walkAnyDepth(resolve(base, entry.name), rest, found);
  }
}

function segmentForm(segment: string): RegExp {
  const body = segment
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${segment.startsWith('.') ? '' : '(?!\\.)'}${body}$`, 'su');
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return files.readdir(folder, { withFileTypes: true }).catch(() => []);
}

async function isFolder(path: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const target = await files.stat(path).catch(() => null);
  return target?.isDirectory() ?? false;
}

/** A link counts as present even where its target is not: reading it then says so. */
async function addIfPresent(path: string, found: Set<string>): Promise<void> {
  const entry = await files.lstat(path).catch(() => null);
  if (entry !== null) found.add(path);
}
