import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client/sqlite3';
import { AppError } from '../../domain/error.ts';
import { codeOf } from './driver-error.ts';

export interface DirectoryLock {
  release(): void;
}

/**
 * Makes the folder, where it is missing, and takes it for this process alone. The lock is a write transaction on an empty
 * database: the kernel drops it with the process that dies, and nothing takes it from one that is only slow.
 */
export async function lockDirectory(folder: string): Promise<DirectoryLock> {
  const owner = join(folder, 'lock.pid');
  // Never open lock.db in another way: closing any file handle on it drops the lock of the whole process.
  const client = openLock(folder);
  try {
    const transaction = await client.transaction('write');
    writeFileSync(owner, `${process.pid}\n`);
    return {
      release: () => {
        transaction.close();
        client.close();
      },
    };
  } catch (error) {
    client.close();
    if (codeOf(error) !== 'SQLITE_BUSY') throw unusable(folder, error);
    throw new AppError('configuration', `${folder} is in use by ${ownerIn(owner)}`, {
      place: folder,
      remedy:
        'where that is the service itself, all is well: its data folder can be tried only while it is stopped; else stop that process, or give this one a folder of its own with POSTFLIGHT_DATA',
    });
  }
}

function openLock(folder: string) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return createClient({ url: pathToFileURL(join(folder, 'lock.db')).href, concurrency: 1 });
  } catch (error) {
    throw unusable(folder, error);
  }
}

function unusable(folder: string, cause: unknown): AppError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new AppError('configuration', `${folder} cannot be used as the data folder${why}`, {
    place: folder,
    remedy: 'check that it is a folder this user may write to, on a disk with free space that supports file locks',
    cause,
  });
}

function ownerIn(file: string): string {
  try {
    return `process ${readFileSync(file, 'utf8').trim()}`;
  } catch {
    return 'another process';
  }
}
