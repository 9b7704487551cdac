import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PointRows } from '../../../src/ingest/folding/point-rows.ts';
import { NO_BUCKETS, StreamPoints } from '../../../src/ingest/folding/stream-points.ts';

/** Zero has one sign here: nothing tells the two apart later on. */
function unsigned(value: number): number {
  return value === 0 ? 0 : value;
}

const time = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true }).map(unsigned));
const count = fc.oneof(
  fc.nat(300),
  fc.maxSafeNat(),
  fc.double({ noNaN: true, min: 0, noDefaultInfinity: true }).map(unsigned),
);

const point = fc.record({
  startMs: fc.oneof(fc.constant(Number.NaN), time),
  timeMs: time,
  count: fc.oneof(count, fc.double({ noNaN: true }).map(unsigned)),
  sum: fc.double(),
  layout: fc.integer({ min: -1, max: 200 }),
  offset: fc.integer({ min: -(2 ** 30), max: 2 ** 30 }),
  zeroCount: fc.oneof(fc.constant(-1), count),
  buckets: fc.array(count, { maxLength: 20 }),
});

interface Point {
  readonly startMs: number;
  readonly timeMs: number;
  readonly count: number;
  readonly sum: number;
  readonly layout: number;
  readonly offset: number;
  readonly buckets: readonly number[];
}

/** Without buckets a point has neither an offset nor a zero count. */
function expected(drawn: Point & { zeroCount: number }): Point {
  const { startMs, timeMs, count, sum, layout, zeroCount } = drawn;
  const hasBuckets = layout >= 0;
  const zero = zeroCount < 0 ? [] : [zeroCount];
  const buckets = hasBuckets ? [...zero, ...drawn.buckets] : [];
  return { startMs, timeMs, count, sum, layout, offset: hasBuckets ? drawn.offset : 0, buckets };
}

function rowOf(rows: PointRows, row: number): Point {
  const first = rows.first[row]!;
  return {
    startMs: rows.startMs[row]!,
    timeMs: rows.timeMs[row]!,
    count: rows.count[row]!,
    sum: rows.sum[row]!,
    layout: rows.layout[row]!,
    offset: rows.offset[row]!,
    buckets: [...rows.buckets.subarray(first, first + rows.length[row]!)],
  };
}

describe('stored points', () => {
  it('come back as they were', () => {
    const rows = new PointRows();
    fc.assert(
      fc.property(fc.array(point, { maxLength: 40 }), (points) => {
        const stored = new StreamPoints();
        for (const { startMs, timeMs, count, sum, layout, offset, zeroCount, buckets } of points) {
          const written = layout < 0 ? NO_BUCKETS : buckets;
          stored.append(startMs, timeMs, count, sum, layout, offset, zeroCount, written);
        }
        rows.load(stored);
        expect(points.map((_, row) => rowOf(rows, row))).toEqual(points.map(expected));
      }),
    );
  });
});
