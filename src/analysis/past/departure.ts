import { formatInstant } from '../../domain/window.ts';
import { meanSquare } from '../../statistics/descriptive.ts';
import { maximumTail } from '../../statistics/extreme-value.ts';
import { summarise } from '../../statistics/level-summary.ts';
import { cumulate, dyadicLengths, farthestStretch, meanBetween, type Stretch } from '../../statistics/stretches.ts';
import type { OnsetBlocks } from '../course/onset.ts';
import type { Design } from '../designs/design.ts';
import type { Indicator } from '../indicators/indicator.ts';
import { BASELINE, type Phases, POST } from '../phases.ts';
import { countsByBlock } from '../sampling/block-counts.ts';
import {
  type Forecast,
  type ForecastWindow,
  forecastBy,
  relativeError,
  type Timeline,
  timelineOf,
} from './forecast.ts';
import type { ResponseMargins } from './placebo.ts';
import { DAY_MS, seasonsAt } from './seasons.ts';

/** The stretch of post that lies farthest from what the past predicts, held against stretches of quiet windows. */
export interface Departure {
  /** Chance that a quiet window departs as far anywhere, at any length. */
  readonly p: number;
  /** First block, and the first after it. */
  readonly from: number;
  readonly to: number;
  /** Of what was followed: the indicator itself, or for a quantile the share above its old value. */
  readonly expected: number;
  readonly seen: number;
  /** Quiet windows it was held against, and how many of them went as far. */
  readonly windows: number;
  readonly asFar: number;
}

/** What lasts less than this share of post is a blip. */
const SHORTEST_SHARE = 1 / 32;
const FEWEST_WINDOWS = 8;
const FEWEST_BLOCKS = 4;
const SMALLEST_P = 1e-12;
const FEWEST_DAYS = 4;
const ONE_SIDED_95 = 1.645;
const SMALLEST_DISTANCE = 1e-3;
/** Root mean square error over that of a plainer forecast. */
const BETTER_BY = 0.85;

/**
 * Scans post, at lengths from all of it down to a blip, for the stretch that lies farthest from its forecast. The same
 * scan of the quiet windows of the past says how far chance goes, so that neither dependence nor looking at many
 * stretches counts as evidence (scan statistics: Glaz, Naus & Wallenstein 2001). Null where a direction is good or bad,
 * since then only what lasts counts (`lateTroubleOf`), and where the past is too short.
 */
export function departureOf(indicator: Indicator, design: Design, phases: Phases): Departure | null {
  if (indicator.better !== 'either' || design.method !== 'before-after' || phases.post === null) return null;
  const response = indicator.response(design.sample);
  const postBlocks = Math.floor((phases.post.endMs - phases.post.startMs) / phases.resolutionMs);
  if (response === null || postBlocks < FEWEST_BLOCKS || Math.min(...design.sample.clusters) === 0) return null;
  const [baseline, post] = [BASELINE, POST].map((arm) => countsByBlock(design.sample, response, arm as 0 | 1));
  const timeline = timelineOf(baseline!, post!);
  if (timeline.knownOfBaseline < FEWEST_WINDOWS * postBlocks) return null;
  const forecast = bestForecast(timeline, postBlocks, phases.resolutionMs);
  return forecast === null ? null : farthestDeparture(timeline, forecast, postBlocks);
}

/** A season is only believed where it predicts quiet windows clearly better than a plainer one. */
function bestForecast(timeline: Timeline, postBlocks: number, resolutionMs: number): Forecast | null {
  const day = DAY_MS / resolutionMs;
  const dayBlocks = Number.isInteger(day) ? day : Number.POSITIVE_INFINITY;
  let best: Forecast | null = null;
  for (const season of [null, ...seasonsAt(resolutionMs, timeline.baselineEnd)]) {
    const forecast = forecastBy(timeline, postBlocks, dayBlocks, season, FEWEST_WINDOWS);
    if (forecast !== null && (best === null || relativeError(forecast, best) < BETTER_BY)) best = forecast;
  }
  return best;
}

/** Whether the stretch moved by more than counts as a move, in units of what was followed. */
export function isBeyondMargin({ expected, seen }: Departure, { rise, fall }: ResponseMargins): boolean {
  return seen - expected > rise || expected - seen > fall;
}

