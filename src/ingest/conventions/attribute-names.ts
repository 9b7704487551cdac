import { BUILD_ALTERNATIVES } from './build-identity.ts';
import { EVALUATION_ATTRIBUTES } from './evaluation-attributes.ts';
import type { Protocol } from './protocol.ts';
import { GENERIC, SPAN_PROTOCOLS } from './protocols.ts';
import { OTHER_READ_ATTRIBUTES } from './reading.ts';
import { PLACE_ATTRIBUTES } from './resource-places.ts';

/** Attributes of resources that conventions read, besides `service.name`, `service.namespace` and `service.instance.id`. */
export const RESOURCE_ATTRIBUTES: readonly string[] = [
  'service.version',
  'deployment.environment.name',
  'deployment.environment',
  ...BUILD_ALTERNATIVES,
  ...PLACE_ATTRIBUTES,
];

/** Attributes of points that conventions read. */
export const POINT_ATTRIBUTES: readonly string[] = [
  ...new Set([
    ...[...SPAN_PROTOCOLS, GENERIC].flatMap(attributesOf),
    ...OTHER_READ_ATTRIBUTES,
    ...EVALUATION_ATTRIBUTES,
  ]),
];

function attributesOf({ marks, endpoints, peers, status }: Protocol): string[] {
  const parts = endpoints.flatMap(({ required, optional = [] }) => [...required, ...optional].flat());
  return [...marks, ...parts, ...peers, ...(status?.attributes ?? [])];
}
