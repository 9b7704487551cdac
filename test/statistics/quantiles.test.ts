import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketCdf, bucketQuantile, type Interpolation, shareAbove } from '../../src/statistics/bucket-distribution.ts';
import { prepareQuantile, quantileInterval } from '../../src/statistics/woodruff.ts';
import { seededRandom } from '../support/seeded-random.ts';

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const interpolation = fc.constantFrom<Interpolation>('linear', 'logarithmic');

/** Ascending positive bounds, and counts of which the open bucket's is the last. */
const histogram = fc
  .array(fc.tuple(fc.double({ min: 0.05, max: 2, noNaN: true }), fc.integer({ min: 0, max: 100 })), {
    minLength: 1,
    maxLength: 15,
  })
  .chain((buckets) =>
    fc.integer({ min: 0, max: 20 }).map((open) => {
      let bound = 0;
      const bounds = Float64Array.from(buckets, ([step]) => {
        bound += step;
        return bound;
      });
      return { bounds, counts: Float64Array.from([...buckets.map(([, count]) => count), open]) };
    }),
  )
  .filter(({ counts }) => counts.some((count) => count > 0));

describe('bucketQuantile', () => {
  const bounds = Float64Array.of(0.1, 0.2, 0.5);

  it('interpolates evenly inside the bucket, the lowest starting at 0', () => {
    expect(bucketQuantile(bounds, [10, 0, 0, 0], 0.5, 'linear').value).toBeCloseTo(0.05, 12);
    expect(bucketQuantile(bounds, [10, 10, 20, 0], 0.75, 'linear')).toEqual({
      value: 0.35,
      bucketLow: 0.2,
      bucketHigh: 0.5,
      saturated: false,
    });
  });

  it('interpolates evenly in the logarithm for exponential buckets, but not next to zero', () => {
    expect(bucketQuantile(Float64Array.of(1, 4), [0, 10, 0], 0.5, 'logarithmic').value).toBeCloseTo(2, 12);
    expect(bucketQuantile(Float64Array.of(1, 4), [10, 0, 0], 0.5, 'logarithmic').value).toBeCloseTo(0.5, 12);
    expect(bucketQuantile(Float64Array.of(0, 1, 4), [10, 0, 0, 0], 0.5, 'logarithmic').value).toBe(0);
  });

  it('answers the highest finite bound in the open bucket, and says that it is saturated', () => {
    expect(bucketQuantile(bounds, [1, 0, 0, 9], 0.99, 'linear')).toEqual({
      value: 0.5,
      bucketLow: 0.5,
      bucketHigh: Infinity,
      saturated: true,
    });
  });

  it('answers the bound of a lowest bucket that has no start', () => {
    expect(bucketQuantile(Float64Array.of(-1, 1), [10, 0, 0], 0.5, 'linear').value).toBe(-1);
    expect(bucketQuantile(Float64Array.of(-1, 1), [0, 10, 0], 0.5, 'linear').value).toBe(0);
  });

  it('has no answer without counts and infinite ones outside of 0 and 1', () => {
    expect(bucketQuantile(bounds, [0, 0, 0, 0], 0.5, 'linear').value).toBeNaN();
    expect(bucketQuantile(bounds, [1, 1, 1, 1], -0.1, 'linear').value).toBe(-Infinity);
    expect(bucketQuantile(bounds, [1, 1, 1, 1], 1.1, 'linear').value).toBe(Infinity);
  });

  it('does not fall as p rises', () => {
    fc.assert(
      fc.property(histogram, probability, probability, interpolation, ({ bounds, counts }, p, q, how) => {
        const low = bucketQuantile(bounds, counts, Math.min(p, q), how).value;
        expect(bucketQuantile(bounds, counts, Math.max(p, q), how).value).toBeGreaterThanOrEqual(low * (1 - 1e-12));
      }),
    );
  });

  it('is inverted by bucketCdf, wherever the distribution rises', () => {
    fc.assert(
      fc.property(histogram, probability, interpolation, ({ bounds, counts }, p, how) => {
        const { value, saturated } = bucketQuantile(bounds, counts, p, how);
        if (saturated) expect(bucketCdf(bounds, counts, value, how)).toBeLessThanOrEqual(p + 1e-9);
        else expect(bucketCdf(bounds, counts, value, how)).toBeCloseTo(p, 9);
      }),
    );
  });

  it('moves with the unit', () => {
    fc.assert(
      fc.property(histogram, probability, interpolation, ({ bounds, counts }, p, how) => {
        const one = bucketQuantile(bounds, counts, p, how).value;
        const thousand = bucketQuantile(
          bounds.map((bound) => bound * 1000),
          counts,
          p,
          how,
        ).value;
        expect(thousand).toBeCloseTo(1000 * one, 6);
      }),
    );
  });

  it('lies between the quantiles of the parts when counts are added', () => {
    fc.assert(
      fc.property(histogram, probability, fc.integer({ min: 0, max: 14 }), ({ bounds, counts }, p, shift) => {
        const other = counts.map((_, i) => counts[(i + shift) % counts.length]!);
        const merged = counts.map((count, i) => count + other[i]!);
        const parts = [counts, other].map((part) => bucketQuantile(bounds, part, p, 'linear').value);
        const whole = bucketQuantile(bounds, merged, p, 'linear').value;
        expect(whole).toBeGreaterThanOrEqual(Math.min(...parts) - 1e-9);
        expect(whole).toBeLessThanOrEqual(Math.max(...parts) + 1e-9);
      }),
    );
  });
});

