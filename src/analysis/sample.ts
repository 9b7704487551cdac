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
  const keys: [Set<number>, Set<number>] = [new Set(), new Set()];
  const armOf = series.map((one, index) => Int8Array.from(one.block, (block) => armAt(index, block)));
  eachPlaced(series, armOf, (index, _row, arm, block) => keys[arm].add(clusterKeyAt(index, block)));
  const numbers = keys.map((set) => new Map([...set].sort((a, b) => a - b).map((key, number) => [key, number])));
  const clusterOf = series.map((one) => new Int32Array(one.block.length));
  eachPlaced(series, armOf, (index, row, arm, block) => {
    clusterOf[index]![row] = numbers[arm]!.get(clusterKeyAt(index, block))!;
  });
  return { series, armOf, clusterOf, clusters: [keys[BASELINE].size, keys[POST].size], ordered };
}

function eachPlaced(
  series: readonly CellSeries[],
  armOf: readonly Int8Array[],
  visit: (seriesIndex: number, row: number, arm: 0 | 1, block: number) => void,
): void {
  series.forEach((one, index) => {
    const arms = armOf[index]!;
    for (let row = 0; row < arms.length; row++) {
      const arm = arms[row]!;
      if (arm !== NEITHER) visit(index, row, arm as 0 | 1, one.block[row]!);
    }
  });
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
