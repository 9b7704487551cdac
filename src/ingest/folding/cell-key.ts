import type { CellKey, CellSeries } from '../../domain/cells.ts';
import type { Attributes } from '../../domain/telemetry.ts';
import { compareTexts } from '../../domain/text-order.ts';
import { buildsOf } from '../conventions/build-identity.ts';
import { placesOf } from '../conventions/resource-places.ts';
import { flagsAndConfig, layered, namedAttributes } from './exposure.ts';
import { attributesKey, textKey } from './identity.ts';

/** What the SDKs call a service without a name (OpenTelemetry resource conventions, `service.name`). */
export const UNKNOWN_SERVICE = 'unknown_service';

/** Who reported: one process of one version of a service, and what its resource says about exposure and place. */
export interface Reporter {
  readonly service: string;
  readonly instance: string | null;
  readonly version: string | null;
  /** What its resource says of its build, until versions are settled. */
  readonly builds: Attributes;
  readonly exposure: Attributes;
}

export function reporterOf(resource: Attributes, exposureAttributes: ReadonlySet<string>): Reporter {
  return {
    service: resource.get('service.name') ?? UNKNOWN_SERVICE,
    instance: resource.get('service.instance.id') ?? null,
    version: resource.get('service.version') ?? null,
    builds: buildsOf(resource),
    exposure: layered(placesOf(resource), exposureOf(resource, exposureAttributes)),
  };
}

export function reporterKey(reporter: Reporter): string {
  const { service, instance, version, builds, exposure } = reporter;
  return `${textKey(service)}${textKey(instance)}${textKey(version)}${attributesKey(builds)}/${attributesKey(exposure)}`;
}

/** Flags, config keys and whatever else an exposure rule names. */
export function exposureOf(attributes: Attributes, exposureAttributes: ReadonlySet<string>): Attributes {
  return layered(namedAttributes(attributes, exposureAttributes), flagsAndConfig(attributes));
}

/** A text that is equal for equal keys and measures only. */
export function seriesKey(key: CellKey, measure: string): string {
  const place = `${textKey(key.service)}${textKey(key.endpoint)}${textKey(key.peer)}`;
  const reporter = `${textKey(key.instance)}${textKey(key.version)}${key.source}`;
  return `${place}${reporter}${textKey(measure)}${attributesKey(key.attributes)}`;
}

export function compareSeries(a: CellSeries, b: CellSeries): number {
  return (
    compareTexts(a.key.service, b.key.service) ||
    compareTexts(a.key.endpoint, b.key.endpoint) ||
    compareTexts(a.key.peer, b.key.peer) ||
    compareTexts(a.measure, b.measure) ||
    compareTexts(a.key.source, b.key.source) ||
    compareTexts(a.key.version, b.key.version) ||
    compareTexts(a.key.instance, b.key.instance) ||
    compareTexts(attributesKey(a.key.attributes), attributesKey(b.key.attributes))
  );
}
