import { AppError } from '../../domain/error.ts';
import type { Page } from '../../domain/record-store.ts';

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
  if (!Array.isArray(key) || key.length !== kinds.length || kinds.some((kind, index) => typeof key[index] !== kind)) {
    throw new AppError('malformed', 'the cursor is not one this list gave out', {
      place: 'cursor',
      remedy: 'follow the `next` of an answer, or begin without a cursor',
    });
  }
  return key as { [Index in keyof Kinds]: Kinds[Index] extends 'string' ? string : number };
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

/** Of `limit + 1` rows asked for, the last only says that there are more. */
export function pageOf<Row>(rows: Row[], limit: number, sortKey: (row: Row) => SortKey): Page<Row> {
  if (rows.length <= limit) return { rows, next: null };
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { rows: kept, next: last === undefined ? null : cursorOf(sortKey(last)) };
}
