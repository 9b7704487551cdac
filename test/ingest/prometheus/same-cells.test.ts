import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TelemetrySink } from '../../../src/domain/telemetry.ts';
import { T0 } from '../folding/telemetry-fixture.ts';
import {
  arbitraryTraffic,
  BOUNDS,
  feedOtlp,
  feedSamples,
  folded,
  type Sample,
  SCRAPE_MS,
  samplesOf,
  type Traffic,
  total,
} from './traffic.ts';

/** By a key that has nothing to do with what is sorted. */
function shuffled(samples: readonly Sample[], seed: number): Sample[] {
  const keyed = samples.map((sample, i) => [Math.sin(seed + i * 7919), sample] as const);
  return keyed.sort(([a], [b]) => a - b).map(([, sample]) => sample);
}

const steady = (instance: string, version: string, first: number, scrapes: number): Traffic => ({
  instance,
  version,
  route: '/orders',
  status: '200',
  scrapes: Array.from({ length: scrapes }, (_, i) => ({
    startMs: Number.NaN,
    timeMs: T0 + (first + i) * SCRAPE_MS,
    sum: i,
    buckets: [i, 2 * i, 0, 3 * i, 0, i],
  })),
});

describe('a classic histogram', () => {
  it('gives the cells that the same traffic gives as a histogram of OpenTelemetry, in whatever order its series come', () => {
    fc.assert(
      fc.property(arbitraryTraffic(), fc.nat(), (traffic, seed) => {
        const otlp = folded((sink) => feedOtlp(sink, traffic));
        const prometheus = folded((sink) => feedSamples(sink, shuffled(samplesOf(traffic), seed)));
        expect(prometheus.cells).toEqual(otlp.cells);
        expect(prometheus.points).toBe(otlp.points);
      }),
      { numRuns: 150 },
    );
  });

  it('counts every observation between the first and the last scrape', () => {
    const { cells } = folded((sink) => feedSamples(sink, samplesOf([steady('a', '1', 0, 21)])));
    const counts = cells.series.flatMap(({ count }) => [...count]);
    expect(cells.series).toHaveLength(1);
    expect(cells.series[0]!.key).toMatchObject({ service: 'gateway', endpoint: 'GET /orders', version: '1' });
    expect(total(counts)).toBe(7 * 20);
    expect(cells.series[0]!.histogram?.layouts).toEqual([{ kind: 'explicit', bounds: Float64Array.from(BOUNDS) }]);
  });

  it('leaves out a point that lacks buckets for a moment, and loses none of its observations', () => {
    const whole = samplesOf([steady('a', '1', 0, 21)]);
    const holes = whole.filter(({ identity, timeMs }) => {
      const scrape = (timeMs - T0) / SCRAPE_MS;
      return !(identity.attributes.get('le') === '0.25' && (scrape === 0 || scrape === 9 || scrape === 10));
    });
    const { cells, quality } = folded((sink) => feedSamples(sink, holes));
    const complete = folded((sink) => feedSamples(sink, whole)).cells;
    const countOf = (one: typeof cells) => total(one.series.flatMap(({ count }) => [...count]));
    expect(countOf(cells)).toBe(countOf(complete) - 7);
    expect(cells.series[0]!.histogram?.layouts).toHaveLength(1);
    expect(quality.map(({ code }) => code)).not.toContain('bounds-changed');
  });

  it('goes on with other bounds where they change for good', () => {
    const before = samplesOf([steady('a', '1', 0, 10)]);
    const after = samplesOf([steady('a', '1', 10, 10)]).filter(
      ({ identity }) => identity.attributes.get('le') !== '0.25',
    );
    const { cells, quality } = folded((sink) => feedSamples(sink, [...before, ...after]));
    expect(cells.series[0]!.histogram?.layouts).toEqual([
      { kind: 'explicit', bounds: Float64Array.from(BOUNDS) },
      { kind: 'explicit', bounds: Float64Array.from(BOUNDS.filter((bound) => bound !== 0.25)) },
    ]);
    expect(quality.map(({ code }) => code)).toContain('bounds-changed');
    expect(total(cells.series.flatMap(({ count }) => [...count]))).toBe(7 * 9 + 7 * 9);
  });

  it('reads its bounds as numbers, however they are spelled', () => {
    const before = samplesOf([steady('a', '1', 0, 20)]);
    const respelled = before.map((sample): Sample => {
      const le = sample.identity.attributes.get('le');
      if (le === undefined || sample.timeMs < T0 + 10 * SCRAPE_MS) return sample;
      const spelling = le === '+Inf' ? 'Inf' : Number(le).toExponential();
      const attributes = new Map([...sample.identity.attributes, ['le', spelling] as const]);
      return { ...sample, identity: { ...sample.identity, attributes } };
    });
    const { cells } = folded((sink) => feedSamples(sink, respelled));
    expect(cells).toEqual(folded((sink) => feedSamples(sink, before)).cells);
  });

  it('says which bound is no number, and goes without it', () => {
    const samples = samplesOf([steady('a', '1', 0, 5)]).map((sample) =>
      sample.identity.attributes.get('le') === '1.0'
        ? {
            ...sample,
            identity: { ...sample.identity, attributes: new Map([...sample.identity.attributes, ['le', 'one']]) },
          }
        : sample,
    );
    const { cells, quality } = folded((sink) => feedSamples(sink, samples));
    expect(total(cells.series.flatMap(({ count }) => [...count]))).toBe(7 * 4);
    expect(quality.find(({ code }) => code === 'bad-point')?.message).toContain('the bound le="one" is no number');
  });

  it('leaves out points whose buckets do not rise with their bounds, and says so', () => {
    const samples = samplesOf([steady('a', '1', 0, 5)]).map((sample) =>
      sample.identity.attributes.get('le') === '0.25' && sample.timeMs === T0 + 2 * SCRAPE_MS
        ? { ...sample, value: 1e6 }
        : sample,
    );
    const { cells, quality } = folded((sink) => feedSamples(sink, samples));
    expect(total(cells.series.flatMap(({ count }) => [...count]))).toBe(7 * 4);
    expect(quality.map(({ code }) => code)).toEqual(['bucket-mismatch']);
  });

  it('counts without buckets where they were dropped', () => {
    const samples = samplesOf([steady('a', '1', 0, 5)]).filter(({ identity }) => !identity.metric.endsWith('_bucket'));
    const { cells, quality } = folded((sink) => feedSamples(sink, samples));
    expect(total(cells.series.flatMap(({ count }) => [...count]))).toBe(7 * 4);
    expect(quality.map(({ code }) => code)).toEqual(['no-buckets']);
  });

  it('takes the start of its series, else of its _created series', () => {
    const startMs = T0 - 1000;
    const young = samplesOf([steady('a', '1', 0, 3)]).map((sample) => ({ ...sample, value: sample.value + 1 }));
    const created = young
      .filter(({ identity }) => identity.metric.endsWith('_count'))
      .map((sample) => ({
        ...sample,
        identity: {
          ...sample.identity,
          metric: sample.identity.metric.replace('_count', '_created'),
          kind: 'gauge' as const,
          temporality: 'instant' as const,
          monotonic: false,
        },
        value: startMs / 1000,
      }));
    const countOf = (feed: (sink: TelemetrySink) => void) =>
      total(folded(feed).cells.series.flatMap(({ count }) => [...count]));
    expect(countOf((sink) => feedSamples(sink, young))).toBe(14);
    expect(countOf((sink) => feedSamples(sink, [...young, ...created]))).toBe(15);
    expect(
      countOf((sink) =>
        feedSamples(
          sink,
          young.map((sample) => ({ ...sample, startMs })),
        ),
      ),
    ).toBe(15);
  });
});

