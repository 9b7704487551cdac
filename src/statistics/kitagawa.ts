/** Parallel arrays over strata, for one period: how many requests, and how many of them had the event. */
export interface StratifiedCounts {
  readonly events: ArrayLike<number>;
  readonly totals: ArrayLike<number>;
}

/** Parts of a change of a rate; within + mix + appeared + vanished = total. */
export interface TwoFoldDecomposition {
  readonly total: number;
  /** What the same traffic mix would have seen, averaged over both mixes. */
  readonly within: number;
  /** What the shift of traffic between strata did. */
  readonly mix: number;
  /** Traffic of strata that exist in one period only, against the strata both periods have. */
  readonly appeared: number;
  readonly vanished: number;
}

export interface ThreeFoldDecomposition extends Omit<TwoFoldDecomposition, 'within' | 'mix'> {
  /** Change of rates at the baseline's mix. */
  readonly within: number;
  /** Change of the mix at the baseline's rates. */
  readonly mix: number;
  readonly interaction: number;
}

interface CommonStratum {
  readonly weightBefore: number;
  readonly weightAfter: number;
  readonly rateBefore: number;
  readonly rateAfter: number;
}

interface Side {
  events: number;
  total: number;
}

interface Comparison {
  readonly common: CommonStratum[];
  readonly total: number;
  readonly appeared: number;
  readonly vanished: number;
}

function add(side: Side, events: number, total: number): void {
  side.events += events;
  side.total += total;
}

const rateOf = (...sides: Side[]) => {
  const total = sides.reduce((sum, side) => sum + side.total, 0);
  return sides.reduce((sum, side) => sum + side.events, 0) / total;
};

/** Share of a period that lies in its own strata, times how far their rate lies from the common strata's. */
function ownContribution(own: Side, common: Side): number {
  if (!(own.total > 0)) return 0;
  return (own.total / (own.total + common.total)) * (rateOf(own) - rateOf(common));
}

function compare(before: StratifiedCounts, after: StratifiedCounts): Comparison {
  const commonBefore: Side = { events: 0, total: 0 };
  const commonAfter: Side = { events: 0, total: 0 };
  const ownBefore: Side = { events: 0, total: 0 };
  const ownAfter: Side = { events: 0, total: 0 };
  for (let s = 0; s < before.totals.length; s++) {
    const both = before.totals[s]! > 0 && after.totals[s]! > 0;
    if (before.totals[s]! > 0) add(both ? commonBefore : ownBefore, before.events[s]!, before.totals[s]!);
    if (after.totals[s]! > 0) add(both ? commonAfter : ownAfter, after.events[s]!, after.totals[s]!);
  }
  const common: CommonStratum[] = [];
  for (let s = 0; s < before.totals.length; s++) {
    if (!(before.totals[s]! > 0 && after.totals[s]! > 0)) continue;
    common.push({
      weightBefore: before.totals[s]! / commonBefore.total,
      weightAfter: after.totals[s]! / commonAfter.total,
      rateBefore: before.events[s]! / before.totals[s]!,
      rateAfter: after.events[s]! / after.totals[s]!,
    });
  }
  const total = rateOf(commonAfter, ownAfter) - rateOf(commonBefore, ownBefore);
  return {
    common,
    total,
    appeared: ownContribution(ownAfter, commonAfter),
    vanished: 0 - ownContribution(ownBefore, commonBefore),
  };
}

/**
 * Kitagawa's (1955) symmetric decomposition Σ½(w₀+w₁)(r₁−r₀) + Σ½(r₀+r₁)(w₁−w₀) over the strata of both periods; it is
 * the Shapley value of {rates, mix}. Without a common stratum, within and mix are 0 and the rest NaN.
 */
export function twoFoldDecomposition(before: StratifiedCounts, after: StratifiedCounts): TwoFoldDecomposition {
  const { common, total, appeared, vanished } = compare(before, after);
  let within = 0;
  let mix = 0;
  for (const { weightBefore, weightAfter, rateBefore, rateAfter } of common) {
    within += ((weightBefore + weightAfter) / 2) * (rateAfter - rateBefore);
    mix += ((rateBefore + rateAfter) / 2) * (weightAfter - weightBefore);
  }
  return { total, within, mix, appeared, vanished };
}

/** Oaxaca (1973) and Blinder (1973): the same with the interaction Σ(w₁−w₀)(r₁−r₀) kept apart. */
export function threeFoldDecomposition(before: StratifiedCounts, after: StratifiedCounts): ThreeFoldDecomposition {
  const { common, total, appeared, vanished } = compare(before, after);
  let within = 0;
  let mix = 0;
  let interaction = 0;
  for (const { weightBefore, weightAfter, rateBefore, rateAfter } of common) {
    within += weightBefore * (rateAfter - rateBefore);
    mix += rateBefore * (weightAfter - weightBefore);
    interaction += (weightAfter - weightBefore) * (rateAfter - rateBefore);
  }
  return { total, within, mix, interaction, appeared, vanished };
}
