import type { ClusterRatio } from './cluster-ratio.ts';
import { studentQuantile } from './student.ts';
import { wilsonIntervalOfCritical } from './wilson.ts';

/** The design effect an interval should use: at least 1, and `fallback` where it cannot be estimated (no events). */
export function usableDesignEffect(designEffect: number, fallback = 1): number {
  return Math.max(1, Number.isNaN(designEffect) ? fallback : designEffect);
}

/**
 * Interval of a share from clustered counts (Rao & Scott 1992): Wilson's interval on the effective size N/DEFF.
 * Student's t takes the place of z, which equals Korn & Graubard's (1998) further shrinking of the size by (z/t)²,
 * because the DEFF comes from few clusters. Without events the bound is finite: DEFF is then `fallbackDesignEffect`.
 */
export function raoScottInterval(
  estimate: ClusterRatio,
  level: number,
  fallbackDesignEffect = 1,
): { low: number; high: number } {
  if (!(estimate.ratio >= 0 && estimate.ratio <= 1)) return { low: 0, high: 1 };
  const effectiveSize = estimate.total / usableDesignEffect(estimate.designEffect, fallbackDesignEffect);
  const critical = studentQuantile((1 + level) / 2, estimate.degreesOfFreedom);
  return wilsonIntervalOfCritical(estimate.ratio * effectiveSize, effectiveSize, critical);
}
