import { describe, expect, it } from 'vitest';
import type { TelemetrySink } from '../../../src/domain/telemetry.ts';
import { openDecoder } from '../../../src/ingest/formats/open-decoder.ts';
import {
  at,
  attributes,
  BOUNDS,
  bucketsOfRow,
  codes,
  countsByMinute,
  fold,
  identity,
  only,
} from './telemetry-fixture.ts';

type Point = readonly [startMs: number, timeMs: number, buckets: readonly number[]];

const LONG_AGO = at(-10_000);

function feed(points: readonly Point[], over = {}): (sink: TelemetrySink) => void {
  return (sink) => {
    const stream = sink.openStream(identity(over));
    for (const [start, time, buckets] of points) {
      const count = buckets.reduce((a, b) => a + b, 0);
      sink.histogramPoint(stream, start, time, count, count * 0.5, BOUNDS, buckets);
    }
  };
}

describe('cumulative histograms', () => {
  it('with one start become differences, in the block of the interval', () => {
    const folded = fold(
      feed([
        [LONG_AGO, at(0), [10, 5, 1]],
        [LONG_AGO, at(1), [13, 5, 2]],
        [LONG_AGO, at(2), [13, 6, 2]],
      ]),
    );
    const series = only(folded);
    expect(countsByMinute(series)).toEqual([
      [0, 4],
      [1, 1],
    ]);
    expect([...(series.sum ?? [])]).toEqual([2, 0.5]);
    expect(bucketsOfRow(series, 0)).toEqual([3, 0, 1]);
    expect(bucketsOfRow(series, 1)).toEqual([0, 1, 0]);
    expect(codes(folded)).toEqual([]);
  });

  it('count whole after a true reset: the new start is not before the previous point', () => {
    const folded = fold(
      feed([
        [LONG_AGO, at(0), [10, 0, 0]],
        [LONG_AGO, at(1), [12, 0, 0]],
        [at(1) + 10_000, at(2), [50, 0, 0]],
        [at(1) + 10_000, at(3), [51, 0, 0]],
      ]),
    );
    expect(countsByMinute(only(folded))).toEqual([
      [0, 2],
      [1, 50],
      [2, 1],
    ]);
    expect(codes(folded)).toEqual(['counter-reset']);
  });

  it('count nothing at a reset of unknown start, a point whose start is its time', () => {
    const folded = fold(
      feed([
        [LONG_AGO, at(0), [10, 0, 0]],
        [LONG_AGO, at(1), [12, 0, 0]],
        [at(2), at(2), [50, 0, 0]],
        [at(2), at(3), [57, 0, 0]],
      ]),
    );
    expect(countsByMinute(only(folded))).toEqual([
      [0, 2],
      [2, 7],
    ]);
    expect(codes(folded)).toEqual(['counter-reset']);
  });

  it('without a start count whole where the count falls', () => {
    const folded = fold(
      feed([
        [Number.NaN, at(0), [10, 0, 0]],
        [Number.NaN, at(1), [12, 0, 0]],
        [Number.NaN, at(2), [3, 0, 0]],
      ]),
    );
    expect(countsByMinute(only(folded))).toEqual([
      [0, 2],
      [1, 3],
    ]);
    expect(codes(folded)).toEqual(['counter-reset']);
  });

  it('without a start count whole where one bucket falls though the count rises', () => {
    const folded = fold(
      feed([
        [Number.NaN, at(0), [10, 4, 0]],
        [Number.NaN, at(1), [12, 3, 0]],
      ]),
    );
    expect(bucketsOfRow(only(folded), 0)).toEqual([12, 3, 0]);
    expect(codes(folded)).toEqual(['counter-reset']);
  });

  it('take the first point of a long-running process as a reference only', () => {
    expect(fold(feed([[LONG_AGO, at(0), [100, 0, 0]]])).cells.series).toEqual([]);
    expect(fold(feed([[Number.NaN, at(0), [100, 0, 0]]])).cells.series).toEqual([]);
  });

  it('count the first point of a process that has just begun', () => {
    const folded = fold(
      feed([
        [at(0), at(1), [7, 0, 0]],
        [at(0), at(2), [9, 0, 0]],
      ]),
    );
    expect(countsByMinute(only(folded))).toEqual([
      [0, 7],
      [1, 2],
    ]);
  });

  it('count the first point of a rare attribute set whose process exported the metric before', () => {
    const folded = fold((sink) => {
      feed([
        [LONG_AGO, at(0), [100, 0, 0]],
        [LONG_AGO, at(1), [110, 0, 0]],
        [LONG_AGO, at(2), [120, 0, 0]],
      ])(sink);
      const failures = attributes({
        'http.request.method': 'GET',
        'http.route': '/orders',
        'http.response.status_code': '500',
      });
      feed([[LONG_AGO, at(2), [0, 0, 1]]], { attributes: failures })(sink);
    });
    const series = only(folded);
    expect(countsByMinute(series)).toEqual([
      [0, 10],
      [1, 11],
    ]);
    expect([...(series.errors ?? [])]).toEqual([0, 1]);
  });

  it('do not count whole what the same export brought a moment later than its siblings', () => {
    const folded = fold((sink) => {
      feed([
        [LONG_AGO, at(0), [100, 0, 0]],
        [LONG_AGO, at(1), [110, 0, 0]],
      ])(sink);
      const created = attributes({ 'http.request.method': 'GET', 'http.response.status_code': '201' });
      feed(
        [
          [LONG_AGO, at(0) + 5, [900, 0, 0]],
          [LONG_AGO, at(1) + 5, [901, 0, 0]],
        ],
        { attributes: created },
      )(sink);
    });
    expect(folded.cells.series.map(({ count }) => [...count])).toEqual([[1], [10]]);
  });

  it('go on counting a process that reports after its successor has begun', () => {
    const folded = fold(
      feed([
        [at(-500), at(0), [1000, 0, 0]],
        [at(0.5), at(1), [4, 0, 0]],
        [at(-500), at(1.5), [1007, 0, 0]],
        [at(0.5), at(2), [6, 0, 0]],
      ]),
    );
    expect(countsByMinute(only(folded))).toEqual([
      [0, 4 + 7],
      [1, 2],
    ]);
    expect(codes(folded)).toEqual(['counter-reset']);
  });

  it('difference two processes under one identity apart and report the overlap', () => {
    const folded = fold(
      feed([
        [at(-500), at(0), [1000, 0, 0]],
        [at(-400), at(0.5), [10, 0, 0]],
        [at(-500), at(1), [1003, 0, 0]],
        [at(-400), at(1.5), [14, 0, 0]],
      ]),
    );
    expect(countsByMinute(only(folded))).toEqual([
      [0, 3],
      [1, 4],
    ]);
    expect(codes(folded)).toEqual(['overlapping-points']);
  });

  it('are not differenced across a change of bounds', () => {
    const folded = fold((sink) => {
      const stream = sink.openStream(identity());
      sink.histogramPoint(stream, LONG_AGO, at(0), 10, 5, [1, 2], [10, 0, 0]);
      sink.histogramPoint(stream, LONG_AGO, at(1), 20, 9, [1, 3], [20, 0, 0]);
      sink.histogramPoint(stream, LONG_AGO, at(2), 25, 9, [1, 3], [24, 0, 1]);
    });
    const series = only(folded);
    expect(countsByMinute(series)).toEqual([[1, 5]]);
    expect(bucketsOfRow(series, 0)).toEqual([4, 0, 1]);
    expect(codes(folded)).toEqual(['bounds-changed']);
  });

  it('count whole across a change of bounds that comes with a true reset', () => {
    const folded = fold((sink) => {
      const stream = sink.openStream(identity());
      sink.histogramPoint(stream, LONG_AGO, at(0), 10, 5, [1, 2], [10, 0, 0]);
      sink.histogramPoint(stream, at(0.5), at(1), 20, 9, [1, 3], [20, 0, 0]);
    });
    expect(countsByMinute(only(folded))).toEqual([[0, 20]]);
  });

  it('of exponential kind are aligned to the coarser scale and the wider zero bucket', () => {
    const folded = fold((sink) => {
      const stream = sink.openStream(identity({ kind: 'exponential-histogram' }));
      sink.exponentialPoint(stream, LONG_AGO, at(0), 6, 9, 1, 0, 1, 0, [1, 1, 1, 2]);
      sink.exponentialPoint(stream, LONG_AGO, at(1), 11, 19, 0, 0.25, 2, 0, [3, 5, 1]);
    });
    const series = only(folded);
    expect(series.histogram?.layouts).toEqual([{ kind: 'exponential', scale: 0, zeroThreshold: 0.25 }]);
    expect(series.histogram?.offsetOfRow[0]).toBe(0);
    expect(bucketsOfRow(series, 0)).toEqual([1, 1, 2, 1]);
  });

  it('keep the larger of two points of one instant', () => {
    const folded = fold(
      feed([
        [LONG_AGO, at(0), [10, 0, 0]],
        [LONG_AGO, at(1), [11, 0, 0]],
        [LONG_AGO, at(1), [12, 0, 0]],
        [LONG_AGO, at(2), [13, 0, 0]],
      ]),
    );
    expect(countsByMinute(only(folded))).toEqual([
      [0, 2],
      [1, 1],
    ]);
    expect(codes(folded)).toEqual(['duplicate-point']);
  });

  it('keep the larger count though the other point has the larger sum', () => {
    for (const larger of [0, 1]) {
      const folded = fold((sink) => {
        const stream = sink.openStream(identity());
        sink.histogramPoint(stream, at(0), at(1), 5 + larger, 9 - larger, BOUNDS, [5 + larger, 0, 0]);
        sink.histogramPoint(stream, at(0), at(1), 6 - larger, 8 + larger, BOUNDS, [6 - larger, 0, 0]);
      });
      expect([...only(folded).count]).toEqual([6]);
    }
  });

  it.each(['cumulative', 'instant'] as const)(
    'of summary kind (%s) give requests and a mean, no tail',
    (temporality) => {
      const folded = fold((sink) => {
        const stream = sink.openStream(identity({ kind: 'summary', temporality }));
        sink.summaryPoint(stream, LONG_AGO, at(0), 10, 1, [], []);
        sink.summaryPoint(stream, LONG_AGO, at(1), 14, 3, [], []);
      });
      const series = only(folded);
      expect(countsByMinute(series)).toEqual([[0, 4]]);
      expect([...(series.sum ?? [])]).toEqual([2]);
      expect(series.histogram).toBeNull();
      expect(codes(folded)).toEqual(['no-buckets']);
    },
  );

  it('of summaries as OTLP has them add what came since the last export, not all since the start', () => {
    const point = (minute: number, count: string, sum: number) => {
      const times = { startTimeUnixNano: `${LONG_AGO}000000`, timeUnixNano: `${at(minute)}000000` };
      return { ...times, count, sum, attributes: [{ key: 'http.route', value: { stringValue: '/orders' } }] };
    };
    const dataPoints = [point(0, '1000', 50), point(1, '1010', 50.5)];
    const metric = { name: 'http.server.request.duration', unit: 's', summary: { dataPoints } };
    const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] };
    const folded = fold((sink) => {
      openDecoder('application/json', 'metrics', sink)!.decode(Buffer.from(JSON.stringify(request)), 'body');
    });
    expect(countsByMinute(only(folded))).toEqual([[0, 10]]);
    expect([...(only(folded).sum ?? [])]).toEqual([0.5]);
  });

  it('before `from` serve as a reference; blocks from `to` on are dropped', () => {
    const points: Point[] = [0, 1, 2, 3, 4].map((minute) => [LONG_AGO, at(minute), [minute * 10, 0, 0]]);
    const folded = fold(feed(points), { from: at(1), to: at(3) });
    expect(countsByMinute(only(folded))).toEqual([
      [1, 10],
      [2, 10],
    ]);
    expect([folded.firstMs, folded.lastMs]).toEqual([at(1), at(3)]);
  });
});
