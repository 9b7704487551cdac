import type { Attributes } from '../../domain/telemetry.ts';

/**
 * Where a process runs and on what, by the semantic conventions for cloud, Kubernetes and host resources: few values, and one
 * for each process, so that keeping them multiplies no series.
 */
export const PLACE_ATTRIBUTES = [
  'cloud.availability_zone',
  'cloud.region',
  'host.arch',
  'host.type',
  'k8s.cluster.name',
];

/** What a resource says of where its process runs, in order of name. */
export function placesOf(resource: Attributes): Attributes {
  const places = new Map<string, string>();
  for (const name of PLACE_ATTRIBUTES) {
    const value = resource.get(name);
    if (value !== undefined) places.set(name, value);
  }
  return places;
}
