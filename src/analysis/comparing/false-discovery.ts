import type { Better } from '../../domain/upgrade.ts';
import { benjaminiHochberg } from '../../statistics/benjamini-hochberg.ts';
import type { MoveEvidence } from './decision.ts';
import type { Measured } from './measuring.ts';

/** p-values adjusted over everything the report tested. */
export interface Adjusted extends MoveEvidence {
  /** That some stretch of post departed from what the past foretells. */
  readonly departed: number;
  /** That trouble began inside post and is there at its end. */
  readonly late: number;
}

/** Weighted false discovery control over all comparisons that were estimated, for each direction of a move. */
export function adjustAll(tested: readonly Measured[], weights: readonly number[]): Map<Measured, Adjusted> {
  const risen = adjustedBy(
    weights,
    tested.map((one) => shared(one, one.evidence?.risen, isAskedTwice(one, 'lower'))),
  );
  const fallen = adjustedBy(
    weights,
    tested.map((one) => shared(one, one.evidence?.fallen, isAskedTwice(one, 'higher'))),
  );
  const departed = adjustedAmong(tested, ({ departure }) => departure);
  const late = adjustedAmong(tested, (one) => one.late);
  return new Map(
    tested.map((one, i) => [
      one,
      { risen: risen[i]!, fallen: fallen[i]!, departed: departed.get(one) ?? 1, late: late.get(one) ?? 1 },
    ]),
  );
}

/** What users feel, requests themselves and of them the primary indicators, weighs more than the calls behind it. */
const WEIGHTS = { ownPrimary: 10, own: 3, call: 1 };

export function weightOf({ subject, indicator }: Measured): number {
  if (subject.peer !== null) return WEIGHTS.call;
  return indicator.primary ? WEIGHTS.ownPrimary : WEIGHTS.own;
}

/** Whether it got worse over post, or only late in it: the two share what one answer may err (Bonferroni). */
function isAskedTwice({ late, indicator }: Measured, bettered: Better): boolean {
  return late?.canErr === true && indicator.better === bettered;
}

/** Rose, fell, departed for a while: where all three are asked, they share what one answer may err, too. */
function shared({ departure }: Measured, p: number | undefined, isTwice: boolean): number {
  return Math.min(1, (p ?? 1) * (departure !== null ? 3 : isTwice ? 2 : 1));
}

/** A family of their own: only what has no good direction is asked whether it departed, only what has one for late trouble. */
function adjustedAmong(
  tested: readonly Measured[],
  answerOf: (one: Measured) => { readonly p: number } | null,
): Map<Measured, number> {
  const asked = tested.filter((one) => answerOf(one) !== null);
  const adjusted = adjustedBy(
    asked.map(weightOf),
    asked.map((one) => shared(one, answerOf(one)?.p, one.late !== null)),
  );
  return new Map(asked.map((one, i) => [one, adjusted[i]!]));
}

/** Each p over its weight, weights set beforehand with a mean of 1 (Genovese et al. 2006). */
function adjustedBy(weights: readonly number[], p: readonly number[]): Float64Array {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return benjaminiHochberg(p.map((one, i) => Math.min(1, (one * mean) / weights[i]!)));
}
