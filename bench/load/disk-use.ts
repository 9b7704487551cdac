import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const BLOCK_BYTES = 512;

/** Bytes that a folder takes on the disk: allocated blocks, so that files made larger in advance do not count. */
export function diskBytesOf(folder: string): number {
  let bytes = 0;
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += diskBytesOf(path);
    else bytes += allocatedBytes(path);
  }
  return bytes;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** A server may drop a file between listing and asking. */
function allocatedBytes(path: string): number {
  try {
    return lstatSync(path).blocks * BLOCK_BYTES;
  } catch {
    return 0;
  }
}
