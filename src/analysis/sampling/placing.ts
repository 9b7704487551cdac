import type { CellSeries } from '../../domain/cells.ts';
import { BASELINE, NEITHER, POST } from '../phases.ts';
import { type BlockSpan, blockSpan } from './block-arms.ts';
import type { Sample } from './sample.ts';

type ArmAt = (seriesIndex: number, block: number) => -1 | 0 | 1;

/** Places rows by a function of series and block; blocks are the clusters. */
export function placeByBlock(series: readonly CellSeries[], armAt: ArmAt): Sample {
  const span = blockSpan(series);
  if (span === null) return placeRows(series, armAt, (_index, block) => block, true);
  const armOf = series.map(({ block }, index) => armsOf(block, index, armAt));
  const numbers = [numberBlocks(series, armOf, BASELINE, span), numberBlocks(series, armOf, POST, span)] as const;
  const clusterOf = series.map(({ block }, index) => {
    const arms = armOf[index]!;
    const clusters = new Int32Array(block.length);
    for (let row = 0; row < clusters.length; row++) {
      const arm = arms[row]!;
      if (arm !== NEITHER) clusters[row] = numbers[arm as 0 | 1].of[block[row]! - span.first]!;
    }
    return clusters;
  });
  const clusters = [numbers[BASELINE].count, numbers[POST].count] as const;
  return { series, armOf, clusterOf, clusters, ordered: true, strata: null };
}

/** The blocks of one arm's rows, numbered in order. */
function numberBlocks(series: readonly CellSeries[], armOf: readonly Int8Array[], wanted: 0 | 1, span: BlockSpan) {
  const of = new Int32Array(span.length).fill(-1);
  for (let index = 0; index < series.length; index++) {
    const { block } = series[index]!;
    const arms = armOf[index]!;
    for (let row = 0; row < arms.length; row++) if (arms[row] === wanted) of[block[row]! - span.first] = 0;
  }
  let count = 0;
  for (let i = 0; i < of.length; i++) if (of[i] === 0) of[i] = count++;
  return { of, count };
}

function armsOf(block: Int32Array, index: number, armAt: ArmAt): Int8Array {
  const arms = new Int8Array(block.length);
  for (let row = 0; row < arms.length; row++) arms[row] = armAt(index, block[row]!);
  return arms;
}

/** Places rows by a function of series and block: the arm, and a key that rows of one cluster share. */
export function placeRows(
  series: readonly CellSeries[],
  armAt: ArmAt,
  clusterKeyAt: (seriesIndex: number, block: number) => number,
  ordered: boolean,
): Sample {
  const armOf = series.map(({ block }, index) => armsOf(block, index, armAt));
  const keyOf = series.map(({ block }, index) => {
    const keys = new Float64Array(block.length);
    for (let row = 0; row < keys.length; row++) keys[row] = clusterKeyAt(index, block[row]!);
    return keys;
  });
  const keys = [distinctKeys(keyOf, armOf, BASELINE), distinctKeys(keyOf, armOf, POST)] as const;
  const clusterOf = series.map((_, index) => clusterNumbers(keyOf[index]!, armOf[index]!, keys));
  return { series, armOf, clusterOf, clusters: [keys[BASELINE].length, keys[POST].length], ordered, strata: null };
}

/** The keys of one arm's rows, each once, in ascending order. */
function distinctKeys(keyOf: readonly Float64Array[], armOf: readonly Int8Array[], wanted: 0 | 1): Float64Array {
  const keys = new Float64Array(keyOf.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  keyOf.forEach((ofSeries, index) => {
    const arms = armOf[index]!;
    for (let row = 0; row < arms.length; row++) if (arms[row] === wanted) keys[length++] = ofSeries[row]!;
  });
  const sorted = keys.subarray(0, length).sort();
  let distinct = 0;
  for (const key of sorted) if (distinct === 0 || key !== sorted[distinct - 1]) sorted[distinct++] = key;
  return sorted.slice(0, distinct);
}

/** Rows come in time order, so that keys are met nearly always by going forward. */
function clusterNumbers(
  keyOf: Float64Array,
  armOf: Int8Array,
  keys: readonly [Float64Array, Float64Array],
): Int32Array {
  const numbers = new Int32Array(armOf.length);
  const latest: [number, number] = [0, 0];
  for (let row = 0; row < armOf.length; row++) {
    const arm = armOf[row]!;
    if (arm === NEITHER) continue;
    const ofArm = keys[arm as 0 | 1];
    const key = keyOf[row]!;
    let number = latest[arm as 0 | 1];
    if (ofArm[number]! > key) number = 0;
    while (ofArm[number]! < key) number++;
    latest[arm as 0 | 1] = number;
    numbers[row] = number;
  }
  return numbers;
}
