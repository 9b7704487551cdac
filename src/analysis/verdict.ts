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
  if (untold.length > 0) return { verdict: 'cannot-tell', reason: untoldReason(untold, primaries(findings)) };
  if (improved.length > 0) {
    return {
      verdict: 'improved',
      reason: `${named(improved[0]!)} got better and nothing got worse beyond its margin.`,
    };
  }
  return { verdict: 'no-regression', reason: withinReason(findings) };
}

/** Only what was shown is counted; what moved without a better side, or could not be told, is said. */
function withinReason(findings: readonly Finding[]): string {
  const count = (verdict: string): number => findings.filter(({ comparison }) => comparison.verdict === verdict).length;
  const parts = [`${count('no-regression')} of ${findings.length} comparisons were shown to stay within their margins`];
  if (count('shifted') > 0) parts.push(`${count('shifted')} shifted`);
  if (count('transient') > 0) parts.push(`${count('transient')} moved and went away`);
  if (count('cannot-tell') > 0) parts.push(`${count('cannot-tell')} of lesser weight cannot be told`);
  return `${parts.join('; ')}.`;
}

/** Primary indicators that cannot be told, on endpoints that carry traffic worth speaking of. */
function untoldPrimaries(findings: readonly Finding[]): Comparison[] {
  const most = Math.max(...findings.map(({ comparison }) => trafficOf(comparison)));
  return findings
    .filter(({ indicator, comparison }) => indicator.primary && comparison.verdict === 'cannot-tell')
    .map(({ comparison }) => comparison)
    .filter((comparison) => trafficOf(comparison) >= NEGLIGIBLE_SHARE * most);
}

function primaries(findings: readonly Finding[]): number {
  return findings.filter(({ indicator }) => indicator.primary).length;
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
  return `${untold.length} of the ${all} comparisons that the verdict rests on cannot be told, first ${named(first)}${needs}.`;
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
