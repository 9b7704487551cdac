import type { CallEdge } from '../domain/cells.ts';

/** Who calls whom, by service and, where spans tell, by endpoint. Built from observed calls and the document. */
export interface CallGraph {
  /** Peers and services the endpoint reaches, itself not included. */
  reachedFrom(service: string, endpoint: string | null): ReadonlySet<string>;
  /** Peers and services it calls itself. */
  calleesOf(service: string): ReadonlySet<string>;
  /** Do two names mean one callee: the same, or an address and a service that answers there? */
  isSame(one: string, other: string): boolean;
}

export function buildCallGraph(
  calls: readonly CallEdge[],
  dependencies: readonly (readonly [string, string])[],
): CallGraph {
  const byService = new Map<string, Set<string>>();
  const byEndpoint = new Map<string, Set<string>>();
  const servicesWithEndpoints = new Set<string>();
  const servicesAt = new Map<string, Set<string>>();
  for (const [caller, callee] of dependencies) add(byService, caller, callee);
  for (const edge of calls) {
    const callees = edge.calleeService === null ? [edge.peer] : [edge.peer, edge.calleeService];
    for (const callee of callees) {
      add(byService, edge.service, callee);
      if (edge.endpoint === null) continue;
      add(byEndpoint, endpointName(edge.service, edge.endpoint), callee);
      servicesWithEndpoints.add(edge.service);
    }
    if (edge.calleeService === null || edge.calleeService === edge.peer) continue;
    add(byService, edge.peer, edge.calleeService);
    add(servicesAt, edge.peer, edge.calleeService);
  }
  return {
    reachedFrom(service, endpoint) {
      const knowsEndpoint = endpoint !== null && servicesWithEndpoints.has(service);
      const first = knowsEndpoint ? byEndpoint.get(endpointName(service, endpoint)) : byService.get(service);
      return closure(first ?? new Set(), byService);
    },
    calleesOf: (service) => byService.get(service) ?? new Set(),
    isSame: (one, other) =>
      one === other || servicesAt.get(one)?.has(other) === true || servicesAt.get(other)?.has(one) === true,
  };
}

/** Where something was measured: on calls between two, or (`caller` null) at a service itself. */
export interface Vantage {
  readonly caller: string | null;
  readonly callee: string;
  /** Seen by the one who calls, or by the one who answers. */
  readonly seenBy: 'caller' | 'callee';
}

/** A peer is whom the service calls, unless it is only known as one that calls the service. */
export function vantageOf(
  { service, peer }: { readonly service: string; readonly peer: string | null },
  graph: CallGraph,
): Vantage {
  if (peer === null) return { caller: null, callee: service, seenBy: 'callee' };
  const isCaller = graph.calleesOf(peer).has(service) && !graph.calleesOf(service).has(peer);
  return isCaller
    ? { caller: peer, callee: service, seenBy: 'callee' }
    : { caller: service, callee: peer, seenBy: 'caller' };
}

/** Everything behind a comparison, the place it is about not included: behind calls to a peer lies what the peer calls. */
export function reachedBehind(
  subject: { readonly service: string; readonly endpoint: string | null; readonly peer: string | null },
  graph: CallGraph,
): ReadonlySet<string> {
  const { callee, seenBy } = vantageOf(subject, graph);
  return seenBy === 'caller' ? graph.reachedFrom(callee, null) : graph.reachedFrom(subject.service, subject.endpoint);
}

function closure(first: ReadonlySet<string>, next: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set(first);
  for (const name of reached) for (const callee of next.get(name) ?? []) reached.add(callee);
  return reached;
}

function endpointName(service: string, endpoint: string): string {
  return JSON.stringify([service, endpoint]);
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  if (set) set.add(value);
  else map.set(key, new Set([value]));
}
