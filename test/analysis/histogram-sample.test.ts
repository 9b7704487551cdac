import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addBuckets, poolHistograms, shareAbove } from '../../src/analysis/sampling/histogram-sample.ts';
import { jointLayout } from '../../src/analysis/sampling/joint-layout.ts';
import { placeByBlock } from '../../src/analysis/sampling/placing.ts';
import { countByCluster } from '../../src/analysis/sampling/sample.ts';
import { type BucketLayout, type CellSeries, REQUESTS } from '../../src/domain/cells.ts';
import { bucketPosition } from '../../src/statistics/bucket-distribution.ts';
import { cellKey } from '../support/simulated-cells.ts';

interface Row {
  readonly layout: BucketLayout;
  readonly offset: number;
  readonly counts: readonly number[];
}

function seriesOf(rows: readonly (Row | null)[]): CellSeries {
  const layouts = [...new Set(rows.flatMap((row) => row?.layout ?? []))];
  const firstCount = Int32Array.of(
    0,
    ...rows.map((_, end) => rows.slice(0, end + 1).flatMap((row) => row?.counts ?? []).length),
  );
  return {
    key: cellKey(),
    measure: REQUESTS,
    block: Int32Array.from(rows, (_, row) => row),
    count: Float64Array.from(rows, (row) => row?.counts.reduce((sum, count) => sum + count, 0) ?? 0),
    sum: null,
    errors: null,
    attempts: null,
    retries: null,
    histogram: {
      layouts,
      layoutOfRow: Int32Array.from(rows, (row) => (row === null ? -1 : layouts.indexOf(row.layout))),
      firstCount,
      offsetOfRow: Int32Array.from(rows, (row) => row?.offset ?? 0),
      counts: Float64Array.from(rows.flatMap((row) => row?.counts ?? [])),
    },
  };
}

const counts = (length: number) => fc.array(fc.nat(9), { minLength: length, maxLength: length });
const explicit = fc
  .constantFrom([0.1, 0.2, 0.5, 1, 2], [0.1, 0.5, 1], [0.2, 0.5, 1, 5])
  .map((bounds) => ({ kind: 'explicit' as const, bounds: Float64Array.from(bounds) }));
const explicitRow = explicit.chain((layout) =>
  fc.record({ layout: fc.constant(layout), offset: fc.constant(0), counts: counts(layout.bounds.length + 1) }),
);
const exponentialRow = fc.record({
  layout: fc.constantFrom(2, 3, 5).map((scale) => ({ kind: 'exponential' as const, scale, zeroThreshold: 0 })),
  offset: fc.integer({ min: -40, max: 40 }),
  counts: fc.array(fc.nat(9), { minLength: 1, maxLength: 30 }),
});
const rowsOf = (row: fc.Arbitrary<Row>) =>
  fc.array(fc.oneof({ weight: 9, arbitrary: row }, { weight: 1, arbitrary: fc.constant(null) }), {
    minLength: 1,
    maxLength: 8,
  });
const rows = fc.oneof(rowsOf(explicitRow), rowsOf(exponentialRow), rowsOf(fc.oneof(explicitRow, exponentialRow)));

/** A row's counts in the common buckets, found one by one. */
function projected(series: CellSeries, row: number, layout: NonNullable<ReturnType<typeof jointLayout>>): number[] {
  const buckets = new Array<number>(layout.bounds.length + 1).fill(0);
  const column = series.histogram!;
  const first = column.firstCount[row]!;
  for (let k = 0; first + k < column.firstCount[row + 1]!; k++) {
    const own = column.layouts[column.layoutOfRow[row]!];
    const bucket = own === undefined ? -1 : layout.bucketOf(own, column.offsetOfRow[row]!, k);
    const count = column.counts[first + k]!;
    // Empty buckets may lie beyond the layout, which spans what was counted.
    if (bucket >= 0 && count > 0) buckets[bucket]! += count;
  }
  return buckets;
}