describe('what a store hands out: what was added by block', () => {
  /** Differences of neighbouring scrapes, as delta points. */
  function deltas(samples: readonly Sample[], keepZeros: boolean): Sample[] {
    const last = new Map<string, Sample>();
    return samples.flatMap((sample) => {
      const { identity, timeMs, value } = sample;
      if (identity.kind === 'gauge') return [sample];
      const key = JSON.stringify([identity.metric, ...identity.attributes, ...identity.resource]);
      const before = last.get(key);
      last.set(key, sample);
      const added = value - (before?.value ?? value);
      if (before === undefined || (added === 0 && !keepZeros)) return [];
      const delta = { ...identity, temporality: 'delta' as const };
      return [{ identity: delta, startMs: before.timeMs, timeMs, value: added }];
    });
  }

  it.each([true, false])('gives the same cells, whether or not nothing is said of nothing (%s)', (keepZeros) => {
    const traffic = [steady('a', '1', 0, 21), steady('b', '1', 3, 30)];
    const expected = folded((sink) => feedOtlp(sink, traffic)).cells;
    const read = folded((sink) => feedSamples(sink, deltas(samplesOf(traffic), keepZeros)));
    expect(read.cells).toEqual(expected);
  });

  /** One bucket's series that tells what it added in two blocks in the second of them. */
  function late(saidFirst: number | null): Sample[] {
    return deltas(samplesOf([steady('a', '1', 0, 21)]), true).flatMap((sample) => {
      const scrape = (sample.timeMs - T0) / SCRAPE_MS;
      if (sample.identity.attributes.get('le') !== '0.25' || scrape < 9 || scrape > 10) return [sample];
      if (scrape === 10) return [{ ...sample, value: 2 * sample.value }];
      return saidFirst === null ? [] : [{ ...sample, value: saidFirst }];
    });
  }

  it.each([null, 0])(
    'loses no observation, and none changes its bucket, where a series is late (it says %s)',
    (said) => {
      const { cells } = folded((sink) => feedSamples(sink, late(said)));
      const complete = folded((sink) => feedSamples(sink, deltas(samplesOf([steady('a', '1', 0, 21)]), true))).cells;
      const bucketsOf = ({ series: [one] }: typeof cells) => {
        const { counts, firstCount, layouts } = one!.histogram!;
        expect(layouts).toHaveLength(1);
        return BOUNDS.map((_, bucket) => total([...firstCount.slice(0, -1)].map((first) => counts[first + bucket]!)));
      };
      expect(bucketsOf(cells)).toEqual(bucketsOf(complete));
      expect(total([...cells.series[0]!.count])).toBe(7 * 20);
    },
  );

  it('goes on without a bucket that is gone for good, block by block', () => {
    const gone = deltas(samplesOf([steady('a', '1', 0, 21)]), true).filter(
      ({ identity, timeMs }) => !(identity.attributes.get('le') === '0.25' && timeMs > T0 + 8 * SCRAPE_MS),
    );
    const { cells } = folded((sink) => feedSamples(sink, gone));
    const complete = folded((sink) => feedSamples(sink, deltas(samplesOf([steady('a', '1', 0, 21)]), true))).cells;
    expect(cells.series[0]!.count).toEqual(complete.series[0]!.count);
    expect(cells.series[0]!.histogram!.layouts).toHaveLength(2);
  });
});
