import { formatInstant } from '../../domain/window.ts';
import { dyadicLengths } from '../../statistics/stretches.ts';
import type { MoveEvidence } from '../comparing/decision.ts';
import type { Estimate } from '../estimating/estimate.ts';
import type { Indicator } from '../indicators/indicator.ts';
import { BASELINE, type Phases, POST } from '../phases.ts';
import { countsOfArms } from '../sampling/block-counts.ts';
import { withinStrata } from '../strata/stratum-weights.ts';
import type { BaselineChoice } from './baseline-choice.ts';
import { type BrokenRecord, brokenRecord } from './broken-record.ts';
import { calibrate } from './calibration.ts';
import { FEWEST_STRETCHES } from './constant-past.ts';
import { type Placebo, placeboBetween, type ResponseMargins } from './placebo.ts';
import { knowsEnough, postShape } from './reference-choice.ts';
import { type BaselineBlocks, type Reference, type Sums, sumsBetween } from './references/reference.ts';
import { wholeBaseline } from './references/whole-baseline.ts';

/** The end of post, at lengths from its half down to a few blocks, each held against quiet stretches as long. */
export interface LateTrouble {
  /** Chance that the end of a quiet window is as bad at any of the lengths. */
  readonly p: number;
  /** How many lengths were asked, which share what the answer may err. */
  readonly lengths: number;
  /** Whether asking can err by as much as is allowed; that a record broke just at the end has next to no chance to. */
  readonly canErr: boolean;
  readonly worst: LateStretch;
  /** What quiet stretches as long as post halved so many times show; null where none were asked, or the past never moved. */
  placeboAt(halvings: number): Placebo | null;
}

