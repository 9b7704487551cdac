import type { CellSeries } from '../../domain/cells.ts';
import { estimatedInflation } from '../../statistics/autocorrelation.ts';
import { clusterRatio, knownResiduals } from '../../statistics/cluster-ratio.ts';
import type { Interval } from '../../statistics/mover.ts';
import { studentQuantile } from '../../statistics/student.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import { BASELINE, NEITHER, type Phases, POST, phaseOf } from '../phases.ts';
import type { Subject } from '../subjects.ts';

/** What subjects that belong together did in each compared block: entry i is the i-th block of the arm. */
export interface ServiceBlocks {
  readonly subjects: readonly Subject[];
  /** Per subject and arm. */
  readonly requests: readonly (readonly [Float64Array, Float64Array])[];
  /** Seconds spent, where they are known of everyone; else null. */
  readonly seconds: readonly (readonly [Float64Array, Float64Array])[] | null;
}

/** Adds up rows by block; blocks in which nobody did anything are left out. */
export function serviceBlocks(subjects: readonly Subject[], phases: Phases): ServiceBlocks {
  const places = comparedPlaces(subjects, phases);
  const isTimed = subjects.every(({ series }) => series.every(({ sum }) => sum !== null));
  const columnsOf = (values: (series: CellSeries) => Float64Array): [Float64Array, Float64Array][] =>
    subjects.map((subject) => sumsOf(subject, values, places));
  return {
    subjects,
    requests: columnsOf(({ count }) => count),
    seconds: isTimed ? columnsOf(({ sum }) => sum!) : null,
  };
}

/** The compared blocks in ascending order, each with its arm and its number within that arm. */
interface Places {
  readonly blocks: Int32Array;
  readonly armOf: Int8Array;
  readonly numberOf: Int32Array;
  readonly count: readonly [number, number];
}

function comparedPlaces(subjects: readonly Subject[], phases: Phases): Places {
  const seen = new Set<number>();
  for (const { series } of subjects) for (const { block } of series) for (const one of block) seen.add(one);
  const blocks = Int32Array.from(seen)
    .sort()
    .filter((block) => phaseOf(phases, block) !== NEITHER);
  const armOf = Int8Array.from(blocks, (block) => phaseOf(phases, block));
  const count: [number, number] = [0, 0];
  const numberOf = Int32Array.from(armOf, (arm) => count[arm as 0 | 1]++);
  return { blocks, armOf, numberOf, count };
}

function sumsOf(
  subject: Subject,
  valuesOf: (series: CellSeries) => Float64Array,
  { blocks, armOf, numberOf, count }: Places,
): [Float64Array, Float64Array] {
  const sums: [Float64Array, Float64Array] = [new Float64Array(count[0]), new Float64Array(count[1])];
  for (const series of subject.series) {
    const values = valuesOf(series);
    let place = 0;
    for (let row = 0; row < series.block.length; row++) {
      while (place < blocks.length && blocks[place]! < series.block[row]!) place++;
      if (blocks[place] !== series.block[row] || Number.isNaN(values[row]!)) continue;
      sums[armOf[place] as 0 | 1][numberOf[place]!]! += values[row]!;
    }
  }
  return sums;
}

/** A ratio of sums in both arms with its 95 % interval; neighbouring blocks count for less as they depend on each other. */
export function levels(
  numerators: readonly [Float64Array, Float64Array],
  denominators: readonly [Float64Array, Float64Array],
): [Interval, Interval] | null {
  const level = (arm: 0 | 1): Interval | null => {
    const { ratio, variance, clusters } = clusterRatio(numerators[arm], denominators[arm]);
    const residuals = knownResiduals(numerators[arm], denominators[arm]);
    const inflation = estimatedInflation(residuals);
    const degreesOfFreedom = clusters / inflation - 1;
    if (!(degreesOfFreedom >= 1)) return null;
    const reach = studentQuantile((1 + CONFIDENCE) / 2, degreesOfFreedom) * Math.sqrt(variance * inflation);
    return { estimate: ratio, low: Math.max(0, ratio - reach), high: ratio + reach };
  };
  const [baseline, post] = [level(BASELINE), level(POST)];
  return baseline === null || post === null ? null : [baseline, post];
}

/** Sums of several subjects, block by block. */
export function total(parts: readonly (readonly [Float64Array, Float64Array])[]): [Float64Array, Float64Array] {
  const sum = (arm: 0 | 1): Float64Array => {
    const all = new Float64Array(parts[0]?.[arm].length ?? 0);
    for (const part of parts) for (let i = 0; i < all.length; i++) all[i]! += part[arm][i]!;
    return all;
  };
  return [sum(BASELINE), sum(POST)];
}
