import type { Shares } from '../../domain/report.ts';
import type { Interval } from '../../statistics/mover.ts';
import { satterthwaiteDegrees, type VarianceEstimate } from '../../statistics/satterthwaite.ts';
import { MOST_PLAYERS } from '../../statistics/shapley.ts';
import { studentQuantile } from '../../statistics/student.ts';
import type { Finding } from '../comparing/comparing.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { POST } from '../phases.ts';
import { stratumWeights } from '../strata/stratum-weights.ts';
import type { Beside } from './beside.ts';
import { type CoalitionFit, coalitionFit, type Term } from './coalition-fit.ts';
import { type CoalitionShares, coalitionShares } from './coalition-shares.ts';
import type { ContrastFit } from './contrast.ts';
import type { ExposureCells } from './exposure-cells.ts';
import { type GroupRange, type LeaveOut, leaveOutOf } from './leave-out.ts';
import { shareThatMet } from './met-together.ts';
import { type ShareMeasure, shareMeasures } from './share-measure.ts';
import { effectsOn, termWeights } from './term-effects.ts';

/**
 * How much of a comparison's move each of the changes did that were shown to do harm here, by the numbers of their
 * exposures. A coalition is worth what the indicator would have been, had post met only these changes: its distribution less
 * the fitted effects of the others. `withMix`: what the mix of traffic moved is a part too. Null where nothing ran beside what
 * met them, or there is no move.
 */
export function sharesOf(beside: Beside, accused: readonly number[], withMix = false): Shares | null {
  const told = accused.filter((number) => beside.contrasts[number]?.inseparableFrom.length === 0);
  const isMixAsked = withMix && isMovedByMix(beside.finding);
  return (isMixAsked ? sharesBetween(beside, told, true) : null) ?? sharesWithin(beside, told);
}

const within = new WeakMap<Beside, Map<string, Shares | null>>();

/** Asked for what the suspects of a comparison did, and again for what is shown of it. */
function sharesWithin(beside: Beside, told: readonly number[]): Shares | null {
  const known = within.get(beside) ?? new Map<string, Shares | null>();
  within.set(beside, known);
  const name = told.join();
  const made = known.get(name);
  if (made !== undefined) return made;
  const shares = sharesBetween(beside, told, false);
  known.set(name, shares);
  return shares;
}

/** By more than the margin of the comparison. */
function isMovedByMix({ comparison: { mix, effect } }: Finding): boolean {
  return mix !== null && effect !== null && Math.abs(mix.mix) > effect.margin;
}

function sharesBetween(beside: Beside, told: readonly number[], isMixPlayer: boolean): Shares | null {
  const players = largest(beside, told, MOST_PLAYERS - Number(isMixPlayer));
  const base = baseOf(beside, players);
  if (players.length === 0 || base === null) return null;
  const fit = coalitionFit(beside, base, players);
  const intervals = intervalsOf(beside, fit, players.length, isMixPlayer);
  if (intervals === null) return null;
  return {
    parts: players.map((number, player) => ({
      change: beside.exposures[number]!.change.id,
      ...intervals.ofPlayers[player]!,
    })),
    mix: isMixPlayer ? intervals.ofPlayers[players.length]! : null,
    unexplained: intervals.unexplained,
    additive: fit.additive,
    left_out: told.length - players.length,
  };
}

/** Those that explain most: what more of them did stays in the remainder. In the order of the document. */
function largest(beside: Beside, told: readonly number[], most: number): number[] {
  const sizeOf = (number: number): number =>
    Math.abs(beside.contrasts[number]!.difference.estimate) * shareThatMet(beside, [beside.exposures[number]!]);
  const bySize = [...told].sort((a, b) => sizeOf(b) - sizeOf(a) || a - b);
  return bySize.slice(0, most).sort((a, b) => a - b);
}

function baseOf({ fits, fitted }: Beside, players: readonly number[]): ContrastFit | null {
  const isTold = ({ fit }: ContrastFit): boolean =>
    players.every((number) => !Number.isNaN(fit.coefficients[fitted.indexOf(number)]));
  return fits.find(isTold) ?? null;
}

interface ShareIntervals {
  readonly ofPlayers: readonly Interval[];
  readonly unexplained: Interval;
}

