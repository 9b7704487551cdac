import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../domain/error.ts';
import { recordsFile, sqliteClient, sqliteError } from './sqlite-database.ts';

/**
 * Copies the records of a data folder to a new file, as they are at one moment, also while a service writes to them. It blocks
 * its thread for as long as the copy takes: run it in a process of its own. To restore, put the copy in place of `records.db`.
 */
export async function backUpRecords(folder: string, target: string): Promise<void> {
  const source = recordsFile(folder);
  if (!existsSync(source)) {
    throw new AppError('unreadable', `${source} does not exist`, {
      place: source,
      remedy: 'name the data folder of a service that keeps its records in SQLite',
    });
  }
  if (existsSync(target)) {
    throw new AppError('conflict', `${target} exists already`, { place: target, remedy: 'name a new file' });
  }
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  await copy(source, partial);
  sync(partial);
  renameSync(partial, target);
  sync(dirname(target));
}

async function copy(source: string, partial: string): Promise<void> {
  const client = sqliteClient(source);
  try {
    await client.execute({ sql: 'VACUUM INTO ?', args: [partial] });
  } catch (error) {
    rmSync(partial, { force: true });
    throw sqliteError(error);
  } finally {
    client.close();
  }
}

/** VACUUM INTO leaves it to the caller to make the copy durable. */
function sync(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
