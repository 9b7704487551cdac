import type { CallGraph } from '../../call-graph.ts';
import type { Finding } from '../../comparing/comparing.ts';
import type { Places } from './places.ts';

/**
 * How much of what `name` added to an indicator it added itself: its move beyond that of what it calls (self time against
 * time spent in callees), in [0, 1]; null where the same indicator did not get worse at both, so that nothing can be taken off.
 */
export function ownPart(name: string, finding: Finding, places: Places, graph: CallGraph): number | null {
  const whole = largestMove(name, finding, places);
  const direct = [...graph.calleesOf(name)].filter((callee) => callee !== name);
  const spent = direct.reduce((sum, callee) => sum + (largestMove(callee, finding, places) ?? 0), 0);
  const deeper = [...graph.reachedFrom(name, null)]
    .filter((callee) => callee !== name)
    .map((callee) => largestMove(callee, finding, places) ?? 0);
  const explained = Math.max(spent, ...deeper);
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
