import { formatCount } from '../domain/numbers.ts';
import { effectWords, formatQuantity } from '../domain/quantities.ts';
import type { Comparison, QuietPast, ReportVerdict } from '../domain/report.ts';
import type { Finding } from './comparing/comparing.ts';
import { named } from './comparison-name.ts';
import { looksWorse, strength } from './comparison-strength.ts';

/** Endpoints with less of the traffic than this do not keep a report from saying "no regression". */
const NEGLIGIBLE_SHARE = 0.01;

/** No model of noise is trusted further. */
const RAREST_NOISE = 1e-4;

/** The upgrade's verdict and the one sentence that gives its reason: what, since when, how sure, and what would tell more. */
export function overallVerdict(
  findings: readonly Finding[],
  quietPast: QuietPast | null,
  /** Why one side has no telemetry; null where both have. */
  emptySide: string | null,
): { verdict: ReportVerdict; reason: string } {
  const comparisons = findings.map((finding) => finding.comparison);
  const regressed = comparisons.filter(({ verdict }) => verdict === 'regressed');
  const improved = comparisons.filter(({ verdict }) => verdict === 'improved');
  if (comparisons.length === 0) {
    return {
      verdict: 'cannot-tell',
      reason: 'No telemetry could be compared: there is nothing to say about this upgrade.',
    };
  }
  if (regressed.length > 0) return { verdict: 'regressed', reason: regressionReason(regressed, improved, quietPast) };
  const resting = withTraffic(findings);
  const untold = resting.filter(({ verdict }) => verdict === 'cannot-tell');
  if (untold.length > 0) return { verdict: 'cannot-tell', reason: emptySide ?? untoldReason(untold, resting.length) };
  if (improved.length > 0) {
    const best = strongest(improved);
    return { verdict: 'improved', reason: `${moved(best)} got better, and nothing got worse beyond its margin.` };
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

/** A verdict rests on primary indicators that have a worse side, since a move of others condemns nothing; else on all. */
function primaries(findings: readonly Finding[]): Finding[] {
  const primary = findings.filter(({ indicator }) => indicator.primary);
  const directed = primary.filter(({ indicator }) => indicator.better !== 'either');
  if (directed.length > 0) return directed;
  return primary.length > 0 ? primary : [...findings];
}

/**
 * What the verdict rests on: primaries of endpoints that carry traffic worth speaking of. Bytes, samples of a gauge and requests
 * are each a measure of their own.
 */
function withTraffic(findings: readonly Finding[]): Comparison[] {
  const most = new Map<string, number>();
  for (const { subject, comparison } of findings) {
    most.set(subject.measure, Math.max(most.get(subject.measure) ?? 0, trafficOf(comparison)));
  }
  return primaries(findings)
    .filter(({ subject, comparison }) => trafficOf(comparison) >= NEGLIGIBLE_SHARE * most.get(subject.measure)!)
    .map(({ comparison }) => comparison);
}

function trafficOf({ requests }: Comparison): number {
  return Math.max(...requests);
}

function regressionReason(
  regressed: readonly Comparison[],
  improved: readonly Comparison[],
  quietPast: QuietPast | null,
): string {
  const worst = strongest(regressed);
  const others = regressed.length - 1;
  const since = worst.onset === null ? '' : ` since ${worst.onset.at}`;
  const parts = [
    `${moved(worst)} got worse${since}`,
    ...(others === 0 ? [] : [`so did ${others} more ${others === 1 ? 'comparison' : 'comparisons'}`]),
    ...(improved.length === 0 ? [] : [`${improved.length} got better`]),
    sureness(worst, quietPast),
  ];
  return `${parts.join('; ')}.`;
}

/** By the user's own past where it is long enough, else by the chance of a false discovery. */
function sureness({ q, method }: Comparison, quietPast: QuietPast | null): string {
  if (quietPast !== null && method !== 'concurrent') {
    const { windows, as_strong: asStrong } = quietPast;
    return `${asStrong === 0 ? 'none' : asStrong} of ${windows} quiet stretches of the past looked as bad`;
  }
  const findings = 1 / Math.max(q ?? 1, RAREST_NOISE);
  return `at most 1 in ${formatCount(Math.floor(findings))} findings like this is noise`;
}

/** What looks worst first; else what is nearest to an answer, with what would give it. */
function untoldReason(untold: readonly Comparison[], all: number): string {
  const count = countUntold(untold.length, all);
  const suspected = untold.filter(looksWorse);
  const first = suspected.length > 0 ? strongest(suspected) : nearest(untold);
  const needs = first.needed === null ? '' : `; needed: ${first.needed}`;
  if (suspected.length > 0)
    return `${moved(first)} looks worse, but not clearly enough to call it so; ${count}${needs}.`;
  return `Nothing was found to get worse, but ${count}; nearest to an answer is ${named(first)}${reach(first)}${needs}.`;
}

function countUntold(untold: number, all: number): string {
  if (all === 1) return 'the one comparison that the verdict rests on cannot be told';
  if (untold === all) return `none of the ${all} comparisons that the verdict rests on can be told`;
  return `${untold} of the ${all} comparisons that the verdict rests on cannot be told`;
}

/** The one whose interval reaches least far beyond its margin. */
function nearest(untold: readonly Comparison[]): Comparison {
  return untold.reduce((best, one) => (overreach(one) < overreach(best) ? one : best));
}

function overreach({ effect, better }: Comparison): number {
  if (effect === null) return Number.POSITIVE_INFINITY;
  const reached = (better === 'higher' ? -effect.low : effect.high) / effect.margin;
  return Number.isNaN(reached) ? Number.POSITIVE_INFINITY : reached;
}

function reach(comparison: Comparison): string {
  if (comparison.effect === null || !Number.isFinite(overreach(comparison))) return '';
  const words = effectWords(comparison.effect, comparison);
  return ` (at worst ${comparison.better === 'higher' ? words.low : words.high}, margin ${words.margin})`;
}

function strongest(comparisons: readonly Comparison[]): Comparison {
  return comparisons.reduce((best, one) => (strength(one) > strength(best) ? one : best));
}

/** With its move: from where to where, and by how much. */
function moved(comparison: Comparison): string {
  const { effect, baseline, post } = comparison;
  if (effect === null) return named(comparison);
  const [from, to] = [formatQuantity(baseline, comparison), formatQuantity(post, comparison)];
  return `${named(comparison)}, from ${from} to ${to} (${effectWords(effect, comparison).estimate}),`;
}
