import type { ClusterRatio } from '../../statistics/cluster-ratio.ts';
import { kornGraubardInterval } from '../../statistics/korn-graubard.ts';
import type { Calibration } from '../past/calibration.ts';
import { BASELINE, POST } from '../phases.ts';
import type { RowRatio, Sample } from '../sampling/sample.ts';
import { clusteredRatios } from './clustered-ratios.ts';
import { type ArmPair, type ArmRatio, armPair, type NoEstimate, wholeRequests } from './estimate.ts';

/** How far the variance of both arms lies above that of independent requests, and how well that is known. */
interface Dispersion {
  readonly designEffect: number;
  readonly degreesOfFreedom: number;
}

/** A share of rare events in each arm with exact intervals, where Wilson's and Student's theory of many events fail. */
export function rareArms(sample: Sample, ratio: RowRatio, calibration: Calibration | null): ArmPair | NoEstimate {
  const { ratioOf, notes } = clusteredRatios(sample, ratio, calibration);
  const ratios = [ratioOf(BASELINE), ratioOf(POST)] as const;
  const dispersion = sharedDispersion(ratios, calibration);
  return wholeRequests(armPair([rareArm(ratios[0], dispersion), rareArm(ratios[1], dispersion)], false, notes), sample);
}

/**
 * Few events say little about how they cluster: both arms take the larger design effect, known from the clusters of every
 * arm that had events.
 */
function sharedDispersion(arms: readonly ClusterRatio[], calibration: Calibration | null): Dispersion {
  const seen = arms.filter(({ designEffect }) => !Number.isNaN(designEffect));
  const fewest = Math.min(...arms.map(({ degreesOfFreedom }) => degreesOfFreedom));
  if (seen.length === 0) return { designEffect: 1, degreesOfFreedom: fewest };
  const pooled = seen.reduce((sum, { degreesOfFreedom }) => sum + degreesOfFreedom, 0);
  return {
    designEffect: Math.max(...seen.map(({ designEffect }) => designEffect)),
    degreesOfFreedom: calibration === null ? pooled : fewest,
  };
}

function rareArm({ ratio, clusters, total, designEffect }: ClusterRatio, dispersion: Dispersion): ArmRatio {
  const counted = { events: ratio * total, total, designEffect: dispersion.designEffect };
  return {
    ratio,
    clusters,
    total,
    designEffect,
    degreesOfFreedom: dispersion.degreesOfFreedom,
    intervalAt: (level) => ({
      estimate: ratio,
      ...kornGraubardInterval({ ...counted, degreesOfFreedom: dispersion.degreesOfFreedom }, level),
    }),
  };
}
