import type { CallGraph } from '../../call-graph.ts';
import type { Finding } from '../../comparing/comparing.ts';
import { isTime, type Place, type Places } from './places.ts';

/**
 * How much of what `name` added to an indicator it added itself: its move beyond that of what it calls (self time against
 * time spent in callees), in [0, 1]. The finding's indicator first, else any that got worse at both; null where none did.
 */
export function ownPart(name: string, finding: Finding, places: Places, graph: CallGraph): number | null {
  for (const one of [finding, ...places.at(name).regressed]) {
    const part = ownPartOfIndicator(name, one, places, graph);
    if (part !== null) return part;
  }
  return null;
}

/** Shares of requests do not add up along calls: one request makes many, and fails with any of them. */
function ownPartOfIndicator(name: string, finding: Finding, places: Places, graph: CallGraph): number | null {
  if (!isTime(finding)) return null;
  const moveAt = (callee: string): number => (callee === name ? 0 : (largestMove(callee, finding, places) ?? 0));
  const whole = largestMove(name, finding, places);
  const spent = [...graph.calleesOf(name)].reduce((sum, callee) => sum + moveAt(callee), 0);
  const explained = Math.max(spent, ...[...graph.reachedFrom(name, null)].map(moveAt));
  return whole === null || whole === 0 || explained === 0 ? null : Math.max(0, 1 - explained / whole);
}

/** Largest move of the finding's indicator among what got worse at a place; null where it did not. */
export function largestMove(name: string, finding: Finding, places: Places): number | null {
  const moves = places
    .at(name)
    .regressed.filter((other) => other.indicator.name === finding.indicator.name)
    .map(moveOf);
  return moves.length === 0 ? null : Math.max(...moves);
}

export function moveOf({ comparison: { baseline, post } }: Finding): number {
  return baseline === null || post === null ? 0 : Math.abs(post - baseline);
}

/** The most that a place can have added to the finding's indicator, by the ends of its intervals; null where it is not measured. */
export function mostAdded({ views }: Place, finding: Finding): number | null {
  const same = views.filter((view) => view.finding.indicator.name === finding.indicator.name);
  const ends = same.map(({ finding: { comparison } }) => {
    const { effect, baseline, better } = comparison;
    if (effect === null || baseline === null) return Number.POSITIVE_INFINITY;
    const end = better === 'higher' ? -effect.low : effect.high;
    return Math.max(0, effect.kind === 'relative' ? end * Math.abs(baseline) : end);
  });
  return ends.length === 0 ? null : Math.max(...ends);
}
