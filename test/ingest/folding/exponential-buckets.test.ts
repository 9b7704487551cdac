import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differenceOf,
  dividedBy,
  downscale,
  type ExponentialBuckets,
  sumOf,
  widenZero,
} from '../../../src/ingest/folding/exponential-buckets.ts';

const buckets: fc.Arbitrary<ExponentialBuckets> = fc
  .record({
    scale: fc.integer({ min: -2, max: 6 }),
    zeroThreshold: fc.constantFrom(0, 1e-6, 0.01, 0.5),
    offset: fc.integer({ min: -300, max: 300 }),
    counts: fc.array(fc.nat(50), { minLength: 1, maxLength: 40 }),
  })
  .map((drawn) => ({ ...drawn, counts: Float64Array.from(drawn.counts) }));

function total({ counts }: ExponentialBuckets): number {
  return counts.reduce((a, b) => a + b, 0);
}

/** Populated buckets by index: equal for histograms that only differ in empty buckets at their ends. */
function content({ scale, zeroThreshold, offset, counts }: ExponentialBuckets) {
  const populated = [...counts].map((count, i) => [i === 0 ? 'zero' : offset + i - 1, count] as const);
  return { scale, zeroThreshold, populated: populated.filter(([, count]) => count !== 0) };
}

describe('exponential buckets', () => {
  it('downscaled in steps are the same as downscaled at once', () => {
    fc.assert(
      fc.property(buckets, fc.nat(4), fc.nat(4), (drawn, first, second) => {
        const steps = downscale(downscale(drawn, drawn.scale - first), drawn.scale - first - second);
        expect(content(steps)).toEqual(content(downscale(drawn, drawn.scale - first - second)));
        expect(total(steps)).toBe(total(drawn));
      }),
    );
  });

  it('merge in any order, and downscaling before or after a merge is the same', () => {
    fc.assert(
      fc.property(buckets, buckets, fc.nat(3), (a, b, coarser) => {
        expect(content(sumOf(a, b))).toEqual(content(sumOf(b, a)));
        const scale = Math.min(a.scale, b.scale) - coarser;
        const [left, right] = [a, b].map((drawn) => ({ ...drawn, zeroThreshold: 0 }));
        const before = sumOf(downscale(left!, scale), downscale(right!, scale));
        expect(content(before)).toEqual(content(downscale(sumOf(left!, right!), scale)));
      }),
    );
  });

  it('added and taken away again leave what was added', () => {
    fc.assert(
      fc.property(buckets, buckets, (before, added) => {
        const after = sumOf(before, added);
        const difference = differenceOf(after, before);
        expect(difference).not.toBeNull();
        expect(total(difference!)).toBe(total(added));
        expect(Math.min(...difference!.counts)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('keep their total under a wider zero bucket, whose edge cuts no populated bucket', () => {
    fc.assert(
      fc.property(buckets, fc.constantFrom(0.001, 0.3, 7), (drawn, threshold) => {
        const widened = widenZero(drawn, threshold);
        expect(total(widened)).toBe(total(drawn));
        expect(widened.zeroThreshold).toBeGreaterThanOrEqual(Math.max(threshold, drawn.zeroThreshold));
        const edge = Math.log2(widened.zeroThreshold) * 2 ** drawn.scale;
        const isCut = [...widened.counts].some(
          (count, i) => i > 0 && count > 0 && threshold > drawn.zeroThreshold && widened.offset + i - 1 < edge - 1e-9,
        );
        expect(isCut).toBe(false);
        const folded = drawn.counts.slice(1, 1 + widened.offset - drawn.offset);
        const topmost = folded.findLastIndex((count) => count > 0);
        const topmostEnd = 2 ** ((drawn.offset + topmost + 1) / 2 ** drawn.scale);
        if (topmost >= 0) expect(widened.zeroThreshold).toBeGreaterThanOrEqual(topmostEnd * (1 - 1e-12));
      }),
    );
  });

  it('say that a fallen bucket is a reset', () => {
    const before = { scale: 0, zeroThreshold: 0, offset: 0, counts: Float64Array.of(0, 5, 5) };
    const after = { scale: 0, zeroThreshold: 0, offset: 0, counts: Float64Array.of(0, 4, 9) };
    expect(differenceOf(after, before)).toBeNull();
  });

  it('lose resolution before they would need a bucket for every index in between', () => {
    const tiny = { scale: 20, zeroThreshold: 0, offset: -1_000_000_000, counts: Float64Array.of(0, 1) };
    const huge = { scale: 20, zeroThreshold: 0, offset: 1_000_000_000, counts: Float64Array.of(0, 1) };
    const merged = sumOf(tiny, huge);
    expect(merged.counts.length).toBeLessThan(5000);
    expect(total(merged)).toBe(2);
  });

  it('of milliseconds become seconds within a bucket, with the same total', () => {
    const milliseconds = { scale: 3, zeroThreshold: 0, offset: 63, counts: Float64Array.of(2, 10) };
    const seconds = dividedBy(milliseconds, 1000);
    expect(total(seconds)).toBeCloseTo(12, 12);
    const base = 2 ** (1 / 8);
    const first = base ** seconds.offset;
    expect(first).toBeLessThanOrEqual(base ** 63 / 1000);
    expect(first * base).toBeGreaterThan(base ** 63 / 1000);
    expect(dividedBy({ ...milliseconds }, 1024)).toMatchObject({ offset: 63 - 80 });
    expect([...dividedBy({ ...milliseconds }, 1024).counts].slice(0, 2)).toEqual([2, 10]);
  });
});
