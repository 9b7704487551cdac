import { isSlipOf } from '../../domain/nearest-name.ts';
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
  /** The services and peers that the telemetry tells of. */
  readonly places: ReadonlySet<string>;
}

export interface AsSeen {
  readonly changes: readonly Change[];
  readonly findings: readonly QualityFinding[];
}

/** Time zones lie half an hour apart at least; roll-outs and flags take some minutes to be seen. */
export const APART_MS = 25 * 60_000;

/**
 * A change that no traffic met as it is stated, where the telemetry shows one change alone that it can mean: another value of the
 * same flag, key or version, a slip in a name, or a service that calls itself otherwise. It is read as that one, and a finding
 * says so: a slip of the pen must not clear what did the harm.
 */
export function asSeen(stated: readonly Change[], seen: readonly InferredChange[], known: Known): AsSeen {
  const findings: QualityFinding[] = [];
  const free = new Set(seen.filter((shown) => !stated.some((change) => covers(change, shown))));
  const changes = stated.map((change) => {
    const meant = meantBy(change, [...free], known);
    if (meant === null || known.isMet(change)) return change;
    free.delete(meant);
    const { attribute, value } = exposureRuleOf(meant)!;
    findings.push(describeQuality('change-read-as-seen', `${change.id}: ${attribute} = ${value}`, change.id));
    const service = isKnown(change.service, known) ? change.service : meant.service;
    return { ...change, service, exposure: { attribute, value }, to: change.to ?? meant.to };
  });
  return { changes, findings };
}

/** Another value of the same before a slip in a name; null where several would do. */
function meantBy(change: Change, shown: readonly InferredChange[], known: Known): InferredChange | null {
  const isOfDocument = known.isOfDocument(change);
  const like = shown.filter((one) => one.kind === change.kind && exposureRuleOf(one) !== null);
  const here = like.filter((one) => isOn(change, one));
  const sameName = here.filter((one) => attributeOf(one) === attributeOf(change));
  // Much is announced, and what comes next of the same service is another change.
  const another = isOfDocument
    ? sameName
    : sameName.filter((one) => isSameValue(change, one) && isTogether(change, one));
  if (sameName.length > 0) return alone(another);
  const alike = like.filter((one) => isSameValue(change, one) && isTogether(change, one));
  const nearName = alike.filter((one) => isOn(change, one) && isSlip(change.subject, one.subject));
  if (nearName.length > 0) return alone(nearName);
  if (isKnown(change.service, known)) return null;
  const elsewhere = alike.filter((one) => attributeOf(one) === attributeOf(change));
  const nearService = elsewhere.filter((one) => isSlip(change.service, one.service));
  // Of all that is announced, some are of that version by chance.
  const isSure = change.to !== null && isOfDocument;
  return alone(nearService.length > 0 || !isSure ? nearService : elsewhere);
}

function alone(found: readonly InferredChange[]): InferredChange | null {
  return found.length === 1 ? found[0]! : null;
}

function isOn(change: Change, { service }: InferredChange): boolean {
  return change.service === null || service === null || change.service === service;
}

function isKnown(service: string | null, { places }: Known): boolean {
  return service === null || places.has(service);
}

/** As people write it: `On`, `v4.2.0`. */
function isSameValue({ to }: Change, shown: InferredChange): boolean {
  const plain = (value: string | null) => value?.toLowerCase().replace(/^v(?=\d)/, '');
  return to === null || plain(to) === plain(shown.to);
}

function isTogether({ atMs }: Change, shown: InferredChange): boolean {
  return atMs === null || Math.abs(atMs - shown.atMs) < APART_MS;
}

function isSlip(stated: string | null, shown: string | null): boolean {
  return stated !== null && shown !== null && isSlipOf(stated, shown);
}

/** Where its exposure would be read, also where the value is left open. */
function attributeOf(change: Change): string | null {
  const rule = exposureRuleOf(change) ?? candidateKindOf(change).exposureRule({ ...change, to: '' });
  return rule?.attribute ?? null;
}
