import { effectMagnitude } from '../domain/quantities.ts';
import type { Comparison } from '../domain/report.ts';
import type { ComparisonGroups } from './overview.ts';

/** More kinds of effects than this would be a table, not half a sentence. */
const MOST_KINDS = 2;

/** What is claimed of the comparisons without a regression, and how small a move the claim reaches down to. */
export function withinMarginWords(groups: ComparisonGroups): string {
  const seen = sensitivityWords(groups['no-regression']);
  return `no regression, shown to stay within the margin${seen === null ? '' : `; ${seen}`}`;
}

/**
 * What could have been seen where nothing was: the middle and the worst of the smallest visible moves, apart for relative
 * effects and for each unit of absolute ones. Null where no comparison says.
 */
export function sensitivityWords(comparisons: readonly Comparison[]): string | null {
  const kinds = [...byKind(comparisons).values()]
    .sort((left, right) => right.length - left.length)
    .slice(0, MOST_KINDS)
    .map(middleAndWorst);
  return kinds.length === 0 ? null : `moves of ${kinds.join(' and of ')} would have been seen`;
}

interface Visible {
  readonly smallest: number;
  readonly words: string;
}

function byKind(comparisons: readonly Comparison[]): ReadonlyMap<string, readonly Visible[]> {
  const kinds = new Map<string, Visible[]>();
  for (const comparison of comparisons) {
    const smallest = comparison.working?.smallest_visible ?? null;
    if (comparison.effect === null || smallest === null) continue;
    const { kind } = comparison.effect;
    const key = kind === 'relative' ? kind : `${kind} ${comparison.unit}`;
    const visible = { smallest, words: effectMagnitude(kind, comparison)(Number(smallest.toPrecision(2))) };
    const others = kinds.get(key);
    if (others === undefined) kinds.set(key, [visible]);
    else others.push(visible);
  }
  return kinds;
}

function middleAndWorst(visible: readonly Visible[]): string {
  const ordered = [...visible].sort((left, right) => left.smallest - right.smallest);
  const middle = ordered[Math.floor(ordered.length / 2)]!.words;
  const worst = ordered.at(-1)!.words;
  return middle === worst ? middle : `${middle} (worst ${worst})`;
}
