import { describeQuality, type QualityFinding } from '../../domain/quality.ts';
import type { Change } from '../../domain/upgrade.ts';
import { exposureRuleOf } from '../exposure/exposure.ts';
import type { InferredChange } from './inferred-change.ts';

const MOST_NAMES = 5;

/** What the telemetry shows, and nobody has stated. */
export function unlistedChanges(shown: readonly InferredChange[], stated: readonly Change[]): InferredChange[] {
  return shown.filter((change) => !stated.some((listed) => listed.id === change.id || covers(listed, change)));
}

/** Where a document lists other changes, nobody would be asked about these. */
export function unlistedFindings(unlisted: readonly InferredChange[]): QualityFinding[] {
  const [first] = unlisted;
  if (first === undefined) return [];
  const names = unlisted.slice(0, MOST_NAMES).map(({ id }) => id);
  return [describeQuality('unlisted-change', `${unlisted.length}: ${names.join(', ')}`, first.id)];
}

/** The same exposure, or the same peer, on the same service, or on all of them. */
export function covers(listed: Change, shown: InferredChange): boolean {
  if (shown.peer !== null) return listed.peer === shown.peer;
  if (listed.service !== null && shown.service !== null && listed.service !== shown.service) return false;
  const [theirs, own] = [exposureRuleOf(listed), exposureRuleOf(shown)];
  return theirs !== null && own !== null && theirs.attribute === own.attribute && theirs.value === own.value;
}