/** It began about where the stretch begins: the stretches of a scan are placed to within half their length. */
export function onsetOfDeparture({ from, to }: Departure): OnsetBlocks {
  const reach = Math.ceil((to - from) / 2);
  return { at: from, low: from - reach, high: from + reach, gradual: null };
}

export function departureNote(departure: Departure, isRatio: boolean, { resolutionMs }: Phases): string {
  const [from, to] = [departure.from, departure.to].map((block) => formatInstant(block * resolutionMs));
  const [seen, expected] = [departure.seen, departure.expected].map((value) => Number(value.toPrecision(3)));
  const { windows, asFar } = departure;
  const rank = asFar === 0 ? `farther than any of ${windows}` : `as far as only ${asFar} of ${windows}`;
  const what = isRatio ? 'it' : 'the share above its old value';
  return `from ${from} to ${to} ${what} was at ${seen}, where its past foresaw ${expected}: ${rank} overlapping quiet windows went`;
}

interface Found {
  /** In units of how far quiet windows go at the stretch's length. */
  readonly distance: number;
  readonly stretch: Stretch | null;
}

function farthestDeparture(timeline: Timeline, forecast: Forecast, postBlocks: number): Departure | null {
  const lengths = dyadicLengths(postBlocks, SHORTEST_SHARE);
  const scan = ({ start, level }: ForecastWindow): (Stretch | null)[] =>
    lengths.map((length) => farthestStretch(forecast.distances, start, start + postBlocks, length, level));
  const scanned = forecast.quiet.map((window) => ({ window, stretches: scan(window) }));
  const units = lengths.map((_, k) =>
    Math.sqrt(
      meanSquare(scanned.map(({ window, stretches }) => (stretches[k] ? stretches[k].mean - window.level : 0))),
    ),
  );
  const quiet = scanned.map(({ window, stretches }) => farthest(stretches, window.level, units).distance);
  const atHours = forecast.atHours.map((window) => farthest(scan(window), window.level, units).distance);
  const { distance, stretch } = farthest(scan(forecast.post), forecast.post.level, units);
  if (stretch === null) return null;
  const asFar = quiet.filter((one) => one >= distance).length;
  const tail = isFarther(atHours, quiet)
    ? maximumTail(atHours, atHours.length, distance)
    : maximumTail(quiet, forecast.independent, distance);
  const seen = meanBetween(cumulate(timeline.numerators, timeline.weights), stretch.from, stretch.to);
  return {
    // A past in which nothing ever moved has no spread: then only ranks are left.
    p: Math.max(SMALLEST_P, asFar / quiet.length, Number.isNaN(tail) ? 1 / (1 + forecast.independent) : tail),
    from: timeline.first + stretch.from,
    to: timeline.first + stretch.to,
    expected: seen - (stretch.mean - forecast.post.level),
    seen,
    windows: quiet.length,
    asFar,
  };
}

/** Whether quiet windows at post's own hours go significantly farther than the rest: then chance does, too, at these hours. */
function isFarther(atHours: readonly number[], quiet: readonly number[]): boolean {
  if (atHours.length < FEWEST_DAYS) return false;
  const { mean, deviation } = logarithmsOf(quiet);
  return logarithmsOf(atHours).mean - mean > (ONE_SIDED_95 * deviation) / Math.sqrt(atHours.length);
}

function logarithmsOf(distances: readonly number[]): { mean: number; deviation: number } {
  const logarithms = distances.map((distance) => Math.log(Math.max(distance, SMALLEST_DISTANCE)));
  const { count, mean, squares } = summarise(logarithms, 0, logarithms.length);
  return { mean, deviation: Math.sqrt(squares / (count - 1)) };
}

function farthest(stretches: readonly (Stretch | null)[], level: number, units: readonly number[]): Found {
  let best: Found = { distance: 0, stretch: null };
  stretches.forEach((stretch, k) => {
    const distance = stretch === null ? 0 : Math.abs(stretch.mean - level) / units[k]!;
    if (distance > best.distance) best = { distance, stretch };
  });
  return best;
}
