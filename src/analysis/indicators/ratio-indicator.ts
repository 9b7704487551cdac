import { type ArmPair, type Estimate, estimateArms, type NoEstimate, type Support } from '../estimating/estimate.ts';
import type { RowRatio } from '../sampling/sample.ts';
import { ratioMix } from '../strata/mix.ts';
import { withinStrata } from '../strata/stratum-weights.ts';
import type { Indicator } from './indicator.ts';
import { marginsOfLevel } from './margins-of-level.ts';
import { ratioTimeline } from './ratio-timeline.ts';

type Described = Pick<Indicator, 'name' | 'unit' | 'better' | 'about' | 'primary'>;

/** An indicator that is a ratio of sums; `judge` turns the two arms into an effect with its margins. */
export function ratioIndicator(
  described: Described,
  ratio: RowRatio,
  support: Support,
  judge: (pair: ArmPair) => Estimate,
): Indicator {
  return {
    ...described,
    levelPower: support === 'any' ? 2 : 1,
    isRatio: true,
    estimate(sample, calibration) {
      const pair: ArmPair | NoEstimate = estimateArms(sample, ratio, support, calibration);
      return 'arms' in pair ? judge(pair) : pair;
    },
    response: () => ratio,
    responseMargins: (_sample, estimate) => marginsOfLevel(estimate),
    ...(support === 'any' ? {} : { mix: (sample, levelFactor) => ratioMix(sample, ratio, levelFactor) }),
    timeline: (sample, steps) => ratioTimeline(withinStrata(sample, ratio), sample.series, steps),
  };
}
