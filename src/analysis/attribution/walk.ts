import { type EventStudy, intervalOfEffect, stackedEventStudy } from '../../statistics/stacked-event-study.ts';
import type { Finding } from '../comparing/comparing.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { FEWEST_HOSTS } from '../designs/design.ts';
import type { Exposure } from '../exposure/exposure.ts';
import { type Arrivals, staggeredArrivals } from './arrivals.ts';
import { type Contrast, EQUIVALENCE } from './contrast.ts';
import type { ExposureCells } from './exposure-cells.ts';

/** A change that walked over the instances, and what it did to each from its own time on. */
export interface Walk {
  readonly arrivals: Arrivals;
  readonly study: EventStudy;
}

/** Traffic that met it where it had not come, or the other way round, says that it does not go by instance. */
const MOST_APART = 0.1;

/**
 * Null where the change did not walk, came to fewer than five instances, or its effect cannot be told from another's on
 * instances that it had not come to. `rivals`: columns that are told apart from it.
 */
export function walkOf(
  finding: Finding,
  exposure: Exposure,
  cells: ExposureCells,
  column: number,
  rivals: readonly number[],
): Walk | null {
  const arrivals = staggeredArrivals(exposure, finding.subject.series);
  if (arrivals === null || arrivals.first.size < FEWEST_HOSTS || cells.hosts < cells.hostNames.length) return null;
  const ages = Float64Array.from(cells.rate, (_, row) => ageOf(cells, row, column, arrivals));
  const rows = Int32Array.from(ages.keys()).filter((row) => !Number.isNaN(ages[row]!));
  const requestsIn = (which: Int32Array): number => which.reduce((sum, row) => sum + cells.requests[row]!, 0);
  if (requestsIn(rows) < (1 - MOST_APART) * requestsIn(Int32Array.from(ages.keys()))) return null;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]!);
  const study = stackedEventStudy({
    response: pick(cells.rate),
    weights: pick(cells.requests),
    unit: numbered(rows.map((row) => cells.host[row]! * cells.strata + cells.stratum[row]!)),
    time: numbered(rows.map((row) => cells.block[row]! * cells.strata + cells.stratum[row]!)),
    instance: numbered(rows.map((row) => cells.host[row]!)),
    age: pick(ages),
    covariates: rivals.map((rival) => pick(cells.doses[rival]!)),
  });
  return study === null || study.treated < FEWEST_HOSTS ? null : { arrivals, study };
}

/** What it did by its own time on each instance, in place of what block and instance effects say at once. */
export function contrastOfWalk(contrast: Contrast, { study }: Walk, level: number): Contrast {
  return {
    ...contrast,
    difference: intervalOfEffect(study.after, CONFIDENCE),
    any: intervalOfEffect(study.any, CONFIDENCE),
    strict: intervalOfEffect(study.any, level),
    equivalence: intervalOfEffect(study.after, EQUIVALENCE),
  };
}

/** Blocks since it came to the row's instance; −∞ where it never did, NaN where the row met it and its instance did not. */
function ageOf(cells: ExposureCells, row: number, column: number, { first, isThere }: Arrivals): number {
  const instance = cells.hostNames[cells.host[row]!]!;
  const block = cells.block[row]!;
  const age = block - (first.get(instance) ?? Number.POSITIVE_INFINITY);
  const dose = cells.doses[column]![row]!;
  const fits = age >= 0 ? isThere(instance, block) && dose > 0 : dose === 0;
  return fits ? age : Number.NaN;
}

function numbered(groups: Int32Array): Int32Array {
  const numbers = new Map([...new Set(groups)].sort((a, b) => a - b).map((group, number) => [group, number]));
  return groups.map((group) => numbers.get(group)!);
}
