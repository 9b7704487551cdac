import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NEITHER } from '../../src/analysis/phases.ts';
import { placeByBlock, placeRows } from '../../src/analysis/sampling/placing.ts';
import { countByCluster } from '../../src/analysis/sampling/sample.ts';
import { type CellSeries, REQUESTS } from '../../src/domain/cells.ts';
import { cellKey } from '../support/simulated-cells.ts';

function seriesOf(blocks: readonly number[]): CellSeries {
  return {
    key: cellKey(),
    measure: REQUESTS,
    block: Int32Array.from(blocks),
    count: Float64Array.from(blocks, () => 1),
    sum: null,
    errors: null,
    attempts: null,
    retries: null,
    histogram: null,
  };
}

const world = fc.record({
  series: fc.array(
    fc.uniqueArray(fc.integer({ min: -20, max: 80 }), { maxLength: 30 }).map((blocks) => blocks.sort((a, b) => a - b)),
    { maxLength: 5 },
  ),
  arms: fc.func(fc.constantFrom(-1 as const, 0 as const, 1 as const)),
  keys: fc.func(fc.integer({ min: -3, max: 12 })),
});

describe('rows placed in arms and clusters', () => {
  it('share a number where they share arm and key; numbers rise with the keys and leave none out', () => {
    fc.assert(
      fc.property(world, ({ series, arms, keys }) => {
        const sample = placeRows(series.map(seriesOf), arms, keys, true);
        const expected = [new Set<number>(), new Set<number>()] as const;
        series.forEach((blocks, index) => {
          for (const block of blocks)
            if (arms(index, block) >= 0) expected[arms(index, block) as 0 | 1].add(keys(index, block));
        });
        const ranked = expected.map((ofArm) => [...ofArm].sort((a, b) => a - b));
        expect(sample.clusters).toEqual(ranked.map(({ length }) => length));
        series.forEach((blocks, index) => {
          blocks.forEach((block, row) => {
            const arm = arms(index, block);
            expect(sample.armOf[index]![row]).toBe(arm);
            if (arm !== NEITHER) expect(sample.clusterOf[index]![row]).toBe(ranked[arm]!.indexOf(keys(index, block)));
          });
        });
      }),
    );
  });

  it('are all counted, each in the cluster of its arm', () => {
    fc.assert(
      fc.property(world, ({ series, arms, keys }) => {
        const sample = placeRows(series.map(seriesOf), arms, keys, true);
        const counted = countByCluster(sample, { numerator: () => 2, denominator: ({ count }, row) => count[row]! });
        counted.forEach(({ numerators, denominators }, arm) => {
          const rows = series.flatMap((blocks, index) => blocks.filter((block) => arms(index, block) === arm)).length;
          expect(denominators.reduce((sum, one) => sum + one, 0)).toBe(rows);
          expect(numerators.reduce((sum, one) => sum + one, 0)).toBe(2 * rows);
          expect(denominators.every((one) => one > 0)).toBe(true);
        });
      }),
    );
  });

  it('lie in the same places when blocks are the clusters, however that is found', () => {
    fc.assert(
      fc.property(world, ({ series, arms }) => {
        const rows = series.map(seriesOf);
        expect(placeByBlock(rows, arms)).toEqual(placeRows(rows, arms, (_, block) => block, true));
      }),
    );
  });

  it('are counted alike whether a block went one way, and its rows were added up first, or several', () => {
    fc.assert(
      fc.property(world, fc.boolean(), fc.boolean(), ({ series, arms, keys }, isWhole, areBlocksClusters) => {
        const armAt = (index: number, block: number) => arms(isWhole ? 0 : index, block);
        const rows = series.map(seriesOf);
        const sample = areBlocksClusters
          ? placeByBlock(rows, armAt)
          : placeRows(rows, armAt, (index, block) => keys(isWhole ? 0 : index, block), true);
        const unknown = (row: number): boolean => row % 5 === 3;
        const counted = countByCluster(sample, {
          numerator: (one, row) => (unknown(row) ? Number.NaN : one.block[row]!),
          denominator: (_, row) => row,
        });
        const expected = sample.clusters.map((length) => [new Float64Array(length), new Float64Array(length)] as const);
        series.forEach((blocks, index) => {
          blocks.forEach((block, row) => {
            const arm = armAt(index, block);
            if (arm === NEITHER || unknown(row)) return;
            const cluster = sample.clusterOf[index]![row]!;
            expected[arm]![0][cluster]! += block;
            expected[arm]![1][cluster]! += row;
          });
        });
        expect(counted.map(({ numerators, denominators }) => [numerators, denominators])).toEqual(expected);
      }),
    );
  });
});
