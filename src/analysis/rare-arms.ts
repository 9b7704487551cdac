import type { ClusterRatio } from '../statistics/cluster-ratio.ts';
import { kornGraubardInterval } from '../statistics/korn-graubard.ts';
import { usableDesignEffect } from '../statistics/rao-scott.ts';
import type { Calibration } from './calibration.ts';
import { type ArmPair, type ArmRatio, armPair, calibratedRatio, type NoEstimate } from './estimate.ts';
import { independentCounts } from './independent-counts.ts';
import type { RowRatio, Sample } from './sample.ts';

/** How far the variance of both arms lies above that of independent requests, and how well that is known. */
interface Dispersion {
  readonly designEffect: number;
  readonly degreesOfFreedom: number;
}

/** A share of rare events in each arm with exact intervals, where Wilson's and Student's theory of many events fail. */
export function rareArms(sample: Sample, ratio: RowRatio, calibration: Calibration | null): ArmPair | NoEstimate {
  const { arms, notes } = independentCounts(sample, ratio, calibration);
  const ratios = [calibratedRatio(arms[0], calibration), calibratedRatio(arms[1], calibration)] as const;
  const dispersion = sharedDispersion(ratios, calibration);
  return armPair([rareArm(ratios[0], dispersion), rareArm(ratios[1], dispersion)], notes);
}

/**
 * Few events say little about how they cluster: both arms take the larger design effect, known from the clusters of every
 * arm that had events.
 */
function sharedDispersion(arms: readonly ClusterRatio[], calibration: Calibration | null): Dispersion {
  const seen = arms.filter(({ ratio }) => ratio > 0).map(({ degreesOfFreedom }) => degreesOfFreedom);
  const fewest = Math.min(...arms.map(({ degreesOfFreedom }) => degreesOfFreedom));
  const pooled = seen.reduce((sum, degrees) => sum + degrees, 0);
  return {
    designEffect: Math.max(...arms.map(({ designEffect }) => usableDesignEffect(designEffect))),
    degreesOfFreedom: calibration === null ? Math.max(pooled, fewest) : fewest,
  };
}

function rareArm({ ratio, clusters, total, designEffect }: ClusterRatio, dispersion: Dispersion): ArmRatio {
  const count = { events: ratio * total, total, ...dispersion };
  return {
    ratio,
    clusters,
    total,
    designEffect,
    intervalAt: (level) => ({ estimate: ratio, ...kornGraubardInterval(count, level) }),
  };
}
