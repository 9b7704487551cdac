import type { CallEdge } from '../../domain/cells.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { textKey } from './identity.ts';

/** Every call once, in order. An edge with an unknown callee gives way to the same edge with a known one. */
export function callEdges(edges: readonly CallEdge[]): CallEdge[] {
  const byPlace = new Map<string, Map<string | null, CallEdge>>();
  for (const edge of edges) {
    const place = `${textKey(edge.service)}${textKey(edge.endpoint)}${textKey(edge.peer)}`;
    const known = byPlace.get(place) ?? new Map<string | null, CallEdge>();
    byPlace.set(place, known);
    if (!known.has(edge.calleeService)) known.set(edge.calleeService, edge);
  }
  const distinct: CallEdge[] = [];
  for (const known of byPlace.values()) {
    if (known.size > 1) known.delete(null);
    distinct.push(...known.values());
  }
  return distinct.sort(compareEdges);
}

function compareEdges(a: CallEdge, b: CallEdge): number {
  return (
    compareTexts(a.service, b.service) ||
    compareTexts(a.endpoint, b.endpoint) ||
    compareTexts(a.peer, b.peer) ||
    compareTexts(a.calleeService, b.calleeService)
  );
}
