import type { ComparisonVerdict, Effect } from '../../domain/report.ts';
import type { Better } from '../../domain/upgrade.ts';
import type { Estimate } from '../estimating/estimate.ts';

/** Two-sided level of the intervals that are shown and decided on. */
export const CONFIDENCE = 0.95;
/** False discovery rate over all endpoints x indicators. */
export const FALSE_DISCOVERY_RATE = 0.05;

/** One-sided p-values for a move beyond the margin in either direction, as they are or adjusted over all comparisons. */
export interface MoveEvidence {
  readonly risen: number;
  readonly fallen: number;
}

const SMALLEST_P = 1e-12;

/**
 * p-values by inverting the interval: the largest one-sided level at which it still touches the margin. Interval and
 * p-value agree by construction, whatever the estimator; only no p is smaller than `smallest`.
 */
export function moveEvidence(estimate: Estimate, smallest = SMALLEST_P): MoveEvidence {
  const risen = invert((level) => estimate.effectAt(level).low > estimate.riseMargin);
  const fallen = invert((level) => estimate.effectAt(level).high < -estimate.fallMargin);
  return { risen: Math.max(risen, smallest), fallen: Math.max(fallen, smallest) };
}

function invert(clears: (level: number) => boolean): number {
  if (!clears(0)) return 1;
  if (clears(1 - 2 * SMALLEST_P)) return SMALLEST_P;
  let [low, high] = [Math.log(SMALLEST_P), Math.log(0.5)];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (clears(1 - 2 * Math.exp(middle))) high = middle;
    else low = middle;
  }
  return Math.exp(high);
}

/**
 * The three-way decision: a move needs the interval beyond the margin and the adjusted p below the rate; "no regression"
 * is a claim that the interval stays within the margin on the worse side; everything else cannot be told.
 */
export function decide(estimate: Estimate, adjusted: MoveEvidence, better: Better): ComparisonVerdict {
  const { low, high } = estimate.effectAt(CONFIDENCE);
  const rose = low > estimate.riseMargin && adjusted.risen <= FALSE_DISCOVERY_RATE;
  const fell = high < -estimate.fallMargin && adjusted.fallen <= FALSE_DISCOVERY_RATE;
  const notRisen = high < estimate.riseMargin;
  const notFallen = low > -estimate.fallMargin;
  if (better === 'either') return rose || fell ? 'shifted' : notRisen && notFallen ? 'no-regression' : 'cannot-tell';
  const [worse, improved, notWorse] = better === 'lower' ? [rose, fell, notRisen] : [fell, rose, notFallen];
  if (worse) return 'regressed';
  if (improved) return 'improved';
  return notWorse ? 'no-regression' : 'cannot-tell';
}

/** The effect as the report shows it; the margin is the one on the worse side. */
export function effectOf(estimate: Estimate, better: Better): Effect {
  const interval = estimate.effectAt(CONFIDENCE);
  const margin = better === 'higher' ? estimate.fallMargin : estimate.riseMargin;
  return { kind: estimate.kind, ...interval, margin };
}
