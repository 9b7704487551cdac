import { BETWEEN_VARIANTS, type CellKey, type CellSeries } from '../../domain/cells.ts';
import type { Change, ExposureRule, Upgrade } from '../../domain/upgrade.ts';
import { candidateKindOf } from '../candidates/index.ts';

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

/** Fewer blocks with both kinds of traffic say nothing reliable. */
export const FEWEST_MIXED_BLOCKS = 6;

/** Who met a change among the series of a subject. */
export interface Exposure {
  readonly change: Change;
  /** Per series: share of its traffic that met the change, in [0, 1]; mostly 0 or 1. All 0 unless visible. */
  readonly dose: readonly number[];
  /** Per series and row, where the share is known by instance and block only; null: the same in every block. */
  readonly doseByRow: readonly Float64Array[] | null;
  /** Per series: did any of its traffic meet the change? */
  readonly exposed: readonly boolean[];
  readonly sight: Sight;
}

/** Shares of traffic that met a change, where telemetry counts them beside the requests, as evaluations of a flag are. */
export interface SharesMet {
  /** In [0, 1]; null where nothing was counted. */
  shareOf(change: Change, key: CellKey, block: number): number | null;
}

/** Share of the row's traffic that met the change. */
export function doseAt({ dose, doseByRow }: Exposure, series: number, row: number): number {
  return doseByRow === null ? dose[series]! : doseByRow[series]![row]!;
}

/**
 * Reads exposure off the keys of the series, else off shares counted beside them. Only the service that changed carries its
 * own version, flags and config; on the cells of other services the change is unseen.
 */
export function readExposure(change: Change, series: readonly CellSeries[], shares: SharesMet | null = null): Exposure {
  const rule = exposureRuleOf(change);
  const values = series.map((one) =>
    rule !== null && sitsOn(change, one.key) ? attributeOf(one.key, rule.attribute) : null,
  );
  const dose = values.map((value) => (value === null || rule === null ? 0 : shareOfValue(value, rule.value)));
  const isMet = dose.some((one) => one > 0);
  if (isMet) return { change, dose, doseByRow: null, exposed: dose.map((one) => one > 0), sight: 'visible' };
  const counted = shares === null ? null : countedExposure(change, series, shares);
  if (counted !== null) return counted;
  const sight = values.some((value) => value !== null) ? 'unmet' : 'unseen';
  return { change, dose, doseByRow: null, exposed: dose.map(() => false), sight };
}

/** Of a request that met several variants, each counts for its part. */
function shareOfValue(value: string, wanted: string): number {
  if (value === wanted) return 1;
  const met = value.split(BETWEEN_VARIANTS);
  return met.filter((one) => one === wanted).length / met.length;
}

/** Null where nothing was counted for any of the series. */
function countedExposure(change: Change, series: readonly CellSeries[], shares: SharesMet): Exposure | null {
  let isCounted = false;
  const doseByRow = series.map(({ key, block }) => {
    if (!sitsOn(change, key)) return new Float64Array(block.length);
    return Float64Array.from(block, (one) => {
      const share = shares.shareOf(change, key, one);
      if (share !== null) isCounted = true;
      return share ?? 0;
    });
  });
  if (!isCounted) return null;
  const dose = series.map(({ count }, index) => meanDose(doseByRow[index]!, count));
  const exposed = dose.map((one) => one > 0);
  return { change, dose, doseByRow, exposed, sight: exposed.includes(true) ? 'visible' : 'unmet' };
}

function meanDose(doses: Float64Array, requests: Float64Array): number {
  let [met, all] = [0, 0];
  doses.forEach((dose, row) => {
    met += dose * requests[row]!;
    all += requests[row]!;
  });
  return all > 0 ? met / all : 0;
}

function sitsOn(change: Change, key: CellKey): boolean {
  return change.service === null || change.service === key.service;
}

function attributeOf(key: CellKey, attribute: string): string | null {
  if (attribute === 'service.version') return key.version;
  if (attribute === 'service.instance.id') return key.instance;
  return key.attributes.get(attribute) ?? null;
}
