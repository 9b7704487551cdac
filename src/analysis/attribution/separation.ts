import type { Change } from '../../domain/upgrade.ts';
import { clusterRatio } from '../../statistics/cluster-ratio.ts';
import { neededSampleSize } from '../../statistics/minimum-detectable.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing/comparing.ts';
import type { Phases } from '../phases.ts';
import { countByCluster } from '../sampling/sample.ts';

/** The cheapest step that would tell changes apart, with how long it takes to see half of the move at today's noise. */
export function separatingStep(changes: readonly Change[], finding: Finding, phases: Phases): string {
  const cheapest = [...changes].sort(
    (left, right) => candidateKindOf(left).separatingCost - candidateKindOf(right).separatingCost,
  )[0]!;
  const minutes = minutesNeeded(finding, phases);
  const step = candidateKindOf(cheapest).separatingStep(cheapest);
  return minutes === null ? step : `${step} for about ${minutes} min`;
}

/** Two arms of half the traffic each: four times the blocks one full arm would need to see half of the move. */
function minutesNeeded(finding: Finding, phases: Phases): number | null {
  const response = finding.indicator.response(finding.design.sample);
  if (response === null) return null;
  const [baseline, post] = countByCluster(finding.design.sample, response).map((arm) =>
    clusterRatio(arm.numerators, arm.denominators),
  );
  if (baseline === undefined || post === undefined) return null;
  const perBlock = post.variance * post.clusters;
  const move = Math.abs(post.ratio - baseline.ratio) / 2;
  const blocks = 4 * neededSampleSize(1, Math.sqrt(perBlock), move);
  return Number.isFinite(blocks) ? Math.max(1, Math.ceil((Math.max(6, blocks) * phases.resolutionMs) / 60_000)) : null;
}
