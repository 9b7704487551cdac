import { clusterRatio } from '../../statistics/cluster-ratio.ts';
import { mean, meanSquare, relativeRootMeanSquare } from '../../statistics/descriptive.ts';
import { tailDegrees } from '../../statistics/tail-degrees.ts';
import { varianceRatioTail } from '../../statistics/variance-ratio.ts';
import type { ArmCounts } from '../sampling/sample.ts';
import { type BaselineBlocks, type Reference, type Sums, sumsBetween } from './references/reference.ts';

/** What quiet stretches of the user's own past say about a comparison of the same shape. */
export interface Calibration {
  /** Variance of a ratio over that many blocks with that denominator, as found between quiet windows. */
  readonly varianceOf: (blocks: number, denominator: number, level: number) => number;
  /** Of Student's t, from how many windows there were and how heavy their tails are. */
  readonly degreesOfFreedom: number;
  /** Variance found between quiet windows over what independent blocks would have. */
  readonly inflation: number;
  /** The reference's level times this is what quiet windows would have shown. */
  readonly levelFactor: number;
  /** With which the reference predicts each quiet window; NaN where it knows nothing of it. */
  readonly errors: readonly number[];
  /** Placebo windows: stretches of the baseline taken as if they had been the post window. */
  readonly windows: number;
  /** How many of them independence would have called a move at 95 %, and how many still are after calibration. */
  readonly alarmsBefore: number;
  readonly alarmsAfter: number;
  /** What was found in each of them. */
  readonly placebos: readonly PlaceboScore[];
}

/** One quiet stretch of the baseline, taken as if it had been the post window. */
export interface PlaceboScore {
  /** Its first block. */
  readonly block: number;
  /** Observed less predicted, and the standard deviation independent blocks would give that. */
  readonly error: number;
  readonly deviation: number;
  readonly z: number;
}

/** Fewer quiet windows than this calibrate nothing. */
const FEWEST_WINDOWS = 8;
/** Windows shorter than this many blocks, or this share of post, say little about a window as long as post. */
const FEWEST_BLOCKS = 2;
const SHORTEST_SHARE = 0.25;
/** Share of a window's blocks that have to hold data. */
const FEWEST_KNOWN = 0.5;
const TWO_SIDED_95 = 1.96;
const FEWEST_DEGREES = 3;
/** Windows at post's own hours are told from the rest from this many days on, where they are significantly noisier. */
const FEWEST_DAYS = 4;
const SIGNIFICANT = 0.05;

/** Whether a baseline of so many blocks has room for as many quiet windows, long enough to be like post. */
export function canCalibrate(baselineBlocks: number, postBlocks: number): boolean {
  return windowLength(baselineBlocks, postBlocks) !== null;
}

/** As long as post, or shorter where the baseline has room for too few; null where that would be too short. */
function windowLength(baselineBlocks: number, postBlocks: number): number | null {
  const length = Math.min(postBlocks, Math.floor(baselineBlocks / FEWEST_WINDOWS));
  return length < FEWEST_BLOCKS || length < SHORTEST_SHARE * postBlocks ? null : length;
}

/** The window that quiet ones are to be like: where it begins, how many blocks it spans and how many of them hold data. */
export interface PostShape {
  readonly startBlock: number;
  readonly spanBlocks: number;
  readonly blocks: number;
  /** After so many blocks the hours of the day come again. */
  readonly dayBlocks: number;
}

/**
 * Placebo windows: the baseline is cut into windows as long as post (shorter where it has room for too few), whole windows
 * before post, so that all comparisons have the same and days repeat in them. Each is compared with its reference as post
 * will be. Squared errors over the variance independent blocks would have average 1 where blocks are independent; seasons,
 * drift and dependence show as more, a reference that explains them as less. Where windows at post's own hours of earlier
 * days are noisier than the rest, theirs is the variance: noise has hours, too.
 */
