import type { Attributes } from '../../domain/telemetry.ts';
import { firstOf } from './reading.ts';

/**
 * Resource attributes that tell one build or rollout of a service from the next, what people read first: semantic
 * conventions for container, OCI, deployment and Kubernetes resources. Several names of one thing are alternatives.
 */
const BUILD_ATTRIBUTES: readonly (readonly string[])[] = [
  ['container.image.tags', 'container.image.tag'],
  ['container.image.repo_digests'],
  ['oci.manifest.digest'],
  ['container.image.id'],
  ['deployment.id'],
  ['k8s.replicaset.name'],
  ['k8s.replicaset.uid'],
];

export const BUILD_ALTERNATIVES: readonly string[] = BUILD_ATTRIBUTES.flat();

export const BUILD_NAMES: readonly string[] = BUILD_ATTRIBUTES.map(([name]) => name!);

/** What a resource says of its build, by the first name of the attribute. */
export function buildsOf(resource: Attributes): Attributes {
  const builds = new Map<string, string>();
  for (const names of BUILD_ATTRIBUTES) {
    const text = firstOf(resource, names);
    if (text !== null) builds.set(names[0]!, listed(text).map(digestAlone).sort().join(','));
  }
  return builds;
}

/** Tags and digests of repositories are lists, which attributes hold as JSON. */
function listed(text: string): string[] {
  if (!text.startsWith('[')) return [text];
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.map(String) : [text];
  } catch {
    return [text];
  }
}

/** The digest of `registry.example.com/gateway@sha256:…`, which is the same in every repository. */
function digestAlone(text: string): string {
  return text.includes('@') ? text.slice(text.lastIndexOf('@') + 1) : text;
}
