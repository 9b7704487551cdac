import type { CellSeries } from '../domain/cells.ts';
import { BASELINE, NEITHER, POST } from './phases.ts';

/**
 * Which row goes into which arm and cluster. Rows keep their place in the series: nothing is copied. Clusters are
 * numbered within their arm; rows of one cluster are not independent of each other, clusters are taken to be.
 */
export interface Sample {
  readonly series: readonly CellSeries[];
  /** Per series and row: `BASELINE`, `POST` or `NEITHER`. */
  readonly armOf: readonly Int8Array[];
  /** Per series and row: number of the cluster within its arm. */
  readonly clusterOf: readonly Int32Array[];
  readonly clusters: readonly [number, number];
  /** Clusters are consecutive in time, so that neighbours may be joined where they still depend on each other. */
  readonly ordered: boolean;
}

/** Numerators and denominators of one arm by cluster. */
export interface ArmCounts {
  readonly numerators: Float64Array;
  readonly denominators: Float64Array;
}

/** What a row contributes to a ratio; NaN where it knows nothing. */
export interface RowRatio {
  numerator(series: CellSeries, row: number): number;
  denominator(series: CellSeries, row: number): number;
}

/** Places rows by a function of series and block: the arm, and a key that rows of one cluster share. */
export function placeRows(
  series: readonly CellSeries[],
  armAt: (seriesIndex: number, block: number) => -1 | 0 | 1,
  clusterKeyAt: (seriesIndex: number, block: number) => number,
  ordered: boolean,
): Sample {
  const armOf = series.map(({ block }, index) => {
    const arms = new Int8Array(block.length);
    for (let row = 0; row < arms.length; row++) arms[row] = armAt(index, block[row]!);
    return arms;
  });
  const keyOf = series.map(({ block }, index) => {
    const keys = new Float64Array(block.length);
    for (let row = 0; row < keys.length; row++) keys[row] = clusterKeyAt(index, block[row]!);
    return keys;
  });
  const keys = [distinctKeys(keyOf, armOf, BASELINE), distinctKeys(keyOf, armOf, POST)] as const;
  const clusterOf = series.map((_, index) => clusterNumbers(keyOf[index]!, armOf[index]!, keys));
  return { series, armOf, clusterOf, clusters: [keys[BASELINE].length, keys[POST].length], ordered };
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

/** Sums a ratio's two sides by arm and cluster; rows that know nothing are left out. */
export function countByCluster(sample: Sample, ratio: RowRatio): [ArmCounts, ArmCounts] {
  const arms: [ArmCounts, ArmCounts] = [emptyCounts(sample.clusters[BASELINE]), emptyCounts(sample.clusters[POST])];
  sample.series.forEach((series, index) => {
    const armOf = sample.armOf[index]!;
    const clusterOf = sample.clusterOf[index]!;
    for (let row = 0; row < armOf.length; row++) {
      const arm = armOf[row]!;
      if (arm === NEITHER) continue;
      const numerator = ratio.numerator(series, row);
      const denominator = ratio.denominator(series, row);
      if (Number.isNaN(numerator) || Number.isNaN(denominator)) continue;
      const counts = arms[arm as 0 | 1];
      counts.numerators[clusterOf[row]!]! += numerator;
      counts.denominators[clusterOf[row]!]! += denominator;
    }
  });
  return arms;
}

function emptyCounts(clusters: number): ArmCounts {
  return { numerators: new Float64Array(clusters), denominators: new Float64Array(clusters) };
}
