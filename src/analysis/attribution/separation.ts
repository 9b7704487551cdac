import type { Change } from '../../domain/upgrade.ts';
import { clusterRatio } from '../../statistics/cluster-ratio.ts';
import { candidateKindOf } from '../candidates/index.ts';
import type { Finding } from '../comparing.ts';
import type { Phases } from '../phases.ts';
import { countByCluster } from '../sample.ts';

/** z for a one-sided 97.5 % bound with 80 % power. */
const REACH = 2.8;

/** The cheapest step that would tell changes apart, with how long it takes to see half of the move at today's noise. */
export function separatingStep(changes: readonly Change[], finding: Finding, phases: Phases): string {
  const cheapest = [...changes].sort(
    (left, right) => candidateKindOf(left).separatingCost - candidateKindOf(right).separatingCost,
  )[0]!;
  const minutes = minutesNeeded(finding, phases);
  const step = candidateKindOf(cheapest).separatingStep(cheapest);
  return minutes === null ? step : `${step} for about ${minutes} min`;
}

/** Two arms of half the traffic each: 2·2·(z σ / (Δ/2))² blocks, σ² the variance of one block's response. */
function minutesNeeded(finding: Finding, phases: Phases): number | null {
  const response = finding.indicator.response(finding.design.sample);
  if (response === null) return null;
  const [baseline, post] = countByCluster(finding.design.sample, response).map((arm) =>
    clusterRatio(arm.numerators, arm.denominators),
  );
  if (baseline === undefined || post === undefined) return null;
  const perBlock = post.variance * post.clusters;
  const move = Math.abs(post.ratio - baseline.ratio) / 2;
  const blocks = 4 * perBlock * (REACH / move) ** 2;
  return Number.isFinite(blocks) ? Math.max(1, Math.ceil((Math.max(6, blocks) * phases.resolutionMs) / 60_000)) : null;
}
