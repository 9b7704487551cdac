import type { BaselineChoice } from './baseline-choice.ts';
import { CONFIDENCE } from './decision.ts';
import { isEstimate } from './estimate.ts';
import type { Indicator } from './indicators/indicator.ts';
import { NEITHER, POST } from './phases.ts';
import type { Sample } from './sample.ts';

/** A move that no longer holds at the end of post went away by itself. */
const LAST_SHARE = 1 / 3;

/**
 * Whether a move is over: the last third of the post window, by the same estimator, lies wholly within the margin. Less
 * than that claim keeps the verdict: a tail too thin to tell is no sign of recovery.
 */
export function hasGoneAway(indicator: Indicator, { sample, calibration }: BaselineChoice): boolean {
  if (!sample.ordered) return false;
  const result = indicator.estimate(lastOfPost(sample), calibration);
  if (!isEstimate(result)) return false;
  const { low, high } = result.effectAt(CONFIDENCE);
  return high < result.riseMargin && low > -result.fallMargin;
}

/** The sample with only the last clusters of post. */
function lastOfPost(sample: Sample): Sample {
  const before = sample.clusters[POST];
  const first = Math.ceil(before * (1 - LAST_SHARE));
  const armOf = sample.armOf.map((arms, index) =>
    arms.map((arm, row) => (arm === POST && sample.clusterOf[index]![row]! < first ? NEITHER : arm)),
  );
  const clusterOf = sample.clusterOf.map((clusters, index) =>
    clusters.map((cluster, row) => (armOf[index]![row] === POST ? cluster - first : cluster)),
  );
  return { ...sample, armOf, clusterOf, clusters: [sample.clusters[0], before - first] };
}
