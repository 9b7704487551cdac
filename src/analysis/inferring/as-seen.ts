import { nearestName } from '../../domain/nearest-name.ts';
import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import type { Change } from '../../domain/upgrade.ts';
import { candidateKindOf } from '../candidates/index.ts';
import { exposureRuleOf } from '../exposure/exposure.ts';
import type { InferredChange } from './inferred-change.ts';
import { covers } from './unlisted-changes.ts';

/** What is known of a stated change. */
interface Known {
  isMet(change: Change): boolean;
  isOfDocument(change: Change): boolean;
  /** Those that the telemetry tells of. */
  readonly services: ReadonlySet<string>;
}

export interface AsSeen {
  readonly changes: readonly Change[];
  readonly findings: readonly QualityFinding[];
}

/**
 * A change that no traffic met as it is stated, where the telemetry shows one change alone that it can mean: another value of the
 * same flag, key or version, a name that is nearly the same, or a service that calls itself otherwise. It is read as that one, and
 * a finding says so: a slip of the pen must not clear what did the harm.
 */
export function asSeen(stated: readonly Change[], seen: readonly InferredChange[], known: Known): AsSeen {
  const findings: QualityFinding[] = [];
  const free = new Set(seen.filter((shown) => !stated.some((change) => covers(change, shown))));
  const changes = stated.map((change) => {
    if (free.size === 0 || known.isMet(change)) return change;
    const meant = meantBy(change, [...free], known);
    if (meant === null) return change;
    free.delete(meant);
    const { attribute, value } = exposureRuleOf(meant)!;
    findings.push(describeQuality('change-read-as-seen', `${change.id}: ${attribute} = ${value}`, change.id));
    const service = isKnown(change.service, known.services) ? change.service : meant.service;
    return { ...change, service, exposure: { attribute, value }, to: change.to ?? meant.to };
  });
  return { changes, findings };
}

/** Another value of the same before a name that is nearly the same; null where several would do. */
function meantBy(
  change: Change,
  shown: readonly InferredChange[],
  { services, isOfDocument }: Known,
): InferredChange | null {
  const ofKind = shown.filter((one) => one.kind === change.kind && exposureRuleOf(one) !== null);
  const here = ofKind.filter((one) => isOn(change, one));
  const sameName = here.filter((one) => attributeOf(one) === attributeOf(change));
  if (sameName.length > 0) return alone(sameName);
  const sameValue = (one: InferredChange) => change.to === null || one.to?.toLowerCase() === change.to.toLowerCase();
  const nearName = here.filter((one) => sameValue(one) && isNear(change.subject, one.subject));
  if (nearName.length > 0) return alone(nearName);
  if (isKnown(change.service, services)) return null;
  const elsewhere = ofKind.filter((one) => sameValue(one) && attributeOf(one) === attributeOf(change));
  const nearService = elsewhere.filter((one) => isNear(change.service, one.service));
  // Of all that is announced, some are of that version by chance.
  const isSure = change.to !== null && isOfDocument(change);
  return alone(nearService.length > 0 || !isSure ? nearService : elsewhere);
}

function alone(found: readonly InferredChange[]): InferredChange | null {
  return found.length === 1 ? found[0]! : null;
}

function isOn(change: Change, { service }: InferredChange): boolean {
  return change.service === null || service === null || change.service === service;
}

function isKnown(service: string | null, services: ReadonlySet<string>): boolean {
  return service === null || services.has(service);
}

function isNear(stated: string | null, shown: string | null): boolean {
  return stated !== null && shown !== null && nearestName(stated, [shown]) !== null;
}

/** Where its exposure would be read, also where the value is left open. */
function attributeOf(change: Change): string | null {
  const rule = exposureRuleOf(change) ?? candidateKindOf(change).exposureRule({ ...change, to: '' });
  return rule?.attribute ?? null;
}
