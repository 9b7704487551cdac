import { decodeChange } from './change-document.ts';
import type { Change } from './upgrade.ts';
import { formatInstant } from './window.ts';

/**
 * Changes a document lists, then those announced beside it (entries of `spec.changes`, in order of time). An identifier of the
 * document means the document's change. What is announced again as it stood is the same change, begun when first announced;
 * what is announced otherwise is another one, told apart by its time, so that no candidate is lost.
 */
export function withAnnounced(stated: readonly Change[], announced: readonly string[]): Change[] {
  const ofDocument = new Set(stated.map(({ id }) => id));
  const taken = new Set(ofDocument);
  const standing = new Map<string, string>();
  const changes = [...stated];
  for (const entry of announced) {
    const change = decodeChange(entry, 'an announced change');
    const said = JSON.stringify({ ...change, atMs: null });
    if (ofDocument.has(change.id) || standing.get(change.id) === said) continue;
    standing.set(change.id, said);
    const id = freeId(change, taken);
    taken.add(id);
    changes.push({ ...change, id });
  }
  return changes;
}

function freeId({ id, atMs }: Change, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id;
  const timed = atMs === null ? id : `${id} ${formatInstant(atMs)}`;
  let free = timed;
  for (let count = 2; taken.has(free); count++) free = `${timed} (${count})`;
  return free;
}
