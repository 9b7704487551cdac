import type { Mix } from '../../domain/report.ts';
import { bucketQuantile } from '../../statistics/bucket-distribution.ts';
import { type StratifiedCounts, twoFoldDecomposition } from '../../statistics/kitagawa.ts';
import type { Estimate } from '../estimating/estimate.ts';
import { poolHistograms } from '../sampling/histogram-sample.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';
import { comparedStrata, sumByStratum } from './stratum-weights.ts';

/** Parts of a change as it came, in the indicator's unit; within + mix + newOrVanished = total. */
export interface MixParts {
  readonly total: number;
  /** What changed inside the kinds of traffic that both sides have. */
  readonly within: number;
  /** What the shift of traffic between them did. */
  readonly mix: number;
  /** What kinds of traffic that one side lacks did. */
  readonly newOrVanished: number;
}

/** By Kitagawa's symmetric decomposition; `levelFactor` scales the baseline. Null where no strata are told apart. */
export function ratioMix(sample: Sample, ratio: RowRatio, levelFactor: number): MixParts | null {
  const strata = comparedStrata(sample);
  if (strata === null) return null;
  const [before, after] = sumByStratum(sample, strata, ratio);
  const [own, other] = [strata.count, strata.count + 1];
  // What one side lacks gets a stratum for each side, so that it is never taken for traffic both have.
  const baseline: StratifiedCounts = {
    events: [...before.numerators, 0].map((events) => events * levelFactor),
    totals: [...before.denominators, 0],
  };
  const post = { events: [...after.numerators, 0], totals: [...after.denominators, 0] };
  [post.events[own], post.events[other]] = [0, post.events[own]!];
  [post.totals[own], post.totals[other]] = [0, post.totals[own]!];
  const { total, within, mix, appeared, vanished } = twoFoldDecomposition(baseline, post);
  return { total, within, mix, newOrVanished: appeared + vanished };
}

/** By reweighted distributions (DiNardo, Fortin & Lemieux 1996): within is Q(F₁*) − Q(F₀), mix is Q(F₁) − Q(F₁*). */
export function quantileMix(sample: Sample, p: number): MixParts | null {
  const histograms = poolHistograms(sample);
  if (histograms === null || histograms.asTheyCame === null) return null;
  const { bounds, interpolation } = histograms.layout;
  const { all, compared } = histograms.asTheyCame;
  const quantile = (counts: Float64Array): number => bucketQuantile(bounds, counts, p, interpolation).value;
  const [baseline, standardised, post] = [histograms.pooled[0], histograms.pooled[1], compared[1]].map(quantile) as [
    number,
    number,
    number,
  ];
  return {
    total: quantile(all[1]) - quantile(all[0]),
    within: standardised - baseline,
    mix: post - standardised,
    newOrVanished: quantile(all[1]) - post - (quantile(all[0]) - baseline),
  };
}

/** The parts in the terms of the effect: over the baseline's level where that is relative. */
export function mixOf(sample: Sample, parts: MixParts | null, estimate: Estimate): Mix | null {
  const strata = comparedStrata(sample);
  if (parts === null || strata === null || sample.strata === null) return null;
  const unit = estimate.kind === 'relative' ? estimate.baseline : 1;
  const [vanished, appeared] = strata.outsideShares;
  return {
    by: sample.strata.attributes,
    strata: strata.count,
    total: parts.total / unit,
    within: parts.within / unit,
    mix: parts.mix / unit,
    new_or_vanished: parts.newOrVanished / unit,
    vanished_share: vanished,
    new_share: appeared,
  };
}
