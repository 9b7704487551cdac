import { CHANGE_KINDS } from './change-kinds.ts';
import { schemaProblems, valueAt } from './document-fields.ts';
import type { FieldPath, Problem } from './document-problem.ts';
import { documentError } from './document-problem.ts';
import type { Change } from './upgrade.ts';
import { changeField } from './upgrade-schema.ts';
import type { PlacedDocument } from './yaml-place.ts';
import { readYaml } from './yaml-place.ts';

/** A change that was announced by itself: an entry of `spec.changes` that says when. */
export interface AnnouncedChange {
  readonly change: Change;
  readonly atMs: number;
  /** The entry as it was sent, as JSON text. */
  readonly entry: string;
}

const entrySchema = changeField(CHANGE_KINDS);

/**
 * Announced changes (JSON or YAML): one entry, a list of them, or a mapping with such a list under `changes`. Throws an
 * `AppError` of code `document` that tells everything wrong with them.
 */
export function decodeChanges(text: string, place: string): AnnouncedChange[] {
  const [document, second] = readYaml(text, place);
  if (document === undefined || second !== undefined) {
    const message = document === undefined ? 'holds no change' : 'holds more than one document';
    const remedy = 'send one change, or a list of them';
    throw documentError(place, [{ line: 1, path: [], message, remedy }]);
  }
  const problems: Problem[] = [];
  const changes = entriesOf(document).flatMap((path) => decodeEntry(document, path, problems));
  if (problems.length > 0) throw documentError(place, problems);
  return changes;
}

/** The change that `entry` of an announced change holds. */
export function decodeChange(entry: string, place: string): Change {
  const [first] = decodeChanges(entry, place);
  if (first !== undefined) return first.change;
  throw documentError(place, [{ line: 1, path: [], message: 'holds no change', remedy: 'store one entry' }]);
}

function entriesOf(document: PlacedDocument): FieldPath[] {
  if (Array.isArray(document.value)) return document.value.map((_, index) => [index]);
  const list = valueAt(document.value, ['changes']);
  return Array.isArray(list) ? list.map((_, index) => ['changes', index]) : [[]];
}

function decodeEntry(document: PlacedDocument, path: FieldPath, problems: Problem[]): AnnouncedChange[] {
  const entry = valueAt(document.value, path);
  const decoded = entrySchema.safeParse(entry);
  if (!decoded.success) {
    problems.push(...schemaProblems(document, decoded.error, path));
    return [];
  }
  const { atMs } = decoded.data;
  if (atMs !== null) return [{ change: decoded.data, atMs, entry: JSON.stringify(entry) }];
  const remedy = 'add at: with the time of the change, e.g. 2026-11-20T02:40:00Z';
  problems.push({ line: document.lineOf(path), path: [...path, 'at'], message: 'is missing', remedy });
  return [];
}
