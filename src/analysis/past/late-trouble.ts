import type { ComparisonMethod } from '../../domain/report.ts';
import { formatInstant } from '../../domain/window.ts';
import { dyadicLengths } from '../../statistics/stretches.ts';
import type { MoveEvidence } from '../comparing/decision.ts';
import type { Estimate } from '../estimating/estimate.ts';
import type { Indicator } from '../indicators/indicator.ts';
import { BASELINE, type Phases, POST } from '../phases.ts';
import { countsByBlock } from '../sampling/block-counts.ts';
import { withinStrata } from '../strata/stratum-weights.ts';
import type { BaselineChoice } from './baseline-choice.ts';
import { type BrokenRecord, brokenRecord } from './broken-record.ts';
import { canCalibrate } from './calibration.ts';
import { FEWEST_STRETCHES } from './constant-past.ts';
import { type Placebo, placeboBetween, type ResponseMargins } from './placebo.ts';
import { chooseReference } from './reference-choice.ts';
import { type BaselineBlocks, type Sums, sumsBetween } from './references/reference.ts';

/** The end of post, at lengths from its half down to a few blocks, each held against quiet stretches as long. */
export interface LateTrouble {
  /** Chance that the end of a quiet window is as bad at any of the lengths. */
  readonly p: number;
  readonly worst: LateStretch;
  readonly stretches: readonly LateStretch[];
}

/** The last blocks of post, as if post had begun with them. */
export interface LateStretch {
  /** Its place among the lengths: post halved so many times. */
  readonly halvings: number;
  /** First block, and the first after it. */
  readonly from: number;
  readonly to: number;
  /** Of what was followed: the indicator itself, or for a quantile the share above its old value. */
  readonly expected: number;
  readonly seen: number;
  /** The move was still there, and not less than half of it, in the last third of the stretch. */
  readonly holds: boolean;
  /** Null where the past never moved. */
  readonly placebo: Placebo | null;
}

/** What lasts less than this share of post, or fewer blocks, is a blip. */
const SHORTEST_SHARE = 1 / 32;
const FEWEST_BLOCKS = 3;
/** As for the whole of post: what no longer holds in the last third went away by itself. */
const LAST_SHARE = 1 / 3;
const HALF = 1 / 2;

/**
 * Trouble that began inside post and is still there at its end, which a level averaged over post hides. Each trailing stretch
 * is judged as a post window of its own is: against the reference that best predicts quiet stretches as long, from as far
 * away, in their variance and with their tails; the lengths share what the answer may err (Bonferroni). Null where no
 * direction is bad, where arms ran side by side, and where the past lacks the quiet stretches that ranks need.
 */
export function lateTroubleOf(
  indicator: Indicator,
  estimate: Estimate,
  choice: BaselineChoice,
  phases: Phases,
  asked: ComparisonMethod | null,
): LateTrouble | null {
  if (indicator.better === 'either' || choice.response === null || !choice.sample.ordered) return null;
  const ratio = indicator.mix === undefined ? choice.response : withinStrata(choice.past, choice.response);
  const past = countsByBlock(choice.past, ratio, BASELINE);
  const post = countsByBlock(choice.sample, ratio, POST);
  const margins = indicator.responseMargins(choice.sample, estimate);
  const record = brokenRecord(past, post, indicator.better, margins);
  if (record !== null) return afterRecord(record, post);
  const stretches = lateLengths(choice).flatMap(({ halvings, length }): LateStretch[] => {
    const stretch = lateStretch({ indicator, past, post, margins, phases, asked }, length);
    return stretch === null ? [] : [{ halvings, ...stretch }];
  });
  if (stretches.length === 0) return null;
  const chanceOf = ({ placebo }: LateStretch): number =>
    placebo === null ? 1 : worseOf(indicator.better, placebo.observed);
  const worst = stretches.reduce((one, other) => (chanceOf(other) < chanceOf(one) ? other : one));
  return { p: Math.min(1, stretches.length * chanceOf(worst)), worst, stretches };
}

