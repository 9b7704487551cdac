import { describe, expect, it } from 'vitest';
import { REQUESTS } from '../../../src/domain/cells.ts';
import type { NamedIndicator } from '../../../src/domain/upgrade.ts';
import {
  at,
  attributes,
  BOUNDS,
  bucketsOfRow,
  codes,
  countsByMinute,
  delta,
  fold,
  GATEWAY,
  identity,
  only,
  plain,
  withStatus,
} from './telemetry-fixture.ts';

function indicator(over: Partial<NamedIndicator>): NamedIndicator {
  return {
    name: 'named',
    metric: 'm',
    kind: 'gauge',
    better: 'lower',
    unit: '1',
    denominator: null,
    quantiles: [],
    ...over,
  };
}

describe('delta streams', () => {
  it('count in the block in the middle of the interval and add up over status codes', () => {
    const folded = fold((sink) => {
      delta({}, [0, 1])(sink);
      delta({ attributes: withStatus('503') }, [1], [0, 0, 4])(sink);
    });
    const series = only(folded);
    expect(series.key).toEqual({
      service: 'gateway',
      endpoint: 'GET /orders',
      peer: null,
      instance: 'gateway-1',
      version: '4.1.9',
      attributes: new Map(),
      source: 'metrics',
    });
    expect(series.measure).toBe(REQUESTS);
    expect(countsByMinute(series)).toEqual([
      [0, 6],
      [1, 10],
    ]);
    expect([...(series.errors ?? [])]).toEqual([0, 4]);
    expect(series.attempts).toBeNull();
    expect(series.retries).toBeNull();
    expect(bucketsOfRow(series, 1)).toEqual([3, 2, 5]);
    expect(folded.points).toBe(3);
  });

  it('keep a point without a start out of the block that begins at its time', () => {
    const folded = fold((sink) => {
      const stream = sink.openStream(identity({ temporality: 'delta' }));
      sink.histogramPoint(stream, Number.NaN, at(1), 1, 1, BOUNDS, [1, 0, 0]);
    });
    expect(countsByMinute(only(folded))).toEqual([[0, 1]]);
  });

  it('report gaps and overlaps', () => {
    expect(codes(fold(delta({}, [0, 5])))).toEqual(['delta-gap']);
    expect(codes(fold(delta({}, [0, 0.5])))).toEqual(['overlapping-points']);
  });

  it('count a point that comes twice once', () => {
    const folded = fold(delta({}, [0, 0, 1]));
    expect(countsByMinute(only(folded))).toEqual([
      [0, 6],
      [1, 6],
    ]);
    expect(codes(folded)).toEqual(['duplicate-point']);
  });

  it('count two processes under one identity both, in any order, and what one of them sent twice once', () => {
    const first = delta({}, [0], [100, 50, 0]);
    const second = delta({}, [0], [200, 50, 0]);
    const foldAll = (feeds: readonly ReturnType<typeof delta>[]) =>
      fold((sink) => {
        for (const feed of feeds) feed(sink);
      });
    const folded = foldAll([first, second]);
    expect(countsByMinute(only(folded))).toEqual([[0, 400]]);
    expect(bucketsOfRow(only(folded), 0)).toEqual([300, 100, 0]);
    expect(codes(folded)).toEqual(['overlapping-points']);
    expect(foldAll([second, first])).toEqual(folded);
    const resent = foldAll([second, first, second, first]);
    expect(resent.cells).toEqual(folded.cells);
    expect(codes(resent)).toEqual(['duplicate-point', 'overlapping-points']);
  });

  it('count two processes under one identity both where only bounds, sum or start differ', () => {
    const others: [number, number, number[]][] = [
      [0, 6, [0.2, 2]],
      [0, 7, BOUNDS],
      [0.5, 6, BOUNDS],
    ];
    for (const [startMinute, sum, bounds] of others) {
      const folds = [false, true].map((reversed) =>
        fold((sink) => {
          const stream = sink.openStream(identity({ temporality: 'delta' }));
          const points = [
            () => sink.histogramPoint(stream, at(0), at(1), 6, 6, BOUNDS, [3, 2, 1]),
            () => sink.histogramPoint(stream, at(startMinute), at(1), 6, sum, bounds, [3, 2, 1]),
          ];
          for (const send of reversed ? points.reverse() : points) send();
        }),
      );
      expect(only(folds[0]!).count.reduce((a, b) => a + b)).toBe(12);
      expect(codes(folds[0]!)).toContain('overlapping-points');
      expect(plain(folds[1]!.cells)).toEqual(plain(folds[0]!.cells));
    }
  });

  it('know a stream by its identity in any order of attributes', () => {
    const reversed = new Map([...withStatus('200')].reverse());
    const folded = fold((sink) => {
      const number = sink.openStream(identity());
      expect(sink.openStream(identity({ attributes: reversed }))).toBe(number);
      expect(sink.openStream(identity({ attributes: withStatus('201') }))).not.toBe(number);
      expect(sink.openStream(identity({ resource: new Map(GATEWAY) }))).toBe(number);
    });
    expect(folded.cells.series).toEqual([]);
    expect([folded.firstMs, folded.lastMs]).toEqual([Number.NaN, Number.NaN]);
  });

  it('in one cell with different bounds are added on the bounds they share', () => {
    const folded = fold((sink) => {
      delta()(sink);
      const stream = sink.openStream(identity({ temporality: 'delta', attributes: withStatus('201') }));
      sink.histogramPoint(stream, at(0), at(1), 10, 10, [0.05, 0.1, 2], [1, 2, 3, 4]);
    });
    const series = only(folded);
    expect(series.histogram?.layouts).toEqual([{ kind: 'explicit', bounds: Float64Array.of(0.1) }]);
    expect(bucketsOfRow(series, 0)).toEqual([6, 10]);
  });

  it('in one cell of two kinds keep the larger kind and say so', () => {
    const folded = fold((sink) => {
      delta()(sink);
      const stream = sink.openStream(
        identity({ kind: 'exponential-histogram', temporality: 'delta', attributes: withStatus('201') }),
      );
      sink.exponentialPoint(stream, at(0), at(1), 9, 9, 2, 0, 0, 5, [4, 5]);
    });
    const series = only(folded);
    expect(series.histogram?.layouts.map(({ kind }) => kind)).toEqual(['exponential']);
    expect([...series.count]).toEqual([15]);
    expect(codes(folded)).toEqual(['layouts-differ']);
  });

  it('refuse what breaks the data model and keep the rest', () => {
    const folded = fold((sink) => {
      const stream = sink.openStream(identity({ temporality: 'delta' }));
      sink.histogramPoint(stream, at(0), at(1), 3, 1, BOUNDS, [1, -1, 3]);
      sink.histogramPoint(stream, at(0), at(1), 3, 1, BOUNDS, [1, 2]);
      sink.histogramPoint(stream, at(0), Number.NaN, 3, 1, BOUNDS, [1, 2, 0]);
      delta()(sink);
    });
    expect(countsByMinute(only(folded))).toEqual([[0, 6]]);
    expect(codes(folded)).toEqual(['negative-count', 'bucket-mismatch', 'missing-time']);
  });
});

