import type { Comparison, ReportVerdict } from '../domain/report.ts';
import type { Finding } from './comparing.ts';

/** Endpoints with less of the traffic than this do not keep a report from saying "no regression". */
const NEGLIGIBLE_SHARE = 0.01;

/** The upgrade's verdict and the one sentence that gives its reason. */
export function overallVerdict(findings: readonly Finding[]): { verdict: ReportVerdict; reason: string } {
  const comparisons = findings.map((finding) => finding.comparison);
  const regressed = comparisons.filter(({ verdict }) => verdict === 'regressed');
  const improved = comparisons.filter(({ verdict }) => verdict === 'improved');
  if (comparisons.length === 0) {
    return {
      verdict: 'cannot-tell',
      reason: 'No telemetry could be compared: there is nothing to say about this upgrade.',
    };
  }
  if (regressed.length > 0) return { verdict: 'regressed', reason: regressionReason(regressed, improved) };
  const untold = untoldPrimaries(findings);
  if (untold.length > 0) return { verdict: 'cannot-tell', reason: untoldReason(untold, comparisons.length) };
  if (improved.length > 0) {
    return {
      verdict: 'improved',
      reason: `${named(improved[0]!)} got better and nothing got worse beyond its margin.`,
    };
  }
  return {
    verdict: 'no-regression',
    reason: `All ${comparisons.length} comparisons that matter stayed within their margins.`,
  };
}

/** Primary indicators that cannot be told, on endpoints that carry traffic worth speaking of. */
function untoldPrimaries(findings: readonly Finding[]): Comparison[] {
  const most = Math.max(...findings.map(({ comparison }) => trafficOf(comparison)));
  return findings
    .filter(({ indicator, comparison }) => indicator.primary && comparison.verdict === 'cannot-tell')
    .map(({ comparison }) => comparison)
    .filter((comparison) => trafficOf(comparison) >= NEGLIGIBLE_SHARE * most);
}

function trafficOf({ requests }: Comparison): number {
  return Math.max(...requests);
}

function regressionReason(regressed: readonly Comparison[], improved: readonly Comparison[]): string {
  const worst = [...regressed].sort((left, right) => strength(right) - strength(left))[0]!;
  const others = regressed.length - 1;
  const also = others === 0 ? '' : ` and ${others} more ${others === 1 ? 'comparison' : 'comparisons'}`;
  const since = worst.onset === null ? '' : ` since ${worst.onset.at}`;
  const better = improved.length === 0 ? '' : `; ${improved.length} got better`;
  return `${named(worst)}${also} got worse beyond the margin${since}${better}.`;
}

function untoldReason(untold: readonly Comparison[], all: number): string {
  const first = untold[0]!;
  const needs = first.needed === null ? '' : ` (needed: ${first.needed})`;
  return `${untold.length} of ${all} comparisons cannot be told, first ${named(first)}${needs}.`;
}

/** How far beyond noise: smaller p first, then the larger effect. */
export function strength({ p, effect }: Comparison): number {
  const size = effect === null ? 0 : Math.min(1, Math.abs(effect.estimate));
  return -Math.log10(p ?? 1) + size;
}

/** A comparison in words: where and what. */
export function named({ service, endpoint, peer, indicator }: Comparison): string {
  const where = endpoint === null ? service : `${service} ${endpoint}`;
  return `${indicator} of ${where}${peer === null ? '' : ` to ${peer}`}`;
}