function afterRecord({ p, value, seen, differing }: BrokenRecord, { blocks }: BaselineBlocks): LateTrouble {
  const [from, to] = [blocks.at(-differing)!, blocks.at(-1)! + 1];
  const worst = { halvings: 0, from, to, expected: value, seen, holds: true, placebo: null };
  return { p, worst, stretches: [worst] };
}

/** Post's half, a quarter and so on, of which the past holds as many quiet stretches as ranks need. */
function lateLengths({ past, sample }: BaselineChoice): { halvings: number; length: number }[] {
  return dyadicLengths(sample.clusters[POST], SHORTEST_SHARE)
    .map((length, halvings) => ({ halvings, length }))
    .filter(({ halvings, length }) => halvings > 0 && length >= FEWEST_BLOCKS)
    .filter(({ length }) => past.clusters[BASELINE] >= FEWEST_STRETCHES * length)
    .filter(({ length }) => canCalibrate(past.clusters[BASELINE], length));
}

interface Followed {
  readonly indicator: Indicator;
  readonly past: BaselineBlocks;
  readonly post: BaselineBlocks;
  readonly margins: ResponseMargins;
  readonly phases: Phases;
  readonly asked: ComparisonMethod | null;
}

function lateStretch(followed: Followed, length: number): Omit<LateStretch, 'halvings'> | null {
  const { indicator, past, post, margins, phases, asked } = followed;
  const last = post.blocks.length;
  const blocks = [...post.blocks.subarray(last - length)];
  const [from, to] = [blocks[0]!, blocks.at(-1)! + 1];
  const ownPhases = { ...phases, post: { startMs: from * phases.resolutionMs, endMs: to * phases.resolutionMs } };
  const chosen = chooseReference(past, blocks, indicator, ownPhases, asked);
  if (chosen === null || chosen.calibration.windows < FEWEST_STRETCHES) return null;
  const { reference, calibration } = chosen;
  const known = servingSums(past, reference.serving(past, blocks));
  const window = sumsBetween(post, last - length, last);
  const placebo = placeboBetween(known, window, calibration, margins);
  if (placebo === null) return null;
  const expected = (known.numerator / known.denominator) * calibration.levelFactor;
  const seen = levelOf(window);
  const atEnd = levelOf(sumsBetween(post, last - Math.ceil(LAST_SHARE * length), last)) - expected;
  const [margin, direction] = indicator.better === 'lower' ? [margins.rise, 1] : [margins.fall, -1];
  const holds = direction * atEnd > Math.max(margin, HALF * direction * (seen - expected));
  return { from, to, expected, seen, holds, placebo };
}

function servingSums({ blocks, counts }: BaselineBlocks, serves: (block: number) => boolean): Sums {
  const sums = { numerator: 0, denominator: 0, blocks: 0 };
  for (let j = 0; j < blocks.length; j++) {
    if (!serves(blocks[j]!)) continue;
    sums.numerator += counts.numerators[j]!;
    sums.denominator += counts.denominators[j]!;
    sums.blocks++;
  }
  return sums;
}

function levelOf({ numerator, denominator }: Sums): number {
  return numerator / denominator;
}

/** The chance on the side that is bad. */
export function worseOf(better: Indicator['better'], { risen, fallen }: MoveEvidence): number {
  return better === 'higher' ? fallen : risen;
}

/** When it can have begun: a stretch twice as long shows less, and what begins in its second half shows more at half of it. */
export function lateBeginnings({ from, to }: LateStretch): { readonly from: number; readonly to: number } {
  return { from: from - (to - from), to: Math.ceil((from + to) / 2) };
}

export function lateNote({ from, to, expected, seen, placebo }: LateStretch, isRatio: boolean, phases: Phases): string {
  const [start, end] = [from, to].map((block) => formatInstant(block * phases.resolutionMs));
  const [now, foreseen] = [seen, expected].map((value) => Number(value.toPrecision(3)));
  const what = isRatio ? 'it' : 'the share above its old value';
  return `from ${start} to the end at ${end} ${what} was at ${now}, where its past foresaw ${foreseen}: ${rankWords(placebo)}`;
}

function rankWords(placebo: Placebo | null): string {
  if (placebo === null) return 'it had never been at another value';
  return `${placebo.asFar} of ${placebo.blocks.length} quiet stretches as long lay as far off`;
}
