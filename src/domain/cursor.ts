import { AppError } from './error.ts';

/** Where a page ended, as its sort key; opaque to whoever hands it back. */
export type SortKey = readonly (string | number)[];

export function cursorOf(key: SortKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key behind a cursor, checked to be of the kinds asked for. */
export function keyOf<Kinds extends readonly ('string' | 'number')[]>(
  cursor: string,
  ...kinds: Kinds
): { [Index in keyof Kinds]: Kinds[Index] extends 'string' ? string : number } {
  const key = parsed(cursor);
  if (!Array.isArray(key) || key.length !== kinds.length || kinds.some((kind, index) => !isOf(kind, key[index]))) {
    throw foreignCursor();
  }
  return key as { [Index in keyof Kinds]: Kinds[Index] extends 'string' ? string : number };
}

function isOf(kind: 'string' | 'number', value: unknown): boolean {
  return kind === 'number' ? Number.isSafeInteger(value) : typeof value === kind;
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

export function foreignCursor(): AppError {
  return new AppError('malformed', 'the cursor is not one this list gave out', {
    place: '?cursor',
    remedy: 'follow the `next` of an answer, or begin without a cursor',
  });
}