export function calibrate(
  baseline: BaselineBlocks,
  post: PostShape,
  reference: Reference,
  levelPower: number,
): Calibration | null {
  const { ratio } = clusterRatio(baseline.counts.numerators, baseline.counts.denominators);
  const perBlock = residualVariance(baseline.counts, ratio);
  const scale = (level: number): number => (level / ratio > 0 ? perBlock * (level / ratio) ** levelPower : perBlock);
  const placebos = placeboScores(baseline, post, reference, scale);
  const scores = placebos.filter((score) => score !== null);
  if (scores.length < FEWEST_WINDOWS) return null;
  const { inflation, degrees } = noisierOf(
    scores.map(({ z }) => z),
    scoresAtHours(baseline, post, reference, scale),
  );
  const alarms = (variance: number): number =>
    scores.filter(({ z }) => Math.abs(z) > TWO_SIDED_95 * Math.sqrt(variance)).length;
  return {
    varianceOf: (blocks, denominator, level) => (inflation * scale(level) * blocks) / denominator ** 2,
    degreesOfFreedom: degrees,
    inflation,
    levelFactor: reference.levelFactor(baseline),
    errors: placebos.map((score) => score?.error ?? Number.NaN),
    windows: scores.length,
    alarmsBefore: alarms(1),
    alarmsAfter: alarms(inflation),
    placebos: scores,
  };
}

/** Root mean square error of quiet windows over that of another reference, where both know them. */
export function relativeError({ errors }: Calibration, other: Calibration): number {
  return relativeRootMeanSquare(errors, other.errors);
}

function noisierOf(all: readonly number[], atHours: readonly number[]): { inflation: number; degrees: number } {
  const inflation = meanSquare(all);
  const ratio = meanSquare(atHours) / inflation;
  const isNoisier = atHours.length >= FEWEST_DAYS && varianceRatioTail(ratio, atHours.length, all.length) < SIGNIFICANT;
  if (!isNoisier) return { inflation, degrees: degreesOfFreedom(all) };
  return { inflation: meanSquare(atHours), degrees: Math.max(FEWEST_DEGREES, atHours.length - 1) };
}

/** Of the windows as long as post that begin at its hour of earlier days. */
function scoresAtHours(
  baseline: BaselineBlocks,
  post: PostShape,
  reference: Reference,
  scale: (level: number) => number,
): number[] {
  const { blocks } = baseline;
  const sums = reference.sumsFor(baseline);
  const scores: number[] = [];
  for (let start = 0; start + post.blocks <= blocks.length; start++) {
    const end = start + post.blocks;
    if ((Math.ceil(post.startBlock) - blocks[start]!) % post.dayBlocks !== 0) continue;
    if (blocks[end - 1]! - blocks[start]! !== post.blocks - 1) continue;
    const score = scoreOf(sumsBetween(baseline, start, end), sums(start, end), scale);
    if (score !== null) scores.push(score.z);
  }
  return scores;
}

/** Null for a window of which the reference knows nothing. */
function placeboScores(
  baseline: BaselineBlocks,
  post: PostShape,
  reference: Reference,
  scale: (level: number) => number,
): (PlaceboScore | null)[] {
  const { blocks } = baseline;
  const length = windowLength(blocks.length, post.blocks);
  if (length === null) return [];
  const span = (post.spanBlocks * length) / post.blocks;
  const windowOf = (position: number): number => Math.floor((blocks[position]! - post.startBlock) / span);
  const sums = reference.sumsFor(baseline);
  const scores: (PlaceboScore | null)[] = [];
  let to = 0;
  for (let from = 0; from < blocks.length; from = to) {
    const window = windowOf(from);
    while (to < blocks.length && windowOf(to) === window) to++;
    if (to - from < FEWEST_KNOWN * length) continue;
    const score = scoreOf(sumsBetween(baseline, from, to), sums(from, to), scale);
    scores.push(score === null ? null : { ...score, block: post.startBlock + window * span });
  }
  return scores;
}

function scoreOf(window: Sums, reference: Sums, scale: (level: number) => number): Omit<PlaceboScore, 'block'> | null {
  if (!(window.denominator > 0 && reference.denominator > 0) || Number.isNaN(reference.numerator)) return null;
  const expected = reference.numerator / reference.denominator;
  const error = window.numerator / window.denominator - expected;
  const perBlock = scale(expected);
  const variance = perBlock * (window.blocks / window.denominator ** 2 + reference.blocks / reference.denominator ** 2);
  const deviation = Math.sqrt(variance);
  return deviation > 0 ? { error, deviation, z: error / deviation } : null;
}

/** Mean squared residual of a block around the common ratio, in units of the numerator. */
function residualVariance({ numerators, denominators }: ArmCounts, ratio: number): number {
  let squares = 0;
  for (let j = 0; j < numerators.length; j++) squares += (numerators[j]! - ratio * denominators[j]!) ** 2;
  return squares / Math.max(1, numerators.length - 1);
}

function degreesOfFreedom(z: readonly number[]): number {
  return tailDegrees(z.length, meanSquare(z), mean(z.map((one) => one ** 4)));
}
