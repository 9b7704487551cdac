import { moverDifference, moverRatio } from '../../statistics/mover.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import type { Estimate } from '../estimating/estimate.ts';

/**
 * What exposed hosts did beyond what unexposed hosts did in the same time: a ratio of ratios, or a difference of
 * differences, by MOVER from the two separate intervals. Shocks that hit both cancel.
 */
export function differenceInDifferences(exposed: Estimate, control: Estimate): Estimate {
  const isRelative = exposed.kind === 'relative' && control.kind === 'relative';
  return {
    ...exposed,
    notes: [...exposed.notes, controlNote(control)],
    effectAt(level) {
      const [first, second] = [control.effectAt(level), exposed.effectAt(level)];
      if (!isRelative) return moverDifference(first, second);
      const { estimate, low, high } = moverRatio(plusOne(first), plusOne(second));
      return { estimate: estimate - 1, low: low - 1, high: high - 1 };
    },
  };
}

function plusOne({ estimate, low, high }: { estimate: number; low: number; high: number }) {
  return { estimate: 1 + estimate, low: Math.max(0, 1 + low), high: 1 + high };
}

function controlNote({ baseline, post }: Estimate): string {
  const change = ((post / baseline - 1) * 100).toFixed(1);
  return Number.isFinite(post / baseline)
    ? `instances that met none of the changes moved by ${change} % in the same time, which is taken off`
    : 'what instances that met none of the changes did in the same time is taken off';
}

/** Arms that already drifted apart before the upgrade cannot be compared this way. */
export function driftedApart(exposed: Estimate, control: Estimate): boolean {
  const { low, high } = differenceInDifferences(exposed, control).effectAt(CONFIDENCE);
  return low > 0 || high < 0;
}
