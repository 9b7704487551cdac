import type { BaselineChoice } from '../past/baseline-choice.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import type { RowRatio, Sample } from './sample.ts';

/** Older baseline than this multiple of the post window is not searched: it has changes and seasons of its own. */
const LOOKBACK = 2;
const FEWEST_LOOKBACK_BLOCKS = 30;

/** A response by block, from before the compared blocks to after them. Entry i is the block `first` + i. */
export interface BlockSeries {
  readonly first: number;
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
  readonly phase: Int8Array;
  /** Its value in compared blocks, without the season where one was matched; NaN elsewhere. */
  readonly compared: Float64Array;
  /** Where in its block a value stands for, from 0 to 1. */
  readonly placeInBlock: number;
}

/** The response around the upgrade: all rows of the sample's series, whatever arm they are in. */
export function blockSeries(
  { sample, periodBlocks, warmUp }: BaselineChoice,
  response: RowRatio,
  phases: Phases,
): BlockSeries | null {
  if (phases.post === null) return null;
  const postBlocks = Math.ceil((phases.post.endMs - phases.post.startMs) / phases.resolutionMs);
  const lookback = Math.max(FEWEST_LOOKBACK_BLOCKS, LOOKBACK * postBlocks);
  const postStart = Math.floor(phases.post.startMs / phases.resolutionMs);
  const edges = [...phases.baseline, phases.post].flatMap(({ startMs, endMs }) => [startMs, endMs - 1]);
  const first = Math.max(postStart - lookback, Math.floor(Math.min(...edges) / phases.resolutionMs));
  const last = Math.min(postStart + postBlocks + lookback, Math.floor(Math.max(...edges) / phases.resolutionMs));
  const length = last - first + 1;
  const numerators = new Float64Array(length);
  const denominators = new Float64Array(length);
  sample.series.forEach((series, index) => {
    const warmFrom = warmUp?.keptFrom[index] ?? Number.NEGATIVE_INFINITY;
    for (let row = 0; row < series.block.length; row++) {
      const i = series.block[row]! - first;
      if (i < 0 || i >= length || isCold(phases, series.block[row]!, warmFrom)) continue;
      const numerator = response.numerator(series, row);
      const denominator = response.denominator(series, row);
      if (Number.isNaN(numerator) || Number.isNaN(denominator)) continue;
      numerators[i]! += numerator;
      denominators[i]! += denominator;
    }
  });
  const phase = Int8Array.from({ length }, (_, i) => phaseOf(phases, first + i));
  const expected = periodBlocks === null ? null : expectedByHour(sample, response, phases, periodBlocks);
  const compared = numerators.map((numerator, i) => {
    if (phase[i] === NEITHER) return Number.NaN;
    const value = numerator / denominators[i]!;
    return expected === null ? value : value - expected(first + i);
  });
  return { first, numerators, denominators, phase, compared, placeInBlock: placeInBlock(sample) };
}

function isCold(phases: Phases, block: number, warmFrom: number): boolean {
  return block < warmFrom && phaseOf(phases, block) === POST;
}

/** What the baseline says of each hour of the season, so that its rise and fall is not taken for a change. */
function expectedByHour(
  sample: Sample,
  response: RowRatio,
  phases: Phases,
  periodBlocks: number,
): (block: number) => number {
  const sums = new Map<number, [number, number]>();
  for (const series of sample.series) {
    for (let row = 0; row < series.block.length; row++) {
      const block = series.block[row]!;
      const numerator = response.numerator(series, row);
      const denominator = response.denominator(series, row);
      if (phaseOf(phases, block) !== BASELINE || Number.isNaN(numerator) || Number.isNaN(denominator)) continue;
      const sum = sums.get(block % periodBlocks) ?? [0, 0];
      sums.set(block % periodBlocks, [sum[0] + numerator, sum[1] + denominator]);
    }
  }
  return (block) => {
    const [numerator, denominator] = sums.get(block % periodBlocks) ?? [0, 0];
    return numerator / denominator;
  };
}

/** Counts of a whole block are as if they had been seen at its centre. */
const BLOCK_CENTRE = 0.5;

/**
 * Where in its block a sample was taken, on average. The change came between the last sample of the old level and the first
 * of the new one; without the place, samples on the edge of blocks would date everything half a block late.
 */
function placeInBlock({ series }: Sample): number {
  let [places, rows] = [0, 0];
  for (const { sampledAt, block } of series) {
    places += (sampledAt ?? BLOCK_CENTRE) * block.length;
    rows += block.length;
  }
  return rows === 0 ? BLOCK_CENTRE : places / rows;
}

/** The time, in blocks, of a point of the series: where the value before it and its own meet. */
export function timeOf(blocks: BlockSeries, point: number): number {
  return blocks.first + point + blocks.placeInBlock - BLOCK_CENTRE;
}
