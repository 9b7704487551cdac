import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newToken } from './api/token.ts';
import { AppError } from './domain/error.ts';
import { DEFAULT_TENANT, type RecordStore } from './domain/record-store.ts';

const FILE = 'admin-token';

/** The first start makes an `admin` token and leaves it in the data folder, for its owner alone; answers where, or null. */
export async function makeFirstToken(records: RecordStore, folder: string, nowMs: number): Promise<string | null> {
  if ((await records.tokens()).length > 0) return null;
  const { record, secret } = newToken(DEFAULT_TENANT, 'first start', ['admin'], nowMs);
  const file = join(folder, FILE);
  // Written first: a token nobody can read would lock everyone out.
  writeSecret(folder, file, secret);
  await records.addToken(record);
  return file;
}

function writeSecret(folder: string, file: string, secret: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: existsSync(file) ? 'w' : 'wx' });
  } catch (cause) {
    throw new AppError('configuration', `cannot write the first token to ${file}: ${(cause as Error).message}`, {
      place: file,
      remedy: 'let this user write to the data folder, or name another with POSTFLIGHT_DATA',
      cause,
    });
  }
}

/** Beyond loopback somebody has to be able to say who they are. */
export async function requireToken(records: RecordStore): Promise<void> {
  const valid = (await records.tokens()).filter(({ revokedMs }) => revokedMs === null);
  if (valid.length > 0) return;
  throw new AppError('configuration', 'listening beyond loopback needs a token that is not revoked', {
    place: 'POSTFLIGHT_LISTEN',
    remedy: 'listen on 127.0.0.1, make a token there, then start again',
  });
}
