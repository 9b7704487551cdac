import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TelemetrySink } from '../../../src/domain/telemetry.ts';
import { at, attributes, BOUNDS, clientSpan, evaluation, fold, identity, plain, span } from './telemetry-fixture.ts';

type Feed = (sink: TelemetrySink) => void;

const INDICATORS = [
  {
    name: 'depth',
    metric: 'queue.depth',
    kind: 'gauge',
    better: 'lower',
    unit: '1',
    denominator: null,
    quantiles: [],
  },
] as const;

function streamOf(sink: TelemetrySink, series: number, over = {}): number {
  const values = {
    'http.request.method': 'GET',
    'http.route': `/r${series % 2}`,
    'http.response.status_code': `${200 + 60 * Math.floor(series / 2)}`,
  };
  return sink.openStream(identity({ attributes: attributes(values), ...over }));
}

const bucketCounts = fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20));
const series = fc.nat(11);
const minute = fc.nat(6);

const cumulativePoint = fc
  .record({
    series,
    minute,
    start: fc.constantFrom(Number.NaN, -300, 0, 5),
    buckets: bucketCounts,
    sum: fc.double({ min: 0, max: 9 }),
  })
  .map(({ series, minute, start, buckets, sum }): Feed => {
    const count = buckets.reduce((a, b) => a + b, 0);
    return (sink) =>
      sink.histogramPoint(
        streamOf(sink, series),
        Math.min(at(start), at(minute)),
        at(minute),
        count,
        sum,
        BOUNDS,
        buckets,
      );
  });

/** Of few bounds and contents: two processes under one identity and repetitions are both common. */
const deltaPoint = fc
  .record({
    series,
    minute,
    bounds: fc.constantFrom(BOUNDS, [0.2, 3]),
    count: fc.nat(2),
    sum: fc.constantFrom(0.1, 0.7),
  })
  .map(({ series, minute, bounds, count, sum }): Feed => {
    return (sink) => {
      const stream = streamOf(sink, series, { temporality: 'delta', metric: 'rpc.server.call.duration' });
      sink.histogramPoint(stream, at(minute - 1), at(minute), count, sum, bounds, [count, 0, 0]);
    };
  });

const exponentialPoint = fc
  .record({
    series,
    minute,
    scale: fc.integer({ min: 0, max: 3 }),
    offset: fc.integer({ min: -9, max: 9 }),
    buckets: bucketCounts,
  })
  .map(({ series, minute, scale, offset, buckets }): Feed => {
    const count = buckets.reduce((a, b) => a + b, 0);
    const over = { kind: 'exponential-histogram', temporality: 'delta', metric: 'rpc.server.duration', unit: 'ms' };
    return (sink) =>
      sink.exponentialPoint(
        streamOf(sink, series, over),
        at(minute - 1),
        at(minute),
        count,
        count / (7 + series),
        scale,
        0,
        0,
        offset,
        buckets,
      );
  });

const gaugePoint = fc
  .record({ series, minute, value: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }) })
  .map(({ series, minute, value }): Feed => {
    const over = { kind: 'gauge', temporality: 'instant', metric: 'queue.depth' };
    return (sink) => sink.numberPoint(streamOf(sink, series, over), Number.NaN, at(minute), value);
  });

const anySpan = fc
  .record({
    id: fc.nat(12),
    parent: fc.nat(12),
    kind: fc.constantFrom('server' as const, 'client' as const, 'internal' as const),
    base: fc.constantFrom(at(0), 0),
    start: fc.nat(100_000),
    length: fc.double({ noNaN: true, min: 0, max: 2000 }),
    failed: fc.boolean(),
    flag: fc.constantFrom('', 'on', 'off'),
    peer: fc.constantFrom('payments', 'stock', 'ledger'),
    resend: fc.constantFrom('', '0', '1', '2'),
  })
  .map(({ id, parent, kind, base, start, length, failed, flag, peer, resend }): Feed => {
    const common = {
      spanId: `s${id}`,
      parentSpanId: parent < 4 ? '' : `s${parent}`,
      kind,
      startMs: base + start,
      endMs: base + start + length,
      failed,
      flags: attributes(flag === '' ? {} : { backoff: flag }),
    };
    const called = { 'server.address': peer, ...(resend === '' ? {} : { 'http.request.resend_count': resend }) };
    return (sink) => sink.span(kind === 'client' ? clientSpan(common, called) : span(common));
  });

const anyEvaluation = fc.record({ id: fc.nat(12), variant: fc.constantFrom('on', 'off') }).map(
  ({ id, variant }): Feed =>
    (sink) =>
      sink.flagEvaluation(evaluation({ spanId: `s${id}`, variant })),
);

const evaluationCount = fc
  .record({
    variant: fc.constantFrom('on', 'off'),
    reason: fc.constantFrom('split', 'cached'),
    minute,
    value: fc.nat(50),
  })
  .map(({ variant, reason, minute, value }): Feed => {
    const names = {
      'feature_flag.key': 'f',
      'feature_flag.result.variant': variant,
      'feature_flag.result.reason': reason,
    };
    const over = {
      metric: 'feature_flag.evaluation_success_total',
      kind: 'sum',
      attributes: attributes(names),
    } as const;
    return (sink) => sink.numberPoint(sink.openStream(identity(over)), at(0), at(minute), value);
  });

const identified = fc.oneof(cumulativePoint, deltaPoint, exponentialPoint, gaugePoint, anySpan, evaluationCount);
const anything = fc.oneof(identified, anyEvaluation);

function cellsOf(feeds: readonly Feed[]) {
  const folded = fold(
    (sink) => {
      for (const feed of feeds) feed(sink);
    },
    { indicators: INDICATORS },
  );
  return { cells: plain(folded.cells), firstMs: folded.firstMs, lastMs: folded.lastMs };
}

