import { compareTexts } from '../../domain/text-order.ts';
import { clusterRatio } from '../../statistics/cluster-ratio.ts';
import { studentQuantile } from '../../statistics/student.ts';
import { BASELINE, type Phases, POST, phaseOf } from '../phases.ts';
import type { ValueCourse, ValueHistory } from './value-history.ts';

/** A value that less of the traffic carries after the upgrade could not move what is compared. */
const MATERIAL_SHARE = 0.01;
/** A value that was there before is a candidate where so much more of the traffic carries it, by the low end below. */
const LEAST_JUMP = 0.1;
const CONFIDENCE = 0.95;

/** A value that appeared with the upgrade, or that much more of the traffic carries since. */
export interface NewValue {
  readonly service: string;
  readonly name: string;
  /** What most of the traffic carried before; null where none carried any. */
  readonly from: string | null;
  readonly to: string;
  /** The block in which it was first seen after the baseline. */
  readonly firstBlock: number;
  readonly spread: Spread;
}

/** How it came upon the instances: how many have it, of how many seen, and when the last of them first had it. */
export interface Spread {
  readonly instances: readonly [number, number];
  readonly lastBlock: number;
}

/** The new values of one attribute of one service, in order of appearance. */
export function newValues(history: ValueHistory, phases: Phases): NewValue[] {
  const split = firstBlockAfterBaseline(phases);
  const all = totals(history);
  const [before, after] = [within(all, phases, BASELINE), within(all, phases, POST)];
  const from = largest(history, phases);
  return [...history.values]
    .flatMap(([value, course]): NewValue[] => {
      const inPost = totalIn(course, phases, POST);
      if (inPost === 0 || inPost < MATERIAL_SHARE * sum(after)) return [];
      const isNew = totalIn(course, phases, BASELINE) === 0;
      const level = isNew ? 0 : jumpLevel(course, before, after);
      const firstBlock = level === null ? null : firstBlockAt(course, all, split, level);
      if (firstBlock === null || value === from) return [];
      const { service, name } = history;
      return [{ service, name, from, to: value, firstBlock, spread: spreadOf(course, history, firstBlock) }];
    })
    .sort((left, right) => left.firstBlock - right.firstBlock || compareTexts(left.to, right.to));
}

/** Blocks from here on lie in the maintenance window or after it. */
export function firstBlockAfterBaseline({ baseline, post, resolutionMs }: Phases): number {
  const ends = baseline.map(({ endMs }) => endMs).filter((endMs) => post !== null && endMs <= post.startMs);
  return ends.length === 0 ? Number.NEGATIVE_INFINITY : Math.floor(Math.max(...ends) / resolutionMs);
}

/** What all values together carried, by block. */
function totals({ values }: ValueHistory): Map<number, number> {
  const all = new Map<number, number>();
  for (const { byBlock } of values.values()) {
    for (const [block, count] of byBlock) all.set(block, (all.get(block) ?? 0) + count);
  }
  return all;
}

function within(all: ReadonlyMap<number, number>, phases: Phases, phase: 0 | 1): Map<number, number> {
  return new Map([...all].filter(([block]) => phaseOf(phases, block) === phase));
}

function totalIn({ byBlock }: ValueCourse, phases: Phases, phase: 0 | 1): number {
  let total = 0;
  for (const [block, count] of byBlock) if (phaseOf(phases, block) === phase) total += count;
  return total;
}

function sum(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

/** The value most of the baseline carried; ties by text. */
function largest({ values }: ValueHistory, phases: Phases): string | null {
  let best: string | null = null;
  let most = 0;
  for (const [value, course] of [...values].sort(([a], [b]) => compareTexts(a, b))) {
    const total = totalIn(course, phases, BASELINE);
    if (total > most) [best, most] = [value, total];
  }
  return best;
}

/** Half-way between its shares before and after, where the difference is clear by block; null where it is not. */
function jumpLevel(
  { byBlock }: ValueCourse,
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
): number | null {
  const [was, is] = [before, after].map((all) =>
    clusterRatio(
      [...all.keys()].map((block) => byBlock.get(block) ?? 0),
      [...all.values()],
    ),
  );
  const freedom = Math.min(was!.degreesOfFreedom, is!.degreesOfFreedom);
  if (freedom < 1) return null;
  const reach = studentQuantile((1 + CONFIDENCE) / 2, freedom) * Math.sqrt(was!.variance + is!.variance);
  return is!.ratio - was!.ratio - reach > LEAST_JUMP ? (was!.ratio + is!.ratio) / 2 : null;
}

/** The first block after the baseline in which more than `level` of the traffic carried it. */
function firstBlockAt(
  { byBlock }: ValueCourse,
  all: ReadonlyMap<number, number>,
  split: number,
  level: number,
): number | null {
  const blocks = [...byBlock.keys()].filter((block) => block >= split).sort((a, b) => a - b);
  return blocks.find((block) => byBlock.get(block)! > level * all.get(block)!) ?? null;
}

function spreadOf(course: ValueCourse, { values }: ValueHistory, firstBlock: number): Spread {
  const firsts = [...course.blocksOfInstance.values()].flatMap((blocks) => firstFrom(blocks, firstBlock) ?? []);
  const seen = new Set<string | null>();
  for (const { blocksOfInstance } of values.values()) {
    for (const [instance, blocks] of blocksOfInstance) if (firstFrom(blocks, firstBlock) !== null) seen.add(instance);
  }
  return { instances: [firsts.length, seen.size], lastBlock: Math.max(...firsts) };
}

function firstFrom(blocks: ReadonlySet<number>, least: number): number | null {
  let first = Number.POSITIVE_INFINITY;
  for (const block of blocks) if (block >= least && block < first) first = block;
  return Number.isFinite(first) ? first : null;
}
