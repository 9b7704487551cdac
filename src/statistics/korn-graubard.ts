import { betaQuantile } from './beta.ts';
import { normalQuantile } from './normal.ts';
import { studentQuantile } from './student.ts';

/** Events among a total that came in clusters. */
export interface ClusteredCount {
  readonly events: number;
  readonly total: number;
  /** Variance over that of independent requests. */
  readonly designEffect: number;
  /** Of the design effect; infinite where it is known. */
  readonly degreesOfFreedom: number;
}

/**
 * Interval of a share of rare events in clusters (Korn & Graubard 1998): Clopper & Pearson's exact interval on the effective
 * size N/DEFF·(z/t)², never larger than N (Parker et al. 2017). No normal theory, so that p-values far below 5 % mean what
 * they say. No degrees of freedom: (0, 1).
 */
export function kornGraubardInterval(count: ClusteredCount, level: number): { low: number; high: number } {
  const tail = (1 - level) / 2;
  const shrink = level > 0 ? (normalQuantile(tail) / studentQuantile(tail, count.degreesOfFreedom)) ** 2 : 1;
  const size = count.total * Math.min(1, shrink / count.designEffect);
  if (!(size > 0)) return { low: 0, high: 1 };
  const events = size * (count.events / count.total);
  return {
    low: events <= 0 ? 0 : betaQuantile(tail, events, size - events + 1),
    high: events >= size ? 1 : betaQuantile(1 - tail, events + 1, size - events),
  };
}
