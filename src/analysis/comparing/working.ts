import type { Better } from '../../domain/upgrade.ts';
import type { ArmWorking, Working } from '../../domain/working.ts';
import { normalQuantile } from '../../statistics/normal.ts';
import type { ArmRatio, Estimate } from '../estimating/estimate.ts';
import type { Calibration } from '../past/calibration.ts';
import { CONFIDENCE } from './decision.ts';

/** Chance with which a move of the smallest visible size would have been seen. */
const POWER = 0.8;

/** What a comparison's numbers were made of. */
export function workingOf(
  estimate: Estimate,
  calibration: Calibration | null,
  asFar: number | null,
  better: Better,
): Working {
  const [baseline, post] = estimate.arms;
  return {
    confidence: CONFIDENCE,
    baseline: armWorking(baseline),
    post: armWorking(post),
    calibration:
      calibration === null
        ? null
        : {
            windows: calibration.windows,
            inflation: calibration.inflation,
            false_alarms_before: calibration.alarmsBefore,
            false_alarms_after: calibration.alarmsAfter,
            as_far: asFar,
          },
    smallest_visible: smallestVisible(estimate, better),
  };
}

function armWorking(arm: ArmRatio): ArmWorking {
  const { estimate, low, high } = arm.intervalAt(CONFIDENCE);
  const { clusters, total, designEffect } = arm;
  return { value: estimate, low, high, clusters, requests: total, design_effect: finiteOrNull(designEffect) };
}

/** The margin, the reach of the interval on its near side, and what power adds to it. */
function smallestVisible(estimate: Estimate, better: Better): number | null {
  const { estimate: effect, low, high } = estimate.effectAt(CONFIDENCE);
  const [margin, reach] =
    better === 'higher' ? [estimate.fallMargin, high - effect] : [estimate.riseMargin, effect - low];
  return finiteOrNull(margin + reach * (1 + normalQuantile(POWER) / normalQuantile((1 + CONFIDENCE) / 2)));
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