describe('bucketCdf and shareAbove', () => {
  it('are exact at a bound, and make one together', () => {
    fc.assert(
      fc.property(
        histogram,
        fc.double({ min: -1, max: 40, noNaN: true }),
        interpolation,
        ({ bounds, counts }, x, how) => {
          const total = counts.reduce((sum, count) => sum + count, 0);
          let below = 0;
          bounds.forEach((bound, i) => {
            below += counts[i]!;
            expect(bucketCdf(bounds, counts, bound, how)).toBeCloseTo(below / total, 12);
          });
          expect(bucketCdf(bounds, counts, x, how) + shareAbove(bounds, counts, x, how)).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it('count the open bucket as above every finite value', () => {
    expect(shareAbove(Float64Array.of(1), [1, 3], 100, 'linear')).toBe(0.75);
    expect(shareAbove(Float64Array.of(1), [1, 3], Infinity, 'linear')).toBe(0);
  });
});

/** Lognormal latencies of several hosts in buckets of 4 % width. */
function hosts(clusters: number, requests: number, spread: number, seed = 11) {
  const random = seededRandom(seed);
  const bounds = Float64Array.from({ length: 320 }, (_, i) => 0.002 * 1.04 ** i);
  const clusterCounts = new Float64Array(clusters * (bounds.length + 1));
  for (let host = 0; host < clusters; host++) {
    const level = spread * random.normal();
    for (let i = 0; i < requests; i++) {
      const value = Math.exp(level + random.normal());
      let bucket = 0;
      while (bucket < bounds.length && bounds[bucket]! < value) bucket++;
      clusterCounts[host * (bounds.length + 1) + bucket]! += 1;
    }
  }
  return { bounds, clusterCounts, clusters, interpolation: 'logarithmic' as const };
}

describe('Woodruff interval of a quantile', () => {
  it('encloses the estimate and nests in the level', () => {
    const prepared = prepareQuantile({ ...hosts(12, 400, 0.1), p: 0.95 });
    let previous = quantileInterval(prepared, 0.5);
    for (const level of [0.8, 0.9, 0.95, 0.99, 0.999]) {
      const interval = quantileInterval(prepared, level);
      expect(interval.low).toBeLessThanOrEqual(previous.low);
      expect(interval.high).toBeGreaterThanOrEqual(previous.high);
      expect(interval.low).toBeLessThan(interval.estimate);
      expect(interval.high).toBeGreaterThan(interval.estimate);
      previous = interval;
    }
  });

  it('nests in the level for any histogram, widened or not', () => {
    const level = fc.double({ min: 0.01, max: 0.9999, noNaN: true });
    const clusters = fc.array(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 5, maxLength: 5 }), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(clusters, level, level, fc.double({ min: 0.05, max: 0.99, noNaN: true }), (rows, one, other, p) => {
        const bounds = Float64Array.of(0.1, 0.25, 0.3, 1);
        const clusterCounts = Float64Array.from(rows.flat());
        const prepared = prepareQuantile({ bounds, clusterCounts, clusters: rows.length, p, interpolation: 'linear' });
        if (!(prepared.total > 0)) return;
        const inner = quantileInterval(prepared, Math.min(one, other));
        const outer = quantileInterval(prepared, Math.max(one, other));
        expect(outer.low).toBeLessThanOrEqual(inner.low + 1e-12);
        expect(outer.high).toBeGreaterThanOrEqual(inner.high - 1e-12);
        expect(inner.low).toBeLessThanOrEqual(inner.estimate + 1e-12);
        expect(inner.high).toBeGreaterThanOrEqual(inner.estimate - 1e-12);
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order of clusters, and moves with the unit', () => {
    const input = hosts(10, 500, 0.1);
    const width = input.bounds.length + 1;
    const reversed = new Float64Array(input.clusterCounts.length);
    for (let host = 0; host < input.clusters; host++) {
      reversed.set(input.clusterCounts.subarray(host * width, (host + 1) * width), (input.clusters - 1 - host) * width);
    }
    const one = quantileInterval(prepareQuantile({ ...input, p: 0.9 }), 0.95);
    const other = quantileInterval(prepareQuantile({ ...input, clusterCounts: reversed, p: 0.9 }), 0.95);
    const milliseconds = input.bounds.map((bound) => bound * 1000);
    const scaled = quantileInterval(prepareQuantile({ ...input, bounds: milliseconds, p: 0.9 }), 0.95);
    expect(other.low).toBeCloseTo(one.low, 9);
    expect(other.high).toBeCloseTo(one.high, 9);
    expect(scaled.low / one.low).toBeCloseTo(1000, 6);
    expect(scaled.high / one.high).toBeCloseTo(1000, 6);
  });

  it('grows with the differences between hosts', () => {
    const alike = quantileInterval(prepareQuantile({ ...hosts(20, 1000, 0), p: 0.9 }), 0.95);
    const unlike = quantileInterval(prepareQuantile({ ...hosts(20, 1000, 0.3), p: 0.9 }), 0.95);
    expect(alike.designEffect).toBeLessThan(2);
    expect(unlike.designEffect).toBeGreaterThan(5);
    expect(Math.log(unlike.high / unlike.low)).toBeGreaterThan(2.5 * Math.log(alike.high / alike.low));
  });

  it('has no upper end for a sample too small to have one, rather than a made-up number', () => {
    const small = quantileInterval(prepareQuantile({ ...hosts(10, 30, 0), p: 0.99 }), 0.95);
    expect(small.high).toBe(Infinity);
    expect(small.low).toBeGreaterThan(0);
    expect(quantileInterval(prepareQuantile({ ...hosts(10, 300, 0), p: 0.99 }), 0.95).high).toBeLessThan(Infinity);
  });

  it('has no upper end where the open bucket may hold it', () => {
    const bounds = Float64Array.of(0.1, 0.25);
    const clusterCounts = Float64Array.from(new Array(10).fill([80, 15, 5]).flat());
    const input = { bounds, clusterCounts, clusters: 10, interpolation: 'linear' as const };
    const beyond = quantileInterval(prepareQuantile({ ...input, p: 0.99 }), 0.95);
    expect(beyond).toMatchObject({ estimate: 0.25, saturated: true, high: Infinity });
    const near = quantileInterval(prepareQuantile({ ...input, p: 0.945 }), 0.95);
    expect(near).toMatchObject({ saturated: false, high: Infinity });
  });

  it('says no more than the bucket where the bucket is wider than the sampling error', () => {
    const bounds = Float64Array.of(0.25, 0.5, 1);
    const clusterCounts = Float64Array.from(new Array(20).fill([900, 95, 5, 0]).flat());
    const prepared = prepareQuantile({ bounds, clusterCounts, clusters: 20, p: 0.95, interpolation: 'linear' });
    const interval = quantileInterval(prepared, 0.95);
    expect(interval).toMatchObject({ low: 0.25, high: 0.5, widenedToBucket: true });
    expect(interval.interpolatedLow).toBeGreaterThan(0.25);
    expect(interval.interpolatedHigh).toBeLessThan(0.5);
  });

  it('knows nothing from one cluster', () => {
    const interval = quantileInterval(prepareQuantile({ ...hosts(1, 1000, 0), p: 0.5 }), 0.95);
    expect(interval).toMatchObject({ low: 0, high: Infinity, degreesOfFreedom: 0 });
    expect(interval.estimate).toBeCloseTo(1, 0);
  });
});
