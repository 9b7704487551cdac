import { relativeRootMeanSquare } from '../../statistics/descriptive.ts';
import { meanOfOtherCycles } from '../../statistics/other-cycles.ts';
import { type Cumulative, cumulate, meanBetween } from '../../statistics/stretches.ts';
import type { BaselineBlocks } from './references/reference.ts';
import type { Season } from './seasons.ts';

/** Baseline and post on one line of blocks without gaps; blocks nobody knows weigh nothing. */
export interface Timeline {
  /** Block at position 0. */
  readonly first: number;
  readonly numerators: Float64Array;
  readonly weights: Float64Array;
  /** First position after the baseline, and first of post. */
  readonly baselineEnd: number;
  readonly postStart: number;
  readonly knownOfBaseline: number;
}

/** Where post, and every quiet window of the past as long as it, was expected to lie. */
export interface Forecast {
  /** Sums of the distances to what the season says of each block. */
  readonly distances: Cumulative;
  readonly quiet: readonly ForecastWindow[];
  /** Of other days, at post's hours. */
  readonly atHours: readonly ForecastWindow[];
  readonly post: ForecastWindow;
  /** Windows as long as post that fit side by side into what is known of the baseline. */
  readonly independent: number;
}

export interface ForecastWindow {
  /** First position. */
  readonly start: number;
  /** Distance to the season at which the window was expected, and at which it lay. */
  readonly level: number;
  readonly mean: number;
}

/** The level just before is that of a stretch this share of post. */
const BEFORE_SHARE = 1 / 2;
/** Quiet windows overlap: a new one starts after this share of post. */
const STEP_SHARE = 1 / 4;
/** Blocks of a window that have to be known. */
const KNOWN_SHARE = 0.75;
/** The season is averaged over this share of post around each block. */
const SMOOTHING_SHARE = 1 / 32;

export function timelineOf(baseline: BaselineBlocks, post: BaselineBlocks): Timeline {
  const first = baseline.blocks[0]!;
  const length = post.blocks.at(-1)! - first + 1;
  const numerators = new Float64Array(length);
  const weights = new Float64Array(length);
  for (const { blocks, counts } of [baseline, post]) {
    blocks.forEach((block, j) => {
      numerators[block - first] = counts.numerators[j]!;
      weights[block - first] = counts.denominators[j]!;
    });
  }
  return {
    first,
    numerators,
    weights,
    baselineEnd: baseline.blocks.at(-1)! - first + 1,
    postStart: post.blocks[0]! - first,
    knownOfBaseline: baseline.blocks.length,
  };
}

/**
 * Other cycles at the same phase (or all of the past, without a season), moved by what part of the deviation just before
 * carries over: the slope between the two among quiet windows, as in an analysis of covariance (CUPED, Deng et al. 2013).
 * Null where there are fewer than `fewest` quiet windows, or too little past for the season.
 */
export function forecastBy(
  timeline: Timeline,
  postBlocks: number,
  dayBlocks: number,
  season: Season | null,
  fewest: number,
): Forecast | null {
  const { baselineEnd, postStart } = timeline;
  const { distances, known } = distancesTo(timeline, expectedBy(timeline, postBlocks, season));
  const before = Math.max(1, Math.round(BEFORE_SHARE * postBlocks));
  const gap = postStart - baselineEnd;
  const levelBefore = (start: number): number => meanBetween(distances, start - gap - before, start - gap);
  const isKnown = (start: number): boolean => {
    const end = Math.min(start + postBlocks, known.length - 1);
    return known[end]! - known[start]! >= KNOWN_SHARE * postBlocks;
  };
  const step = Math.max(1, Math.floor(STEP_SHARE * postBlocks));
  const startsFrom = (last: number, every: number): number[] => {
    const starts: number[] = [];
    for (let start = last; start >= gap + before; start -= every) {
      const isWhole = start + postBlocks <= baselineEnd && isKnown(start) && Number.isFinite(levelBefore(start));
      if (isWhole) starts.push(start);
    }
    return starts;
  };
  const starts = startsFrom(baselineEnd - postBlocks, step);
  if (starts.length < fewest || !isKnown(postStart)) return null;
  const meanOf = (start: number): number =>
    meanBetween(distances, start, Math.min(start + postBlocks, known.length - 1));
  const slope = carryOver(starts.map(levelBefore), starts.map(meanOf));
  const windowAt = (start: number): ForecastWindow => {
    const level = levelBefore(start);
    return { start, level: Number.isFinite(level) ? slope * level : 0, mean: meanOf(start) };
  };
  return {
    distances,
    quiet: starts.map(windowAt),
    atHours: startsFrom(postStart, dayBlocks).map(windowAt),
    post: windowAt(postStart),
    independent: Math.floor(known[baselineEnd]! / postBlocks),
  };
}

/** Root mean square with which quiet windows missed a forecast over that of another, where both know them. */
export function relativeError(forecast: Forecast, other: Forecast): number {
  const missed = new Map(other.quiet.map(({ start, level, mean }) => [start, mean - level]));
  return relativeRootMeanSquare(
    forecast.quiet.map(({ level, mean }) => mean - level),
    forecast.quiet.map(({ start }) => missed.get(start) ?? Number.NaN),
  );
}

function expectedBy({ first, numerators, weights, baselineEnd }: Timeline, postBlocks: number, season: Season | null) {
  const ofPast = (value: number, t: number): number => (t < baselineEnd ? value : 0);
  const past = { numerators: numerators.map(ofPast), weights: weights.map(ofPast) };
  if (season === null) {
    const overall = meanBetween(cumulate(past.numerators, past.weights), 0, baselineEnd);
    return new Float64Array(weights.length).fill(overall);
  }
  const reach = Math.floor((SMOOTHING_SHARE * postBlocks) / 2);
  const phaseAt = Int32Array.from(weights, (_, t) => season.phaseOf(first + t));
  return meanOfOtherCycles(past.numerators, past.weights, phaseAt, reach);
}

/** Distances of the blocks to what is expected of them, and how many are known up to each. */
function distancesTo({ numerators, weights }: Timeline, expected: Float64Array) {
  const isKnown = weights.map((weight, t) => (weight > 0 && Number.isFinite(expected[t]!) ? 1 : 0));
  const distances = cumulate(
    numerators.map((numerator, t) => (isKnown[t] ? numerator - expected[t]! * weights[t]! : 0)),
    weights.map((weight, t) => weight * isKnown[t]!),
  );
  return { distances, known: cumulate(isKnown, isKnown).weights };
}

/** How much of a deviation just before a window is still there in it: between none and all. */
function carryOver(before: readonly number[], inside: readonly number[]): number {
  let products = 0;
  let squares = 0;
  before.forEach((deviation, i) => {
    products += deviation * inside[i]!;
    squares += deviation ** 2;
  });
  return squares > 0 ? Math.min(1, Math.max(0, products / squares)) : 0;
}
