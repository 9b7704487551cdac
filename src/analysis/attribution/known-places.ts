import type { CallGraph } from '../call-graph.ts';
import type { Finding } from '../comparing/comparing.ts';

/** The services and peers that the telemetry, or the document's dependencies, tell of. */
export interface KnownPlaces {
  /** No service stands for all of them. */
  isKnown(service: string | null): boolean;
}

export function knownPlaces(findings: readonly Finding[], graph: CallGraph): KnownPlaces {
  const places = new Set<string>();
  for (const service of new Set(findings.map(({ subject }) => subject.service))) {
    places.add(service);
    for (const reached of graph.reachedFrom(service, null)) places.add(reached);
  }
  for (const { subject } of findings) if (subject.peer !== null) places.add(subject.peer);
  return { isKnown: (service) => service === null || places.has(service) };
}
