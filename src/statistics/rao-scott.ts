import type { ClusterRatio } from './cluster-ratio.ts';
import { normalQuantile } from './normal.ts';
import { studentQuantile } from './student.ts';
import { wilsonIntervalOfCritical } from './wilson.ts';

/** The design effect an interval should use: at least 1, and `fallback` where it cannot be estimated (no events). */
export function usableDesignEffect(designEffect: number, fallback = 1): number {
  return Math.max(1, Number.isNaN(designEffect) ? fallback : designEffect);
}

/** The design effect, at most 1, with which a t multiplier gives what z gives independent requests. */
export function independentDesignEffect(level: number, critical: number): number {
  return level > 0 ? (normalQuantile((1 + level) / 2) / critical) ** 2 : 1;
}

/**
 * Interval of a share from clustered counts (Rao & Scott 1992): Wilson's interval on the effective size N/DEFF, with
 * Student's t for z because the DEFF comes from few clusters (Korn & Graubard 1998). Both together never make the interval
 * narrower than independent requests would, nor is it any wider for a DEFF that chance put below 1 (Parker et al. 2017).
 * Without events the bound is finite: DEFF is then `fallbackDesignEffect`.
 */
export function raoScottInterval(
  estimate: ClusterRatio,
  level: number,
  fallbackDesignEffect = 1,
): { low: number; high: number } {
  if (!(estimate.ratio >= 0 && estimate.ratio <= 1)) return { low: 0, high: 1 };
  const critical = studentQuantile((1 + level) / 2, estimate.degreesOfFreedom);
  const designEffect = Number.isNaN(estimate.designEffect)
    ? Math.max(1, fallbackDesignEffect)
    : Math.max(estimate.designEffect, independentDesignEffect(level, critical));
  const effectiveSize = estimate.total / designEffect;
  return wilsonIntervalOfCritical(estimate.ratio * effectiveSize, effectiveSize, critical);
}
