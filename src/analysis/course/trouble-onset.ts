import type { TroubleOnset } from '../../domain/report.ts';
import type { Finding } from '../comparing/comparing.ts';
import { strength } from '../comparison-strength.ts';

/**
 * When the upgrade's trouble began: the onset of the regressed comparison with the strongest evidence that has one. What else
 * got worse may have followed it; an average over all would name a time at which nothing happened.
 */
export function troubleOnset(findings: readonly Finding[]): TroubleOnset | null {
  let strongest: Finding['comparison'] | null = null;
  for (const { comparison } of findings) {
    if (comparison.verdict !== 'regressed' || comparison.onset === null) continue;
    if (strongest === null || strength(comparison) > strength(strongest)) strongest = comparison;
  }
  if (strongest === null || strongest.onset === null) return null;
  const { service, endpoint, peer, indicator, onset } = strongest;
  return { ...onset, of: { service, endpoint, peer, indicator } };
}