/** Of the first measure by which there is a move. */
function intervalsOf(beside: Beside, fit: CoalitionFit, changes: number, isMixPlayer: boolean): ShareIntervals | null {
  const leaveOut = leaveOutOf(fit.contrast, beside.finding.design.sample.series);
  const { held, asItCame } = rowFactors(beside, fit.contrast.cells);
  const weights = [held, ...(isMixPlayer ? [asItCame] : [])].map((factors) => termWeights(fit, leaveOut, factors));
  const sharesBy = (measure: ShareMeasure, group: number | null): CoalitionShares | null => {
    const [ofHeld, ofCame] = weights.map(({ full, withoutGroup }) =>
      effectsOn(measure, group === null ? full : withoutGroup[group]!),
    );
    const levels = group === null ? measure.levels : measure.withoutGroup[group]!;
    if (!ofHeld || ofCame === null) return null;
    return coalitionShares(fit.terms, measure, levels, { held: ofHeld, asItCame: ofCame ?? null }, changes);
  };
  for (const measure of shareMeasures(beside, fit.contrast.cells, fit.terms, leaveOut)) {
    const full = sharesBy(measure, null);
    if (full === null || !Number.isFinite(full.total) || full.total === 0) continue;
    const without = Array.from({ length: leaveOut.count }, (_, group) => sharesBy(measure, group));
    if (isMixPlayer && !isTold(full, without, leaveOut)) continue;
    const interval = (of: (one: CoalitionShares) => number, own: readonly Term[]): Interval =>
      intervalAround(
        of(full),
        without.map((one) => (one === null ? Number.NaN : of(one))),
        own,
        fit,
        leaveOut,
      );
    return {
      ofPlayers: full.ofPlayers.map((_, player) =>
        interval(
          ({ ofPlayers }) => ofPlayers[player]!,
          player < changes ? fit.terms.filter(({ coalition }) => coalition & (1 << player)) : fit.terms,
        ),
      ),
      unexplained: interval(({ unexplained }) => unexplained, fit.terms),
    };
  }
  return null;
}

/** What a request of each row of the cells counts for at the baseline's mix of traffic, and as it came. */
function rowFactors({ finding: { design, indicator } }: Beside, { stratum }: ExposureCells) {
  const raw = indicator.response(design.sample);
  const weights = raw === null ? null : stratumWeights(design.sample, raw);
  const asItCame = new Float64Array(stratum.length).fill(1);
  if (weights === null) return { held: asItCame, asItCame };
  return { held: asItCame.map((_, row) => weights.factors[POST][stratum[row]! - 1] ?? 0), asItCame };
}

/** Is the whole move beyond chance, and in the direction of what happened within kinds of traffic? */
function isTold(full: CoalitionShares, without: readonly (CoalitionShares | null)[], leaveOut: LeaveOut): boolean {
  const totals = without.map((one) => one?.total ?? Number.NaN);
  const variance = sum(rangesOf(leaveOut).map((range) => rangeVariance(full.total, totals, range)));
  const reach = studentQuantile((1 + CONFIDENCE) / 2, leaveOut.count - rangesOf(leaveOut).length) * Math.sqrt(variance);
  return Math.abs(full.total) > reach && full.total * full.within > 0;
}

function rangesOf({ instances, times }: LeaveOut): GroupRange[] {
  return [...(instances === null ? [] : [instances]), ...times];
}

/** (G − 1)/G · Σ(θ₍₋g₎ − θ)² over the groups of one stratum (Rust & Rao 1996). */
function rangeVariance(estimate: number, without: readonly number[], { first, count }: GroupRange): number {
  const squares = sum(without.slice(first, first + count).map((value) => (value - estimate) ** 2));
  return count < 2 ? Number.NaN : ((count - 1) / count) * squares;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

/**
 * Variance between instances and between stretches of time, added up: what cells vary by alone counts twice, so rather too
 * wide. Where too few instances met the only term, its placebos stand for those, relative to its effect on the response.
 */
function intervalAround(
  estimate: number,
  without: readonly number[],
  own: readonly Term[],
  { contrast: { fit } }: CoalitionFit,
  { instances, times }: LeaveOut,
): Interval {
  const varianceOf = (range: GroupRange): number => rangeVariance(estimate, without, range);
  const degrees = Math.min(...own.map(({ column }) => fit.degreesOfFreedom[column]!));
  const [only] = own;
  const placebo = only !== undefined && own.length === 1 ? (fit.placebos[only.column] ?? null) : null;
  const betweenTimes: VarianceEstimate = {
    variance: sum(times.map(varianceOf)),
    degreesOfFreedom: sum(times.map(({ count }) => count - 1)),
  };
  const slope = only === undefined ? 0 : estimate / fit.coefficients[only.column]!;
  const betweenInstances =
    placebo !== null
      ? { ...placebo, variance: placebo.variance * slope ** 2 }
      : instances === null
        ? { variance: 0, degreesOfFreedom: degrees }
        : { variance: varianceOf(instances), degreesOfFreedom: degrees };
  const variance = betweenTimes.variance + betweenInstances.variance;
  const reach =
    studentQuantile((1 + CONFIDENCE) / 2, satterthwaiteDegrees([betweenTimes, betweenInstances])) * Math.sqrt(variance);
  if (!Number.isFinite(reach)) return { estimate, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { estimate, low: estimate - reach, high: estimate + reach };
}
