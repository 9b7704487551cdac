import type { CellKey, CellSeries } from '../domain/cells.ts';
import type { Change, ExposureRule, Upgrade } from '../domain/upgrade.ts';
import { candidateKindOf } from './candidates/index.ts';

/** The rule that applies: the document's own, or the default of the change's kind. */
export function exposureRuleOf(change: Change): ExposureRule | null {
  return change.exposure ?? candidateKindOf(change).exposureRule(change);
}

/** The attributes that must survive into the cells: those exposure is read off, and those that tell strata apart. */
export function keptAttributes({ changes, strata }: Pick<Upgrade, 'changes' | 'strata'>): Set<string> {
  return new Set([...exposureAttributes(changes), ...strata]);
}

/** The attributes exposure is read off. */
export function exposureAttributes(changes: readonly Change[]): Set<string> {
  return new Set(changes.flatMap((change) => exposureRuleOf(change)?.attribute ?? []));
}

/** Can exposure be read off the cells? `unmet`: the attribute is there, but never with the change's value. */
export type Sight = 'visible' | 'unmet' | 'unseen';

/** Who met a change among the series of a subject. */
export interface Exposure {
  readonly change: Change;
  /** Per series: did its traffic meet the change? All false unless visible. */
  readonly exposed: readonly boolean[];
  readonly sight: Sight;
}

/**
 * Reads exposure off the keys of the series. Only the service that changed carries its own version, flags and config; on
 * the cells of other services the change is unseen.
 */
export function readExposure(change: Change, series: readonly CellSeries[]): Exposure {
  const rule = exposureRuleOf(change);
  if (rule === null) return { change, exposed: series.map(() => false), sight: 'unseen' };
  const values = series.map((one) => (sitsOn(change, one.key) ? attributeOf(one.key, rule.attribute) : null));
  const exposed = values.map((value) => value === rule.value);
  if (exposed.includes(true)) return { change, exposed, sight: 'visible' };
  return { change, exposed, sight: values.some((value) => value !== null) ? 'unmet' : 'unseen' };
}

function sitsOn(change: Change, key: CellKey): boolean {
  return change.service === null || change.service === key.service;
}

function attributeOf(key: CellKey, attribute: string): string | null {
  if (attribute === 'service.version') return key.version;
  if (attribute === 'service.instance.id') return key.instance;
  return key.attributes.get(attribute) ?? null;
}