/** The last blocks of post, as if post had begun with them. */
export interface LateStretch {
  readonly halvings: number;
  /** First block, and the first after it. */
  readonly from: number;
  readonly to: number;
  /** Of what was followed: the indicator itself, or for a quantile the share above its old value. */
  readonly expected: number;
  readonly seen: number;
  /** The move was still there, and not less than half of it, in the last third of the stretch. */
  readonly holds: boolean;
  readonly p: number;
  /** Null where the past never moved, or the stretch did not move beyond the margin. */
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
 * is judged as a post window of its own is: against the reference that serves for post, from as far away, in the variance of
 * quiet stretches as long and with their tails; the lengths share what the answer may err (Bonferroni). Null where no
 * direction is bad, where arms ran side by side, and where the past lacks the quiet stretches that ranks need.
 */
export function lateTroubleOf(
  indicator: Indicator,
  estimate: Estimate,
  choice: BaselineChoice,
  phases: Phases,
): LateTrouble | null {
  if (indicator.better === 'either' || choice.response === null || !choice.sample.ordered) return null;
  const followed = follow(indicator, estimate, choice, phases);
  const record = brokenRecord(followed.past, followed.post, indicator.better, followed.margins);
  if (record !== null) return afterRecord(record, followed.post);
  const lengths = lateLengths(choice);
  if (lengths.length === 0) return null;
  const stretches = lengths.map((one) => lateStretch(followed, one));
  const worst = stretches.reduce((one, other) => (other.p < one.p ? other : one));
  return {
    p: Math.min(1, lengths.length * worst.p),
    lengths: lengths.length,
    canErr: true,
    worst,
    placeboAt(halvings) {
      const wanted = lengths.find((one) => one.halvings === halvings);
      return wanted === undefined
        ? null
        : placeboOf(trailing(follow(indicator, estimate, choice, phases), wanted.length));
    },
  };
}

function afterRecord({ p, value, seen, differing }: BrokenRecord, { blocks }: BaselineBlocks): LateTrouble {
  const [from, to] = [blocks.at(-differing)!, blocks.at(-1)! + 1];
  const worst = { halvings: 0, from, to, expected: value, seen, holds: true, p, placebo: null };
  return { p, lengths: 1, canErr: false, worst, placeboAt: () => null };
}

interface Length {
  /** Post halved so many times. */
  readonly halvings: number;
  readonly length: number;
}

/** Post's half, a quarter and so on, of which the past holds as many quiet stretches as ranks need. */
function lateLengths({ past }: BaselineChoice): Length[] {
  return dyadicLengths(past.clusters[POST], SHORTEST_SHARE)
    .map((length, halvings) => ({ halvings, length }))
    .filter(({ halvings, length }) => halvings > 0 && length >= FEWEST_BLOCKS)
    .filter(({ length }) => past.clusters[BASELINE] >= FEWEST_STRETCHES * length);
}

/** What is followed through baseline and post, in blocks. */
interface Followed {
  readonly indicator: Indicator;
  readonly past: BaselineBlocks;
  readonly post: BaselineBlocks;
  readonly reference: Reference;
  readonly levelFactor: number;
  readonly margins: ResponseMargins;
  readonly phases: Phases;
}

function follow(indicator: Indicator, estimate: Estimate, choice: BaselineChoice, phases: Phases): Followed {
  const { sample, response, reference } = choice;
  const ratio = indicator.mix === undefined ? response! : withinStrata(choice.past, response!);
  const serving = reference ?? wholeBaseline();
  const [past, post] = countsOfArms(choice.past, ratio);
  return {
    indicator,
    past,
    post,
    reference: serving,
    levelFactor: serving.levelFactor(past),
    margins: indicator.responseMargins(sample, estimate),
    phases,
  };
}

/** The last blocks of post, with what is expected of them. */
interface Trailing extends Followed {
  readonly blocks: Int32Array;
  readonly known: Sums;
  readonly window: Sums;
  readonly expected: number;
}

function trailing(followed: Followed, length: number): Trailing {
  const { past, post } = followed;
  const last = post.blocks.length;
  const blocks = post.blocks.subarray(last - length);
  const reference = followed.reference.from(last - length);
  const known = servingSums(past, reference.serving(past, blocks));
  const window = sumsBetween(post, last - length, last);
  return { ...followed, reference, blocks, known, window, expected: levelOf(known) * followed.levelFactor };
}

/** Quiet stretches are only asked where the stretch moved beyond the margin: elsewhere no p is below a half. */
function lateStretch(followed: Followed, { halvings, length }: Length): LateStretch {
  const stretch = trailing(followed, length);
  const { indicator, post, margins, blocks, window, expected } = stretch;
  const [margin, direction] = indicator.better === 'lower' ? [margins.rise, 1] : [margins.fall, -1];
  const seen = levelOf(window);
  const last = post.blocks.length;
  const atEnd = levelOf(sumsBetween(post, last - Math.ceil(LAST_SHARE * length), last)) - expected;
  const move = direction * (seen - expected);
  const placebo = move > margin ? placeboOf(stretch) : null;
  return {
    halvings,
    from: blocks[0]!,
    to: blocks.at(-1)! + 1,
    expected,
    seen,
    holds: direction * atEnd > Math.max(margin, HALF * move),
    p: placebo === null ? 1 : worseOf(indicator.better, placebo.observed),
    placebo,
  };
}

function placeboOf({ indicator, past, reference, margins, phases, blocks, known, window }: Trailing): Placebo | null {
  if (!knowsEnough(reference, past, blocks)) return null;
  const [from, to] = [blocks[0]!, blocks.at(-1)! + 1];
  const ownPhases = { ...phases, post: { startMs: from * phases.resolutionMs, endMs: to * phases.resolutionMs } };
  const calibration = calibrate(past, postShape(blocks.length, ownPhases), reference, indicator.levelPower);
  if (calibration === null || calibration.windows < FEWEST_STRETCHES) return null;
  return placeboBetween(known, window, calibration, margins);
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
function worseOf(better: Indicator['better'], { risen, fallen }: MoveEvidence): number {
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
