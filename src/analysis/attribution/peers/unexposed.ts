import type { Change } from '../../../domain/upgrade.ts';
import { type CallGraph, vantageOf } from '../../call-graph.ts';
import type { Finding } from '../../comparing/comparing.ts';

export interface Surroundings {
  readonly findings: readonly Finding[];
  readonly graph: CallGraph;
  readonly changes: readonly Change[];
}

/** Nothing of these can be what the finding is: the same indicator of the same caller, measured alike. */
function isComparable(one: Finding, other: Finding): boolean {
  const { subject, indicator } = one;
  return (
    other !== one &&
    other.estimate !== null &&
    other.subject.service === subject.service &&
    other.indicator.name === indicator.name &&
    other.subject.measure === subject.measure &&
    other.subject.source === subject.source
  );
}

/** Seen by the one who calls: metrics of a service may name who called it as the peer. */
export function isCall({ subject }: Finding, graph: CallGraph): boolean {
  return subject.peer !== null && vantageOf(subject, graph).seenBy === 'caller';
}

/** The caller's calls to peers that nobody names and that neither lead to this one nor lie behind it: its endpoint's, else all. */
export function callsElsewhere(finding: Finding, { findings, graph, changes }: Surroundings): Finding[] {
  const { peer, endpoint } = finding.subject;
  if (peer === null) return [];
  const calls = findings.filter((other) => {
    const callee = other.subject.peer;
    if (callee === null || !isComparable(finding, other) || !isCall(other, graph) || isNamed(callee, changes, graph))
      return false;
    return !isEntwined(peer, callee, graph);
  });
  const ofEndpoint = calls.filter(({ subject }) => subject.endpoint === endpoint);
  return ofEndpoint.length > 0 ? ofEndpoint : calls;
}

/** The endpoints of the same service that are known not to reach the peer, where this one does. */
export function endpointsWithout(finding: Finding, peer: string, { findings, graph }: Surroundings): Finding[] {
  const { service, endpoint } = finding.subject;
  const reaches = (name: string | null): boolean =>
    [...graph.reachedFrom(service, name)].some((callee) => graph.isSame(callee, peer));
  if (finding.subject.peer !== null || endpoint === null || !reaches(endpoint)) return [];
  return findings.filter(
    ({ subject }, number) =>
      isComparable(finding, findings[number]!) &&
      subject.peer === null &&
      subject.endpoint !== null &&
      !reaches(subject.endpoint),
  );
}

function isNamed(callee: string, changes: readonly Change[], graph: CallGraph): boolean {
  return changes.some(({ peer, service }) =>
    [peer, service].some((name) => name !== null && graph.isSame(name, callee)),
  );
}

/** One leads to the other, or both to a third: what is slow behind them shows at both. */
function isEntwined(one: string, other: string, graph: CallGraph): boolean {
  const [behindOne, behindOther] = [graph.reachedFrom(one, null), graph.reachedFrom(other, null)];
  return (
    graph.isSame(one, other) ||
    behindOne.has(other) ||
    behindOther.has(one) ||
    [...behindOne].some((callee) => behindOther.has(callee))
  );
}
