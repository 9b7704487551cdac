import { clusterResiduals } from '../../statistics/cluster-ratio.ts';
import { estimateArms } from '../estimating/estimate.ts';
import { againstThePast } from '../past/against-the-past.ts';
import { columnRatio } from '../sampling/column-ratio.ts';
import { type ArmCounts, countByCluster, type Sample } from '../sampling/sample.ts';
import type { Indicator, IndicatorKind } from './indicator.ts';
import { growsWithLevel, levelEstimate } from './level-estimate.ts';
import { marginsOfLevel } from './margins-of-level.ts';
import { namedOf } from './named.ts';
import { ratioTimeline } from './ratio-timeline.ts';

const LEVEL = columnRatio('sum', 'count');

/** The mean of a series of the user's own. */
export const namedGauge: IndicatorKind = {
  of: (subject, context) =>
    namedOf(subject, context, 'gauge').map(
      ({ named, described, margin }): Indicator => ({
        ...described,
        levelPower: growsWithLevel(named.unit) ? 2 : 0,
        isRatio: true,
        estimate(sample, calibration = null) {
          const pair = estimateArms(sample, LEVEL, 'any', calibration);
          if (!('arms' in pair)) return pair;
          return levelEstimate(againstThePast(pair, sample, LEVEL, calibration), named, {
            relative: margin,
            failures: context.upgrade.margins.errorRatio,
            deviations: () => deviationsOf(sample),
          });
        },
        response: () => LEVEL,
        responseMargins: (_sample, estimate) => marginsOfLevel(estimate),
        timeline: (sample, steps) => ratioTimeline(LEVEL, sample.series, steps),
      }),
    ),
};

function deviationsOf(sample: Sample): [number, number] {
  const [baseline, post] = countByCluster(sample, LEVEL);
  return [deviationOf(baseline), deviationOf(post)];
}

/** Root mean square of blocks around their arm's level. */
function deviationOf({ numerators, denominators }: ArmCounts): number {
  let [squares, blocks] = [0, 0];
  clusterResiduals(numerators, denominators).forEach((residual, j) => {
    if (!Number.isFinite(residual)) return;
    squares += (residual / denominators[j]!) ** 2;
    blocks++;
  });
  return Math.sqrt(squares / Math.max(1, blocks));
}
