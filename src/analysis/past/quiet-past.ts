import type { ComparisonVerdict, QuietPast } from '../../domain/report.ts';
import type { Better } from '../../domain/upgrade.ts';
import { type MoveEvidence, FALSE_DISCOVERY_RATE as RATE } from '../comparing/decision.ts';
import { jointStretches, type StretchGrid, stretchesAtSameHours, stretchOf } from './joint-stretches.ts';
import type { Placebo } from './placebo.ts';

/** One comparison as the decision sees it, with what quiet stretches of its past would have shown. */
export interface PastComparison {
  readonly better: Better;
  readonly evidence: MoveEvidence;
  readonly placebo: Placebo | null;
  /** Relative to a mean of 1. */
  readonly weight: number;
}

/** What a report can claim of a comparison; each kind of claim has its own rate of false ones. */
export type Claim = Extract<ComparisonVerdict, 'regressed' | 'improved' | 'shifted'>;

const CLAIMS: readonly Claim[] = ['regressed', 'improved', 'shifted'];

export function isClaim(verdict: ComparisonVerdict): verdict is Claim {
  return (CLAIMS as readonly string[]).includes(verdict);
}

/** How often the report as a whole would have made a claim on quiet stretches of its own past; null without a past. */
export type QuietPasts = Readonly<Record<Claim, QuietPast | null>>;

/**
 * The whole report put to the test of its own past: for every quiet stretch, the strongest evidence for a claim over all
 * comparisons at once, against that of post. With (1 + as strong)/(1 + stretches) as p-value this is randomisation inference
 * on the maximum (Westfall & Young 1993, 2.3), so that however comparisons depend on each other and however heavy their
 * tails are, quiet reports make the claim at the stated rate.
 */
export function quietPasts(comparisons: readonly PastComparison[], grid: StretchGrid): QuietPasts {
  const placebos = comparisons.flatMap(({ placebo }) => placebo ?? []);
  const stretches = jointStretches(placebos, grid);
  const byClaim = CLAIMS.map((claim) => [claim, pastOf(claim, comparisons, stretches, grid)] as const);
  return Object.fromEntries(byClaim) as unknown as QuietPasts;
}

/** Whether the strongest evidence of its kind is stronger than what quiet stretches, and those at the same hours, show. */
export function standsOut(
  { windows, as_strong: asStrong, same_hours: sameHours }: QuietPast,
  rate: number = RATE,
): boolean {
  return (
    isRare(asStrong, windows, rate) && (sameHours === null || isRare(sameHours.as_strong, sameHours.windows, rate))
  );
}

/** As rare as the rate demands; of fewer stretches than that takes (19 at 5 %), none. */
function isRare(asStrong: number, windows: number, rate: number): boolean {
  return (1 + asStrong) / (1 + windows) <= Math.max(rate, 1 / (windows + 1));
}

/** The same of one comparison against its own past alone. */
export function standsOutAlone({ asFar, blocks }: Placebo, rate: number = RATE): boolean {
  return isRare(asFar, blocks.length, rate);
}

function pastOf(
  claim: Claim,
  comparisons: readonly PastComparison[],
  stretches: readonly number[],
  grid: StretchGrid,
): QuietPast | null {
  const members = comparisons.filter(({ better }) => (claim === 'shifted') === (better === 'either'));
  if (stretches.length === 0 || members.length === 0) return null;
  const quiet = new Map(stretches.map((stretch) => [stretch, [] as number[]]));
  const observed: number[] = [];
  for (const member of members) {
    const { better, evidence, placebo, weight } = member;
    addEvidence(observed, pOf(claim, better, placebo?.observed ?? evidence) / weight);
    if (placebo !== null) addQuietEvidence(quiet, claim, member, placebo, grid);
  }
  const strongest = new Map([...quiet].map(([stretch, pValues]) => [stretch, simes(pValues, members.length)]));
  const own = simes(observed, members.length);
  const asStrong = (among: readonly number[]): number => among.filter((one) => strongest.get(one)! <= own).length;
  const sameHours = stretchesAtSameHours(stretches, grid);
  return {
    windows: stretches.length,
    alarms: [...strongest.values()].filter((p) => p <= RATE).length,
    as_strong: asStrong(stretches),
    p: (1 + asStrong(stretches)) / (1 + stretches.length),
    same_hours: sameHours.length === 0 ? null : { windows: sameHours.length, as_strong: asStrong(sameHours) },
  };
}

function addQuietEvidence(
  quiet: ReadonlyMap<number, number[]>,
  claim: Claim,
  { better, weight }: PastComparison,
  { blocks, risen, fallen }: Placebo,
  grid: StretchGrid,
): void {
  const seen = new Set<number>();
  for (let j = 0; j < blocks.length; j++) {
    const stretch = stretchOf(grid, blocks[j]!);
    const pValues = quiet.get(stretch);
    // Where windows overlap, one a stretch: the largest of several would not be comparable with the one post.
    if (pValues === undefined || seen.has(stretch)) continue;
    seen.add(stretch);
    addEvidence(pValues, pOf(claim, better, { risen: risen[j]!, fallen: fallen[j]! }) / weight);
  }
}

function pOf(claim: Claim, better: Better, { risen, fallen }: MoveEvidence): number {
  if (claim === 'shifted') return Math.min(1, 2 * Math.min(risen, fallen));
  return (claim === 'regressed') === (better === 'lower') ? risen : fallen;
}

/** Larger ones cannot bring Simes' p-value below the rate. */
function addEvidence(pValues: number[], p: number): void {
  if (p <= RATE) pValues.push(p);
}

/** Of the claim that nothing moved at all: min m·p₍ᵢ₎/i (Simes 1986), the least adjusted p of Benjamini and Hochberg. */
function simes(pValues: number[], tests: number): number {
  let least = 1;
  pValues
    .sort((a, b) => a - b)
    .forEach((p, i) => {
      least = Math.min(least, (p * tests) / (i + 1));
    });
  return least;
}
