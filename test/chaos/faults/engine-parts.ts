import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** `<partition>_<first block>_<last block>_<level>`: what was merged holds the blocks of what it was made of. */
const PART = /^(.+)_(\d+)_(\d+)_(\d+)$/;

interface Part {
  readonly partition: string;
  readonly first: number;
  readonly last: number;
}

/** Whether parts were merged and all they were made of is gone, in an embedded engine's folder. */
export function areSourcesRemoved(engineFolder: string): boolean {
  const tables = tableFolders(join(engineFolder, 'store')).map(partsIn);
  const hasMerged = tables.some((parts) => parts.some(({ first, last }) => first < last));
  return hasMerged && tables.every((parts) => parts.every((part) => parts.every((other) => !isWithin(part, other))));
}

function isWithin(part: Part, other: Part): boolean {
  if (part === other || part.partition !== other.partition) return false;
  return other.first <= part.first && part.last <= other.last;
}

function partsIn(folder: string): Part[] {
  return readdirSync(folder).flatMap((name) => {
    const [, partition, first, last] = PART.exec(name) ?? [];
    const isPart = partition !== undefined && !/^(tmp|delete_tmp)_/.test(name);
    return isPart ? [{ partition, first: Number(first), last: Number(last) }] : [];
  });
}

function tableFolders(store: string): string[] {
  if (!existsSync(store)) return [];
  return readdirSync(store)
    .map((prefix) => join(store, prefix))
    .flatMap((folder) => readdirSync(folder).map((table) => join(folder, table)));
}
