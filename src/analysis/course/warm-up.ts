import type { Better } from '../../domain/upgrade.ts';
import { sum } from '../../statistics/descriptive.ts';
import { knownPoints } from '../../statistics/onset.ts';
import { warmUpOf } from '../../statistics/warm-up.ts';
import type { Indicator } from '../indicators/indicator.ts';
import { BASELINE, type Phases, POST, phaseOf } from '../phases.ts';
import { blockArms } from '../sampling/block-arms.ts';
import { sumByBlock } from '../sampling/block-sums.ts';
import { countByCluster, type RowRatio, type Sample } from '../sampling/sample.ts';
import { withoutRows } from '../sampling/sample-slices.ts';
import { responseWithinStrata } from '../strata/response-within-strata.ts';

/** The rows of instances that had just started, by series: those before the block are left out. */
export interface WarmUpCut {
  readonly blocks: number;
  /** First block that is kept of each series; everything where it is not above the series' own first. */
  readonly keptFrom: readonly number[];
}

/** Never more of the post window than this is left out. */
const MOST_SHARE = 0.25;
/** Which way is worse; where no side is, nothing tells a cold start from any other move. */
const WORSE: Readonly<Record<Better, 1 | -1 | null>> = { lower: 1, higher: -1, either: null };

/**
 * Caches and compilers of an instance that has just started are cold: for a while it is worse than it will be. Post is laid
 * out by the age of its instances, and the head that lies off what they settle on is found from the data. Null where none is.
 */
export function findWarmUp(indicator: Indicator, sample: Sample, phases: Phases): WarmUpCut | null {
  const direction = WORSE[indicator.better];
  if (direction === null) return null;
  const response = responseWithinStrata(indicator, sample);
  const starts = startsOf(sample, phases);
  if (response === null || starts === null) return null;
  const ages = byAge(sample, response, starts);
  const { positions, values, weights } = knownPoints(levelsOf(ages), ages.denominators);
  const before = (): number => {
    const [{ numerators, denominators }] = countByCluster(sample, response);
    return sum(numerators) / sum(denominators);
  };
  const found = warmUpOf(values, weights, { mostShare: MOST_SHARE, direction, before });
  if (found === null) return null;
  const blocks = ages.youngest + positions[found.end]!;
  return { blocks, keptFrom: starts.map((start) => (start === null ? Number.NEGATIVE_INFINITY : start + blocks)) };
}

/** The sample as if its instances had come up warm; arms that share a clock lose the same blocks. */
export function withoutWarmUp(sample: Sample, { keptFrom }: WarmUpCut, shareClock: boolean): Sample {
  const warm = withoutRows(
    sample,
    (index, row) => sample.armOf[index]![row] === POST && sample.series[index]!.block[row]! < keptFrom[index]!,
  );
  return shareClock ? onlyBlocks(warm, blocksOf(warm), POST) : warm;
}

/** The sample with only the given blocks in all arms but one. */
export function onlyBlocks(sample: Sample, blocks: ReadonlySet<number>, exempt: 0 | 1): Sample {
  return withoutRows(
    sample,
    (index, row) => sample.armOf[index]![row] !== exempt && !blocks.has(sample.series[index]!.block[row]!),
  );
}

/** The blocks that stand in the post arm. */
export function blocksOf(sample: Sample): Set<number> {
  const blocks = new Set<number>();
  sample.series.forEach((series, index) => {
    const arms = sample.armOf[index]!;
    for (let row = 0; row < arms.length; row++) if (arms[row] === POST) blocks.add(series.block[row]!);
  });
  return blocks;
}

/**
 * The block in which the instance of each series started: where its version first ran. Where nobody came up anew all of
 * them were restarted in place, and started with post. Null for series that ran on, and where nothing is in post.
 */
