import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changePoints } from '../../src/statistics/change-points.ts';
import { energyChangePoints, largestEnergySplit } from '../../src/statistics/energy-change-points.ts';

const FOLDER = resolve(import.meta.dirname, '../../../shared/vectors/changepoint-small/mongodb-spa/tests/data');
const present = existsSync(FOLDER);
if (!present)
  console.warn(
    'SKIPPED: ../shared/vectors/changepoint-small/mongodb-spa is absent, so E-divisive was not checked against it',
  );

function read<T>(file: string): T {
  return JSON.parse(readFileSync(resolve(FOLDER, file), 'utf8'));
}

const indexesOf = (series: number[]) => energyChangePoints(series).map(({ index }) => index);

/** Where one copy of the series the profiles repeat changes its level. */
const CHANGES_OF_A_COPY = [25, 64, 70, 114];
const COPY_LENGTH = 173;

describe('the series MongoDB tests its change-point detection with', () => {
  it.skipIf(!present)('has the published energy distance at the largest split', () => {
    const series = read<number[]>('robust_series.json');
    const expected = read<number[]>('expected_result_robust_series_proper_division.json');
    const best = largestEnergySplit(series)!;
    expect(best).toMatchObject({ split: 114, end: COPY_LENGTH });
    expect(best.split).toBe(expected.indexOf(Math.max(...expected)));
    expect(best.statistic / expected[best.split]!).toBeCloseTo(1, 10);
    expect(indexesOf(series)).toEqual(CHANGES_OF_A_COPY);
  });

  it.skipIf(!present)('has as many change points as published', () => {
    for (const name of ['short', 'small', 'medium', 'large']) {
      const { series, expected } = read<{ series: number[]; expected: number }>(`profiling/${name}.json`);
      expect(indexesOf(series), name).toHaveLength(expected);
    }
    const long = read<number[]>('long_series.json');
    expect(indexesOf(long)).toHaveLength(4);
    expect(changePoints(long).map(({ index }) => index)).toEqual(indexesOf(long));
  });

  /**
   * 68 and 117 are published for 14 and 28 copies of one series. The same four changes in every copy and one where copies
   * meet are 69 and 139: the permutation test on the whole series loses what a window keeps.
   */
  it.skipIf(!present)('finds the same changes in every copy, where the published counts lose some', () => {
    for (const [name, published] of [
      ['very_large', 68],
      ['huge', 117],
    ] as const) {
      const { series, expected } = read<{ series: number[]; expected: number }>(`profiling/${name}.json`);
      expect(expected).toBe(published);
      const copies = series.length / COPY_LENGTH;
      const everyCopy = Array.from({ length: copies }, (_, copy) =>
        [...(copy > 0 ? [0] : []), ...CHANGES_OF_A_COPY].map((index) => copy * COPY_LENGTH + index),
      ).flat();
      expect(indexesOf(series)).toEqual(everyCopy);
    }
  });
});
