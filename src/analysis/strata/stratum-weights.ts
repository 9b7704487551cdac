import { BASELINE, NEITHER } from '../phases.ts';
import type { RowRatio } from '../sampling/row-ratio.ts';
import { type ComparedStrata, compareStrata, type PlacedRows, type Strata } from './strata.ts';

/** Numerators and denominators of one arm by stratum. */
export interface StratumSums {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
}

/** What each stratum counts for once post is brought to the baseline's mix. */
export interface StratumWeights {
  readonly strata: ComparedStrata;
  /** By arm and stratum: the ratio, and the factor for its rows; 0 where a stratum is not in both arms. */
  readonly rates: readonly [Float64Array, Float64Array];
  readonly factors: readonly [Float64Array, Float64Array];
  /** Each stratum's share of the baseline, of those in both arms. */
  readonly mix: Float64Array;
  /** By arm: the ratio at the baseline's mix. */
  readonly levels: readonly [number, number];
  /** By arm: variance of unequal weights over that of equal ones, n·Σn·f²/(Σn·f)² (Kish 1965, section 11.7). */
  readonly weightEffects: readonly [number, number];
}

interface StratifiedRows extends PlacedRows {
  readonly strata: Strata | null;
}

const compared = new WeakMap<StratifiedRows, ComparedStrata>();

/** Null where there is nothing to hold equal: no strata, or all of the traffic in one of them. */
export function comparedStrata(rows: StratifiedRows): ComparedStrata | null {
  if (rows.strata === null) return null;
  const known = compared.get(rows) ?? compareStrata(rows, rows.strata);
  compared.set(rows, known);
  const isWhole = known.count === 1 && !known.ofSeries.includes(-1);
  return known.count === 0 || isWhole ? null : known;
}

/** Sums of a ratio's two sides by arm and compared stratum; the last entry holds what is compared with nothing. */
export function sumByStratum(rows: PlacedRows, strata: ComparedStrata, ratio: RowRatio): [StratumSums, StratumSums] {
  const arms: [StratumSums, StratumSums] = [emptySums(strata.count + 1), emptySums(strata.count + 1)];
  rows.series.forEach((series, index) => {
    const armOf = rows.armOf[index]!;
    const stratum = strata.ofSeries[index]! < 0 ? strata.count : strata.ofSeries[index]!;
    for (let row = 0; row < armOf.length; row++) {
      const arm = armOf[row]!;
      if (arm === NEITHER) continue;
      const numerator = ratio.numerator(series, row);
      const denominator = ratio.denominator(series, row);
      if (Number.isNaN(numerator) || Number.isNaN(denominator)) continue;
      const sums = arms[arm as 0 | 1];
      sums.numerators[stratum]! += numerator;
      sums.denominators[stratum]! += denominator;
    }
  });
  return arms;
}

function emptySums(count: number): StratumSums {
  return { numerators: new Float64Array(count), denominators: new Float64Array(count) };
}

/**
 * Direct standardisation to the baseline's mix: stratum s weighs w₀ₛ in both arms, so a row of post counts w₀ₛ/w₁ₛ times.
 * Null where there is nothing to hold equal, or no stratum with traffic of this ratio in both arms.
 */
export function stratumWeights(rows: StratifiedRows, ratio: RowRatio): StratumWeights | null {
  const strata = comparedStrata(rows);
  if (strata === null) return null;
  const [before, after] = sumByStratum(rows, strata, ratio);
  const common = Array.from({ length: strata.count }, (_, s) => s).filter(
    (s) => before.denominators[s]! > 0 && after.denominators[s]! > 0,
  );
  if (common.length === 0) return null;
  const arms = [before, after].map((sums) => standardised(sums, before, common, strata.count));
  const [baseline, post] = arms as [StandardisedArm, StandardisedArm];
  return {
    strata,
    rates: [baseline.rates, post.rates],
    factors: [baseline.factors, post.factors],
    mix: baseline.weights,
    levels: [baseline.level, post.level],
    weightEffects: [baseline.weightEffect, post.weightEffect],
  };
}

interface StandardisedArm {
  readonly rates: Float64Array;
  readonly factors: Float64Array;
  readonly weights: Float64Array;
  readonly level: number;
  readonly weightEffect: number;
}

function standardised(
  own: StratumSums,
  target: StratumSums,
  common: readonly number[],
  count: number,
): StandardisedArm {
  const ownTotal = common.reduce((sum, s) => sum + own.denominators[s]!, 0);
  const targetTotal = common.reduce((sum, s) => sum + target.denominators[s]!, 0);
  const rates = new Float64Array(count).fill(Number.NaN);
  const factors = new Float64Array(count);
  const weights = new Float64Array(count);
  let level = 0;
  let squares = 0;
  for (const s of common) {
    const weight = target.denominators[s]! / targetTotal;
    weights[s] = weight;
    rates[s] = own.numerators[s]! / own.denominators[s]!;
    factors[s] = weight / (own.denominators[s]! / ownTotal);
    level += weight * rates[s]!;
    squares += weight * factors[s]!;
  }
  return { rates, factors, weights, level, weightEffect: squares };
}

/**
 * The ratio with what strata contribute taken out: Y − r₀ₛN + r₀N, whose level stays the baseline's whatever the mix, so
 * that it can be followed over time. Rows of strata the baseline lacks know nothing.
 */
export function withinStrata(rows: StratifiedRows, ratio: RowRatio): RowRatio {
  const weights = stratumWeights(rows, ratio);
  if (weights === null) return ratio;
  const { strata, rates, levels } = weights;
  const shiftOf = new Map(
    rows.series.map((series, index) => {
      const rate = rates[BASELINE][strata.ofSeries[index]!] ?? Number.NaN;
      return [series, levels[BASELINE] - rate];
    }),
  );
  return {
    numerator: (series, row) =>
      ratio.numerator(series, row) + (shiftOf.get(series) ?? Number.NaN) * ratio.denominator(series, row),
    denominator: (series, row) => (Number.isNaN(shiftOf.get(series)) ? Number.NaN : ratio.denominator(series, row)),
  };
}