function startsOf(sample: Sample, phases: Phases): (number | null)[] | null {
  const firstSeen = new Map<string, number>();
  const keys = sample.series.map(({ key, block }) => {
    const name = JSON.stringify([key.instance, key.version]);
    if (block.length > 0) firstSeen.set(name, Math.min(firstSeen.get(name) ?? Number.POSITIVE_INFINITY, block[0]!));
    return name;
  });
  const firstInPost = sample.armOf.map((arms, index) => sample.series[index]!.block[arms.indexOf(POST)]);
  const firstPost = firstInPost.reduce<number>(
    (first, block) => Math.min(first, block ?? first),
    Number.POSITIVE_INFINITY,
  );
  if (!Number.isFinite(firstPost)) return null;
  const lastBaseline = lastBlockOfBaseline(phases);
  const started = keys.map((name) => firstSeen.get(name)!).map((first) => (first > lastBaseline ? first : null));
  const cameUp = started.some((first, index) => first !== null && firstInPost[index] !== undefined);
  return started.map((first, index) => (firstInPost[index] === undefined ? null : cameUp ? first : firstPost));
}

/** Of the baseline before post, by time. */
function lastBlockOfBaseline(phases: Phases): number {
  const last = Math.max(...phases.baseline.map(({ endMs }) => endMs));
  const block = Math.ceil(last / phases.resolutionMs) - 1;
  return phaseOf(phases, block) === BASELINE ? block : block - 1;
}

interface Ages {
  readonly youngest: number;
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
}

/** The response of post rows of instances that started, by blocks since their start. */
function byAge(sample: Sample, response: RowRatio, starts: readonly (number | null)[]): Ages {
  return ofOneStart(sample, response, starts) ?? ofManyStarts(sample, response, starts);
}

/** Where all of post started in one block, ages are blocks: nothing but their sums is needed. */
function ofOneStart(sample: Sample, response: RowRatio, starts: readonly (number | null)[]): Ages | null {
  const byBlock = blockArms(sample);
  const inPost = starts.filter((_, index) => sample.armOf[index]!.includes(POST));
  const [start = null] = inPost;
  if (byBlock === null || start === null || inPost.some((one) => one !== start)) return null;
  const { span, armOfBlock } = byBlock;
  const [first, last] = [armOfBlock.indexOf(POST), armOfBlock.lastIndexOf(POST)];
  const sums = sumByBlock(sample.series, response, span);
  const ofPost = (side: Float64Array): Float64Array => {
    const post = side.slice(first, last + 1);
    for (let i = 0; i < post.length; i++) if (armOfBlock[first + i] !== POST) post[i] = 0;
    return post;
  };
  return {
    youngest: span.first + first - start,
    numerators: ofPost(sums.numerators),
    denominators: ofPost(sums.denominators),
  };
}

function levelsOf({ numerators, denominators }: Ages): Float64Array {
  const levels = new Float64Array(numerators.length);
  for (let age = 0; age < levels.length; age++) levels[age] = numerators[age]! / denominators[age]!;
  return levels;
}

function ofManyStarts(sample: Sample, response: RowRatio, starts: readonly (number | null)[]): Ages {
  let [youngest, oldest] = [Number.POSITIVE_INFINITY, -1];
  sample.series.forEach(({ block }, index) => {
    const start = starts[index]!;
    if (start === null) return;
    const arms = sample.armOf[index]!;
    const [first, last] = [arms.indexOf(POST), arms.lastIndexOf(POST)];
    if (first < 0) return;
    youngest = Math.min(youngest, block[first]! - start);
    oldest = Math.max(oldest, block[last]! - start);
  });
  const length = Math.max(0, oldest - youngest + 1);
  const numerators = new Float64Array(length);
  const denominators = new Float64Array(length);
  sample.series.forEach((series, index) => {
    const start = starts[index]!;
    if (start === null) return;
    const arms = sample.armOf[index]!;
    for (let row = 0; row < arms.length; row++) {
      if (arms[row] !== POST) continue;
      const numerator = response.numerator(series, row);
      const denominator = response.denominator(series, row);
      if (Number.isNaN(numerator) || Number.isNaN(denominator)) continue;
      const age = series.block[row]! - start - youngest;
      numerators[age]! += numerator;
      denominators[age]! += denominator;
    }
  });
  return { youngest, numerators, denominators };
}
