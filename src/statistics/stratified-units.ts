import type { StratifiedDifference } from './mantel-haenszel.ts';

/** Long format, one row per unit (host) and stratum (block × other factors' levels) and arm. */
export interface StratifiedUnits {
  readonly stratum: ArrayLike<number>;
  readonly unit: ArrayLike<number>;
  readonly exposed: ArrayLike<boolean | number>;
  readonly events: ArrayLike<number>;
  readonly totals: ArrayLike<number>;
}

interface Arms {
  exposedEvents: number;
  exposedTotal: number;
  controlEvents: number;
  controlTotal: number;
}

function armsByStratum(rows: StratifiedUnits): Map<number, Arms> {
  const strata = new Map<number, Arms>();
  for (let row = 0; row < rows.totals.length; row++) {
    const key = rows.stratum[row]!;
    const arms = strata.get(key) ?? { exposedEvents: 0, exposedTotal: 0, controlEvents: 0, controlTotal: 0 };
    if (rows.exposed[row]) {
      arms.exposedEvents += rows.events[row]!;
      arms.exposedTotal += rows.totals[row]!;
    } else {
      arms.controlEvents += rows.events[row]!;
      arms.controlTotal += rows.totals[row]!;
    }
    strata.set(key, arms);
  }
  return strata;
}

const weightOf = ({ exposedTotal: n1, controlTotal: n0 }: Arms) => (n1 > 0 && n0 > 0 ? (n1 * n0) / (n1 + n0) : 0);

/** Whether any unit has requests in both arms (flags per request) or each belongs to one (versions per host). */
function parametersOf(arms: Iterable<{ exposed: boolean; control: boolean }>): number {
  for (const { exposed, control } of arms) if (exposed && control) return 1;
  return 2;
}

/**
 * Mantel–Haenszel difference, exposed minus control, when the units that vary are hosts inside the strata: each unit's
 * deviations from its arm's rate, summed over all strata it appears in, are the independent terms of the variance.
 */
export function stratifiedUnitDifference(rows: StratifiedUnits): StratifiedDifference {
  const strata = armsByStratum(rows);
  let weight = 0;
  let sum = 0;
  for (const arms of strata.values()) {
    const w = weightOf(arms);
    if (w === 0) continue;
    weight += w;
    sum += w * (arms.exposedEvents / arms.exposedTotal - arms.controlEvents / arms.controlTotal);
  }
  const units = new Map<number, { influence: number; exposed: boolean; control: boolean }>();
  for (let row = 0; row < rows.totals.length; row++) {
    const arms = strata.get(rows.stratum[row]!)!;
    const w = weightOf(arms);
    if (w === 0 || !(rows.totals[row]! > 0)) continue;
    const exposed = Boolean(rows.exposed[row]);
    const armTotal = exposed ? arms.exposedTotal : arms.controlTotal;
    const armRate = (exposed ? arms.exposedEvents : arms.controlEvents) / armTotal;
    const unit = units.get(rows.unit[row]!) ?? { influence: 0, exposed: false, control: false };
    unit.influence += ((exposed ? w : -w) * (rows.events[row]! - armRate * rows.totals[row]!)) / armTotal;
    unit.exposed ||= exposed;
    unit.control ||= !exposed;
    units.set(rows.unit[row]!, unit);
  }
  let squares = 0;
  for (const { influence } of units.values()) squares += influence * influence;
  const degreesOfFreedom = Math.max(0, units.size - parametersOf(units.values()));
  const variance = degreesOfFreedom > 0 ? ((units.size / degreesOfFreedom) * squares) / (weight * weight) : Number.NaN;
  return { difference: weight > 0 ? sum / weight : Number.NaN, variance, degreesOfFreedom, weight };
}