describe('cells', () => {
  it('do not depend on the order in which points and spans come', () => {
    const shuffled = fc
      .array(anything, { maxLength: 60 })
      .chain((feeds) => fc.tuple(fc.constant(feeds), fc.shuffledSubarray(feeds, { minLength: feeds.length })));
    fc.assert(
      fc.property(shuffled, ([feeds, permuted]) => {
        expect(cellsOf(permuted)).toEqual(cellsOf(feeds));
      }),
      { numRuns: 300 },
    );
  });

  it('have sums that are the same to the last bit in whatever order streams and spans come', () => {
    const sums = [0.1, 0.2, 0.3];
    const points = sums.map((sum, i): Feed => {
      return (sink) => {
        const stream = streamOf(sink, 2 * i, { temporality: 'delta' });
        sink.histogramPoint(stream, at(0), at(1), 1, sum, BOUNDS, [0, 1, 0]);
      };
    });
    const spans = sums.map((length, i): Feed => {
      return (sink) => sink.span(span({ spanId: `s${i}`, startMs: 0, endMs: length }));
    });
    expect(0.1 + 0.2 + 0.3).not.toBe(0.3 + 0.2 + 0.1);
    for (const feeds of [points, spans]) expect(cellsOf([...feeds].reverse())).toEqual(cellsOf(feeds));
  });

  it('do not change when points and spans come twice; log records have no identity', () => {
    fc.assert(
      fc.property(fc.array(identified, { maxLength: 40 }), (feeds) => {
        expect(cellsOf([...feeds, ...feeds])).toEqual(cellsOf(feeds));
      }),
    );
  });

  it('of cumulative points never hold less than nothing', () => {
    fc.assert(
      fc.property(fc.array(cumulativePoint, { maxLength: 60 }), (feeds) => {
        const folded = fold((sink) => {
          for (const feed of feeds) feed(sink);
        });
        for (const { count, errors, histogram } of folded.cells.series) {
          for (const column of [count, errors, histogram?.counts]) {
            expect(column?.every((value) => value >= 0) ?? true).toBe(true);
          }
        }
      }),
    );
  });

  it('of delta points add up to what the points held', () => {
    const deltas = fc.uniqueArray(fc.record({ series, minute, buckets: bucketCounts }), {
      selector: ({ series, minute }) => `${series}/${minute}`,
    });
    fc.assert(
      fc.property(deltas, (points) => {
        const folded = fold((sink) => {
          for (const { series, minute, buckets } of points) {
            const count = buckets.reduce((a, b) => a + b, 0);
            const stream = streamOf(sink, series, { temporality: 'delta' });
            sink.histogramPoint(stream, at(minute - 1), at(minute), count, 0, BOUNDS, buckets);
          }
        });
        const held = points.flatMap(({ buckets }) => buckets).reduce((a, b) => a + b, 0);
        const counted = folded.cells.series.map(({ count }) => count.reduce((a, b) => a + b, 0));
        const inBuckets = folded.cells.series.flatMap(({ histogram }) => Array.from(histogram?.counts ?? []));
        expect(counted.reduce((a, b) => a + b, 0)).toBe(held);
        expect(inBuckets.reduce((a, b) => a + b, 0)).toBe(held);
      }),
    );
  });

  it('of exponential points hold every bucket at the coarsest scale of the cell', () => {
    const drawn = fc.array(
      fc.record({
        scale: fc.integer({ min: 0, max: 3 }),
        offset: fc.integer({ min: -20, max: 20 }),
        buckets: fc.array(fc.nat(9), { minLength: 1, maxLength: 9 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(drawn, (points) => {
        const folded = fold((sink) => {
          for (const [series, { scale, offset, buckets }] of points.entries()) {
            const count = buckets.reduce((a, b) => a + b, 1);
            const over = { kind: 'exponential-histogram', temporality: 'delta' } as const;
            const stream = streamOf(sink, 2 * series, over);
            sink.exponentialPoint(stream, at(0), at(1), count, count, scale, 0, 1, offset, buckets);
          }
        });
        const scale = Math.min(...points.map((point) => point.scale));
        const expected = new Map<number, number>();
        for (const point of points) {
          for (const [i, count] of point.buckets.entries()) {
            const index = (point.offset + i) >> (point.scale - scale);
            if (count > 0) expected.set(index, (expected.get(index) ?? 0) + count);
          }
        }
        const histogram = folded.cells.series[0]!.histogram!;
        expect(histogram.layouts).toEqual([{ kind: 'exponential', scale, zeroThreshold: 0 }]);
        expect(histogram.counts[0]).toBe(points.length);
        const populated = [...histogram.counts.subarray(1)]
          .map((count, i) => [histogram.offsetOfRow[0]! + i, count] as const)
          .filter(([, count]) => count > 0);
        expect(populated).toEqual([...expected].sort(([a], [b]) => a - b));
      }),
    );
  });

  it('of a cumulative stream split over blocks hold its last value less its first', () => {
    const growth = fc.array(bucketCounts, { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(growth, (steps) => {
        const total = [0, 0, 0];
        let first = 0;
        const folded = fold((sink) => {
          const stream = sink.openStream(identity());
          for (const [step, added] of steps.entries()) {
            for (const [bucket, count] of added.entries()) total[bucket]! += count;
            const count = total.reduce((a, b) => a + b, 0);
            if (step === 0) first = count;
            sink.histogramPoint(stream, at(-9999), at(step / 3), count, 0, BOUNDS, total);
          }
        });
        const counted = folded.cells.series.flatMap(({ count }) => [...count]);
        expect(counted.reduce((a, b) => a + b, 0)).toBe(total.reduce((a, b) => a + b, 0) - first);
      }),
    );
  });
});
