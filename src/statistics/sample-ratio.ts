import { logGamma } from './gamma.ts';

/**
 * Anytime-valid p-value that events fall to the arms in the expected shares: a Dirichlet mixture of multinomials centred
 * there (Lindon & Malek 2022, "Anytime-valid inference for multinomial count data"). Events have to be independent of
 * each other: divide clustered counts by their design effect. `concentration` is the sum of the Dirichlet parameters: the
 * larger, the smaller the departures it is tuned to. NaN for shares that are not positive or counts below zero.
 */
export function sampleRatioP(
  counts: readonly number[],
  expectedShares: readonly number[],
  concentration = 100,
): number {
  const totalShare = expectedShares.reduce((sum, share) => sum + share, 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let logEvidence = logGamma(concentration) - logGamma(concentration + total);
  for (let arm = 0; arm < counts.length; arm++) {
    const share = expectedShares[arm]! / totalShare;
    const count = counts[arm]!;
    if (!(share > 0) || !(count >= 0)) return Number.NaN;
    const prior = concentration * share;
    logEvidence += logGamma(prior + count) - logGamma(prior) - count * Math.log(share);
  }
  return Math.min(1, Math.exp(-logEvidence));
}