describe('histograms read in one layout', () => {
  it('lose no observation of a comparable row, and put every one of them between its own bounds', () => {
    fc.assert(
      fc.property(rows, (some) => {
        const series = seriesOf(some);
        const layout = jointLayout([series]);
        fc.pre(layout !== null);
        some.forEach((row, index) => {
          const into = new Float64Array(layout.bounds.length + 1);
          addBuckets(series, index, layout, into);
          expect([...into]).toEqual(projected(series, index, layout));
          const isComparable =
            row !== null && (row.layout.kind === 'exponential') === (layout.interpolation === 'logarithmic');
          expect(into.reduce((sum, one) => sum + one, 0)).toBe(isComparable ? series.count[index] : 0);
        });
      }),
    );
  });

  it('are divided at a value as their projected buckets are', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0, max: 50, noNaN: true }), (some, value) => {
        const series = seriesOf(some);
        const layout = jointLayout([series]);
        fc.pre(layout !== null);
        const { numerator, denominator } = shareAbove(layout, value);
        const { index, inside } = bucketPosition(layout.bounds, value, layout.interpolation);
        some.forEach((_, row) => {
          const buckets = projected(series, row, layout);
          const above = buckets.reduce(
            (sum, count, bucket) => sum + (bucket > index ? count : bucket === index ? count * (1 - inside) : 0),
            0,
          );
          expect(numerator(series, row)).toBeCloseTo(above, 9);
          expect(denominator(series, row)).toBe(buckets.reduce((sum, count) => sum + count, 0));
        });
      }),
    );
  });

  it('give the same counts above a value whether the histograms of a block are added up first or read one by one', () => {
    const value = fc.double({ min: 0.01, max: 20, noNaN: true });
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 3 }), value, fc.boolean(), (many, at, isWhole) => {
        const series = many.map(seriesOf);
        const sample = placeByBlock(series, (index, block) => ((isWhole ? block : block + index) % 2 === 0 ? 0 : 1));
        const pool = poolHistograms(sample);
        fc.pre(pool !== null);
        const ratio = shareAbove(pool.layout, at);
        countByCluster(sample, ratio).forEach(({ numerators, denominators }, arm) => {
          const sums = [new Float64Array(numerators.length), new Float64Array(numerators.length)] as const;
          sample.armOf.forEach((arms, index) => {
            arms.forEach((own, row) => {
              if (own !== arm) return;
              const cluster = sample.clusterOf[index]![row]!;
              sums[0][cluster]! += ratio.numerator(series[index]!, row);
              sums[1][cluster]! += ratio.denominator(series[index]!, row);
            });
          });
          numerators.forEach((numerator, cluster) => {
            expect(numerator).toBeCloseTo(sums[0][cluster]!, 9);
          });
          expect(denominators).toEqual(sums[1]);
        });
      }),
    );
  });

  it('are pooled by arm, whether blocks went one way or several', () => {
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 3 }), fc.boolean(), (many, isWhole) => {
        const series = many.map(seriesOf);
        const armAt = (index: number, block: number) => ((isWhole ? block : block + index) % 2 === 0 ? 0 : 1);
        const pool = poolHistograms(placeByBlock(series, armAt));
        fc.pre(pool !== null);
        pool.pooled.forEach((pooled, arm) => {
          const own = many.flatMap((some, index) =>
            some.map((_, row) => (armAt(index, row) === arm ? projected(series[index]!, row, pool.layout) : [])),
          );
          expect([...pooled]).toEqual(
            [...pooled].map((_, bucket) => own.reduce((sum, one) => sum + (one[bucket] ?? 0), 0)),
          );
        });
      }),
    );
  });

  it('answer how many counts lie up to a bucket as bucket by bucket', () => {
    fc.assert(
      fc.property(rows, (some) => {
        const layout = jointLayout([seriesOf(some)]);
        fc.pre(layout !== null);
        for (const row of some) {
          if (row === null || row.counts.every((count) => count === 0)) continue;
          const bucketOf = row.counts.map((_, k) => layout.bucketOf(row.layout, row.offset, k));
          for (let bucket = -1; bucket <= layout.bounds.length; bucket++) {
            const upTo = layout.countsUpTo(row.layout, row.offset, bucket);
            if (bucketOf[0] === -1) expect(upTo).toBe(-1);
            else expect(Math.min(upTo, row.counts.length)).toBe(bucketOf.filter((own) => own <= bucket).length);
          }
        }
      }),
    );
  });
});
