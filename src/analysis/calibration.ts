import { clusterRatio } from '../statistics/cluster-ratio.ts';
import { varianceRatioTail } from '../statistics/variance-ratio.ts';
import { type BaselineBlocks, type Reference, type Sums, sumsBetween } from './references/reference.ts';
import type { ArmCounts } from './sample.ts';

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
}

/** Fewer quiet windows than this calibrate nothing. */
const FEWEST_WINDOWS = 8;
/** Windows shorter than this many blocks, or this share of post, say little about a window as long as post. */
const FEWEST_BLOCKS = 2;
const SHORTEST_SHARE = 0.25;
const TWO_SIDED_95 = 1.96;
const FEWEST_DEGREES = 3;
/** Windows at post's own hours are told from the rest from this many days on, where they are significantly noisier. */
const FEWEST_DAYS = 4;
const SIGNIFICANT = 0.05;

/** At which block post begins, and after how many blocks hours come again; null where days have no whole blocks. */
export interface PostHours {
  readonly firstBlock: number;
  readonly dayBlocks: number;
}

/**
 * Placebo windows: the baseline is cut into windows as long as post (shorter where it has room for too few), and each is
 * compared with its reference as post will be. Squared errors over the variance independent blocks would have average 1
 * where blocks are independent; seasons, drift and dependence show as more, a reference that explains them as less. Where
 * windows at post's own hours of earlier days are noisier than the rest, theirs is the variance: noise has hours, too.
 */
export function calibrate(
  baseline: BaselineBlocks,
  postBlocks: number,
  reference: Reference,
  levelPower: number,
  hours: PostHours | null,
): Calibration | null {
  const { ratio } = clusterRatio(baseline.counts.numerators, baseline.counts.denominators);
  const perBlock = residualVariance(baseline.counts, ratio);
  const scale = (level: number): number =>
    level > 0 && ratio > 0 ? perBlock * (level / ratio) ** levelPower : perBlock;
  const placebos = placeboScores(baseline, postBlocks, reference, scale);
  const scores = placebos.filter((score) => score !== null);
  if (scores.length < FEWEST_WINDOWS) return null;
  const { inflation, degrees } = noisierOf(
    scores.map(({ z }) => z),
    hours === null ? [] : scoresAtHours(baseline, postBlocks, reference, scale, hours),
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
  };
}

/** Root mean square error of quiet windows over that of another reference, where both know them. */
export function relativeError({ errors }: Calibration, other: Calibration): number {
  let [own, others] = [0, 0];
  errors.forEach((error, i) => {
    if (Number.isNaN(error) || Number.isNaN(other.errors[i]!)) return;
    own += error ** 2;
    others += other.errors[i]! ** 2;
  });
  return Math.sqrt(own / others);
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
  postBlocks: number,
  reference: Reference,
  scale: (level: number) => number,
  { firstBlock, dayBlocks }: PostHours,
): number[] {
  const { blocks } = baseline;
  const sums = reference.sumsFor(baseline);
  const scores: number[] = [];
  for (let start = 0; start + postBlocks <= blocks.length; start++) {
    if ((firstBlock - blocks[start]!) % dayBlocks !== 0) continue;
    if (blocks[start + postBlocks - 1]! - blocks[start]! !== postBlocks - 1) continue;
    const score = scoreOf(sumsBetween(baseline, start, start + postBlocks), sums(start, start + postBlocks), scale);
    if (score !== null) scores.push(score.z);
  }
  return scores;
}

interface PlaceboScore {
  readonly error: number;
  readonly z: number;
}

function placeboScores(
  baseline: BaselineBlocks,
  postBlocks: number,
  reference: Reference,
  scale: (level: number) => number,
): (PlaceboScore | null)[] {
  const { length: all } = baseline.blocks;
  const length = Math.min(postBlocks, Math.floor(all / FEWEST_WINDOWS));
  if (length < FEWEST_BLOCKS || length < SHORTEST_SHARE * postBlocks) return [];
  const sums = reference.sumsFor(baseline);
  const scores: (PlaceboScore | null)[] = [];
  // The windows that end with the baseline: its most recent past counts, a remainder at its beginning does not.
  for (let start = all % length; start + length <= all; start += length) {
    scores.push(scoreOf(sumsBetween(baseline, start, start + length), sums(start, start + length), scale));
  }
  return scores;
}

function scoreOf(window: Sums, reference: Sums, scale: (level: number) => number): PlaceboScore | null {
  if (!(window.denominator > 0 && reference.denominator > 0) || Number.isNaN(reference.numerator)) return null;
  const expected = reference.numerator / reference.denominator;
  const error = window.numerator / window.denominator - expected;
  const perBlock = scale(expected);
  const variance = perBlock * (window.blocks / window.denominator ** 2 + reference.blocks / reference.denominator ** 2);
  return variance > 0 ? { error, z: error / Math.sqrt(variance) } : null;
}

/** Mean squared residual of a block around the common ratio, in units of the numerator. */
function residualVariance({ numerators, denominators }: ArmCounts, ratio: number): number {
  let squares = 0;
  for (let j = 0; j < numerators.length; j++) squares += (numerators[j]! - ratio * denominators[j]!) ** 2;
  return squares / Math.max(1, numerators.length - 1);
}

/** One less than the windows, and fewer where tails are heavy: a t with ν degrees has an excess kurtosis of 6 / (ν − 4). */
function degreesOfFreedom(z: readonly number[]): number {
  const second = meanSquare(z);
  const excess = mean(z.map((one) => one ** 4)) / second ** 2 - 3;
  const ofTails = excess > 0 ? 4 + 6 / excess : Number.POSITIVE_INFINITY;
  return Math.max(FEWEST_DEGREES, Math.min(z.length - 1, ofTails));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanSquare(values: readonly number[]): number {
  return mean(values.map((value) => value * value));
}
