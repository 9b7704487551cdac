import type { NamedSuspect } from './answer.ts';

/** Suspects as groups of ties, best first: by rank, cleared ones last; neighbours of equal score or rank are tied. */
export function tieGroups(suspects: readonly NamedSuspect[]): NamedSuspect[][] {
  const isCleared = (suspect: NamedSuspect): number => (suspect.verdict === 'cleared' ? 1 : 0);
  const ordered = [...suspects].sort((a, b) => isCleared(a) - isCleared(b) || a.rank - b.rank);
  const groups: NamedSuspect[][] = [];
  for (const suspect of ordered) {
    const last = groups.at(-1);
    const previous = last?.at(-1);
    const tied =
      previous !== undefined &&
      isCleared(previous) === isCleared(suspect) &&
      (previous.score === suspect.score || previous.rank === suspect.rank);
    if (tied) last?.push(suspect);
    else groups.push([suspect]);
  }
  return groups;
}

/**
 * Rank of the best true cause when ties fall out as badly as they can; candidates nobody listed come after everything.
 * Infinity where none of the true ones is a candidate.
 */
export function worstRank(
  causes: ReadonlySet<string>,
  groups: readonly (readonly string[])[],
  everything: readonly string[],
): number {
  const listed = new Set<string>();
  let seen = 0;
  for (const group of [...groups, everything]) {
    const fresh = [...new Set(group)].filter((name) => !listed.has(name));
    for (const name of fresh) listed.add(name);
    const hits = fresh.filter((name) => causes.has(name)).length;
    if (hits > 0) return seen + fresh.length - hits + 1;
    seen += fresh.length;
  }
  return Number.POSITIVE_INFINITY;
}
