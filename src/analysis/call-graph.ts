import type { CallEdge } from '../domain/cells.ts';

/** Who calls whom, by service and, where spans tell, by endpoint. Built from observed calls and the document. */
export interface CallGraph {
  /** Peers and services the endpoint reaches, itself not included. */
  reachedFrom(service: string, endpoint: string | null): ReadonlySet<string>;
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
    isSame: (one, other) =>
      one === other || servicesAt.get(one)?.has(other) === true || servicesAt.get(other)?.has(one) === true,
  };
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
