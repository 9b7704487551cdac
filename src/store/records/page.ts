import { cursorOf, type SortKey } from '../../domain/cursor.ts';
import type { Page } from '../../domain/record-store.ts';

/** Of `limit + 1` rows asked for, the last only says that there are more. */
export function pageOf<Row>(rows: Row[], limit: number, sortKey: (row: Row) => SortKey): Page<Row> {
  if (rows.length <= limit) return { rows, next: null };
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return { rows: kept, next: last === undefined ? null : cursorOf(sortKey(last)) };
}