describe('named indicators', () => {
  it('of gauges hold sum and number of samples by instance and block, endpoint and peer from attributes', () => {
    const folded = fold(
      (sink) => {
        const stream = sink.openStream(
          identity({
            metric: 'm',
            kind: 'gauge',
            temporality: 'instant',
            attributes: attributes({ endpoint: 'a->b', 'peer.service': 'b' }),
          }),
        );
        sink.numberPoint(stream, Number.NaN, at(0), 4);
        sink.numberPoint(stream, Number.NaN, at(0.5), -1);
        sink.numberPoint(stream, Number.NaN, at(1), 8);
        sink.numberPoint(stream, Number.NaN, at(1.5), Number.NaN);
      },
      { indicators: [indicator({})] },
    );
    const series = only(folded);
    expect(series.key).toMatchObject({ endpoint: 'a->b', peer: 'b', instance: 'gateway-1' });
    expect(series.measure).toBe('named');
    expect(countsByMinute(series)).toEqual([
      [0, 2],
      [1, 1],
    ]);
    expect([...(series.sum ?? [])]).toEqual([3, 8]);
    expect(series.sampledAt).toBeCloseTo((0 + 0.5 + 0) / 3, 9);
    expect(codes(folded)).toEqual(['not-finite']);
  });

  it('of ratios pair numerator and denominator by key and block', () => {
    const ratio = indicator({ kind: 'ratio', metric: 'retries', denominator: 'calls' });
    const counter = { kind: 'sum', temporality: 'delta', unit: '1', attributes: attributes() } as const;
    const folded = fold(
      (sink) => {
        const retries = sink.openStream(identity({ ...counter, metric: 'retries' }));
        const calls = sink.openStream(identity({ ...counter, metric: 'calls' }));
        sink.numberPoint(retries, at(1), at(2), 3);
        sink.numberPoint(calls, at(0), at(1), 50);
        sink.numberPoint(calls, at(1), at(2), 60);
      },
      { indicators: [ratio] },
    );
    const series = only(folded);
    expect(series.key.endpoint).toBeNull();
    expect([...series.count]).toEqual([50, 60]);
    expect([...(series.sum ?? [])]).toEqual([0, 3]);
  });

  it('of ratios take differences of cumulative counters, and counts of histograms', () => {
    const ratio = indicator({ kind: 'ratio', metric: 'retries', denominator: 'call.duration' });
    const folded = fold(
      (sink) => {
        const retries = sink.openStream(identity({ metric: 'retries', kind: 'sum' }));
        sink.numberPoint(retries, Number.NaN, at(0), 100);
        sink.numberPoint(retries, Number.NaN, at(1), 104.5);
        delta({ metric: 'call.duration' })(sink);
      },
      { indicators: [ratio] },
    );
    const series = only(folded);
    expect([...series.count]).toEqual([6]);
    expect([...(series.sum ?? [])]).toEqual([4.5]);
  });

  it('of histograms stay in their own unit', () => {
    const folded = fold(delta({ metric: 'batch.size', unit: 'ms' }), {
      indicators: [indicator({ kind: 'histogram', metric: 'batch.size' })],
    });
    const series = only(folded);
    expect(series.histogram?.layouts).toEqual([{ kind: 'explicit', bounds: Float64Array.from(BOUNDS) }]);
    expect([...(series.sum ?? [])]).toEqual([6]);
  });

  it('may name a metric of a convention: both series exist', () => {
    const named = indicator({ kind: 'histogram', metric: 'http.server.request.duration', name: 'checkout' });
    const folded = fold(delta(), { indicators: [named] });
    expect(folded.cells.series.map(({ measure }) => measure)).toEqual([REQUESTS, 'checkout'].sort());
    expect(folded.cells.series.map(({ count }) => [...count])).toEqual([[6], [6]]);
  });
});

describe('rejections', () => {
  it('are counted by code with the first place', () => {
    const folded = fold((sink) => {
      sink.reject('not-json', 'a.jsonl:17', 'unexpected end');
      sink.reject('not-json', 'a.jsonl:18', '');
      sink.reject('not-json', 'b.jsonl:1', '');
      sink.reject('truncated-file', 'c.jsonl', 'line 9');
    });
    expect(folded.quality).toEqual([
      {
        code: 'truncated-file',
        severity: 'error',
        message: 'a file ends in the middle; what came before was used (c.jsonl: line 9)',
        where: 'c.jsonl',
      },
      {
        code: 'not-json',
        severity: 'error',
        message: '3 lines are not JSON and were left out (first: a.jsonl:17: unexpected end)',
        where: 'a.jsonl:17, a.jsonl:18, b.jsonl:1',
      },
    ]);
  });
});
