import { schemaProblems, valueAt } from './document-fields.ts';
import type { FieldPath, Problem } from './document-problem.ts';
import type { StatedBinding, StatedIndicator } from './slo-schema.ts';
import { bindingSchema } from './slo-schema.ts';
import type { PlacedDocument } from './yaml-place.ts';

/** The type of an OpenSLO metricSource that names traffic Postflight sees itself. */
export const METRIC_SOURCE = 'postflight';

/** An SLI as stated, with the place it was stated in. */
export interface PlacedIndicator {
  readonly document: PlacedDocument;
  /** Where the SLI's `spec` stands. */
  readonly path: FieldPath;
  readonly spec: StatedIndicator['spec'];
}

export interface Traffic {
  readonly service: string;
  readonly endpoint: string | null;
  readonly peer: string | null;
}

/** What an SLI measures; or why it cannot be read off the telemetry; or what is wrong with it. */
export type Binding =
  | { readonly kind: 'latency'; readonly traffic: Traffic; readonly unitsPerSecond: number }
  | { readonly kind: 'errors'; readonly traffic: Traffic }
  | { readonly kind: 'unbound'; readonly reason: string }
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] };

/** `service` is the SLO's own, for sources that name none. */
export function bindIndicator(indicator: PlacedIndicator, service: string | null): Binding {
  const { thresholdMetric, ratioMetric } = indicator.spec;
  if (thresholdMetric != null && ratioMetric != null) {
    return wrong(indicator, [], 'has both thresholdMetric and ratioMetric', 'keep one of the two');
  }
  if (thresholdMetric != null) return bindThreshold(indicator, service);
  if (ratioMetric != null) return bindRatio(indicator, service);
  return wrong(indicator, [], 'has neither thresholdMetric nor ratioMetric', 'add one of the two');
}

function bindThreshold(indicator: PlacedIndicator, service: string | null): Binding {
  const part = ['thresholdMetric'];
  const unbound = unboundReason(indicator, part);
  if (unbound !== null) return { kind: 'unbound', reason: unbound };
  const read = readSource(indicator, part, service);
  if ('problems' in read) return { kind: 'wrong', problems: read.problems };
  if (read.stated.indicator !== 'latency') {
    const path = [...part, 'metricSource', 'spec', 'indicator'];
    return wrong(indicator, path, 'must be latency in a thresholdMetric', 'write indicator: latency, or a ratioMetric');
  }
  return { kind: 'latency', traffic: read.traffic, unitsPerSecond: read.stated.unit === 'ms' ? 1000 : 1 };
}

function bindRatio(indicator: PlacedIndicator, service: string | null): Binding {
  const { good, bad, total } = indicator.spec.ratioMetric ?? {};
  if (valueAt(indicator.spec, ['ratioMetric', 'raw']) != null) {
    return { kind: 'unbound', reason: 'its ratioMetric is raw: a ratio that someone else computed' };
  }
  if ((good == null) === (bad == null)) {
    const message = `names ${good == null ? 'neither good nor bad' : 'both good and bad'}`;
    return wrong(indicator, ['ratioMetric'], message, 'write one of the two, and total');
  }
  if (total == null) {
    return wrong(indicator, ['ratioMetric', 'total'], 'is missing', 'add total: with a metricSource of its own');
  }
  const sidePart = ['ratioMetric', good == null ? 'bad' : 'good'];
  const totalPart = ['ratioMetric', 'total'];
  const unbound = unboundReason(indicator, sidePart) ?? unboundReason(indicator, totalPart);
  if (unbound !== null) return { kind: 'unbound', reason: unbound };

  const side = readSource(indicator, sidePart, service);
  const whole = readSource(indicator, totalPart, service);
  if ('problems' in side || 'problems' in whole) {
    const problems = [side, whole].flatMap((read) => ('problems' in read ? read.problems : []));
    return { kind: 'wrong', problems };
  }
  const expected = good == null ? 'errors' : 'requests';
  for (const [part, read, name] of [[sidePart, side, expected] as const, [totalPart, whole, 'requests'] as const]) {
    if (read.stated.indicator === name) continue;
    const path = [...part, 'metricSource', 'spec', 'indicator'];
    return wrong(indicator, path, `must be ${name} in ${part[1]}`, `write indicator: ${name}`);
  }
  if (!sameTraffic(side.traffic, whole.traffic)) {
    const message = `names other traffic than ${sidePart[1]}`;
    const path = [...totalPart, 'metricSource', 'spec'];
    return wrong(indicator, path, message, 'write the same service, endpoint and peer in both');
  }
  return { kind: 'errors', traffic: whole.traffic };
}

function sameTraffic(a: Traffic, b: Traffic): boolean {
  return a.service === b.service && a.endpoint === b.endpoint && a.peer === b.peer;
}

function unboundReason(indicator: PlacedIndicator, part: FieldPath): string | null {
  const type = valueAt(indicator.spec, [...part, 'metricSource', 'type']);
  if (type === METRIC_SOURCE) return null;
  return typeof type === 'string'
    ? `its metricSource is of type ${type}, not ${METRIC_SOURCE}`
    : `its metricSource has no type; only type ${METRIC_SOURCE} is read`;
}

type SourceRead = { readonly stated: StatedBinding; readonly traffic: Traffic } | { readonly problems: Problem[] };

function readSource(indicator: PlacedIndicator, part: FieldPath, service: string | null): SourceRead {
  const inSpec = [...part, 'metricSource', 'spec'];
  const path = [...indicator.path, ...inSpec];
  const result = bindingSchema.safeParse(valueAt(indicator.spec, inSpec));
  if (!result.success) return { problems: schemaProblems(indicator.document, result.error, path) };
  const stated = result.data;
  const named = stated.service ?? service;
  if (named === null) {
    return { problems: [problemIn(indicator, [...inSpec, 'service'], 'is missing', 'add service: …')] };
  }
  return { stated, traffic: { service: named, endpoint: stated.endpoint ?? null, peer: stated.peer ?? null } };
}

function problemIn(indicator: PlacedIndicator, part: FieldPath, message: string, remedy: string): Problem {
  const path = [...indicator.path, ...part];
  return { line: indicator.document.lineOf(path), path, message, remedy };
}

function wrong(indicator: PlacedIndicator, part: FieldPath, message: string, remedy: string): Binding {
  return { kind: 'wrong', problems: [problemIn(indicator, part, message, remedy)] };
}
