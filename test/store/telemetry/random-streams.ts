import fc from 'fast-check';
import type { StreamIdentity, TelemetrySink } from '../../../src/domain/telemetry.ts';
import { attributes, identity } from '../../ingest/folding/telemetry-fixture.ts';

/** One point of one stream, ready to be handed to any sink. */
export interface PointOf {
  readonly key: string;
  feed(sink: TelemetrySink): void;
}

const LAYOUTS = [
  [0.1, 1],
  [0.2, 1],
];
const T0 = Date.UTC(2026, 10, 20, 12);

export function at(seconds: number): number {
  return T0 + seconds * 1000;
}

/** Sums are multiples of 1/8, so that they add up exactly in any order. */
const eighths = fc.nat(400).map((value) => value / 8);
const start = fc.constantFrom(Number.NaN, -300, -300, 0, 700, 900);

/** `same`: the start is the point's own time. */
const place = fc.record({
  series: fc.nat(3),
  seconds: fc.nat(359).map((tens) => 10 * tens),
  start: fc.oneof({ weight: 8, arbitrary: start }, { weight: 1, arbitrary: fc.constant('same' as const) }),
});
type Place = typeof place extends fc.Arbitrary<infer T> ? T : never;

function routeOf(series: number): Map<string, string> {
  return attributes({
    'http.request.method': 'GET',
    'http.route': `/r${series % 2}`,
    'http.response.status_code': series < 2 ? '200' : '500',
  });
}

function pointOf(
  kind: string,
  over: Partial<StreamIdentity>,
  { series, seconds, start }: Place,
  feed: Feeder,
): PointOf {
  const startMs = start === 'same' ? at(seconds) : Math.min(at(start), at(seconds));
  return {
    key: `${kind} ${series} ${at(seconds)} ${startMs}`,
    feed: (sink) =>
      feed(sink, sink.openStream(identity({ attributes: routeOf(series), ...over })), startMs, at(seconds)),
  };
}
type Feeder = (sink: TelemetrySink, stream: number, startMs: number, timeMs: number) => void;

export const explicitPoint = fc
  .record({
    place,
    layout: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) }),
    buckets: fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)),
    extra: fc.constantFrom(0, 0, 0, 2),
    sum: eighths,
  })
  .map(({ place, layout, buckets, extra, sum }) =>
    pointOf('explicit', {}, place, (sink, stream, startMs, timeMs) => {
      const count = buckets[0] + buckets[1] + buckets[2] + extra;
      sink.histogramPoint(stream, startMs, timeMs, count, sum, LAYOUTS[layout]!, buckets);
    }),
  );

export const exponentialPoint = fc
  .record({
    place,
    scale: fc.constantFrom(0, 2, 2, 3),
    offset: fc.integer({ min: -5, max: 4 }),
    zeros: fc.nat(2),
    buckets: fc.array(fc.nat(3), { maxLength: 6 }),
    sum: eighths,
  })
  .map(({ place, scale, offset, zeros, buckets, sum }) =>
    pointOf(
      'exponential',
      { kind: 'exponential-histogram', metric: 'rpc.server.call.duration' },
      place,
      (sink, stream, startMs, timeMs) => {
        const count = buckets.reduce((a, b) => a + b, zeros);
        sink.exponentialPoint(stream, startMs, timeMs, count, sum, scale, 0, zeros, offset, buckets);
      },
    ),
  );

export const sumPoint = fc.record({ place, value: eighths }).map(({ place, value }) =>
  pointOf('sum', { kind: 'sum', metric: 'retries' }, place, (sink, stream, startMs, timeMs) => {
    sink.numberPoint(stream, startMs, timeMs, value);
  }),
);

export const summaryPoint = fc.record({ place, count: fc.nat(50), sum: eighths }).map(({ place, count, sum }) =>
  pointOf(
    'summary',
    { kind: 'summary', metric: 'http.client.request.duration' },
    place,
    (sink, stream, startMs, timeMs) => {
      sink.summaryPoint(stream, startMs, timeMs, count, sum, [], []);
    },
  ),
);

export const gaugePoint = fc.record({ place, value: eighths }).map(({ place, value }) =>
  pointOf(
    'gauge',
    { kind: 'gauge', temporality: 'instant', metric: 'queue.depth' },
    { ...place, start: Number.NaN },
    (sink, stream, startMs, timeMs) => {
      sink.numberPoint(stream, startMs, timeMs, value);
    },
  ),
);

export const deltaPoint = fc
  .record({ place, buckets: fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)), sum: eighths })
  .map(({ place, buckets, sum }) =>
    pointOf(
      'delta',
      { temporality: 'delta', metric: 'rpc.client.call.duration' },
      place,
      (sink, stream, startMs, timeMs) => {
        sink.histogramPoint(stream, startMs, timeMs, buckets[0] + buckets[1] + buckets[2], sum, LAYOUTS[0]!, buckets);
      },
    ),
  );

export const NAMED_INDICATORS = [
  {
    name: 'retries',
    metric: 'retries',
    kind: 'ratio',
    better: 'lower',
    unit: '1',
    denominator: 'retries',
    quantiles: [],
  },
  { name: 'depth', metric: 'queue.depth', kind: 'gauge', better: 'lower', unit: '1', denominator: null, quantiles: [] },
] as const;

/**
 * Three histograms every 30 s for some hours: one without restart, one that restarts every 50 minutes, one without starts
 * whose counts fall.
 */
export function hourly(hours: number): (PointOf & { readonly hour: number })[] {
  const points: (PointOf & { readonly hour: number })[] = [];
  const states = [0, 1, 3].map((series) => ({ series, start: -300, counts: [0, 0, 0] }));
  for (let seconds = 0; seconds < 3600 * hours; seconds += 30) {
    for (const state of states) {
      if (seconds % 3000 === 1200 && state.series > 0) {
        state.counts = [0, 0, 0];
        state.start = seconds - 17;
      }
      state.counts = state.counts.map((count, i) => count + (((seconds / 30) * (i + 3) + state.series) % 5));
      const { series, counts } = state;
      const start = series === 3 ? Number.NaN : state.start;
      const total = counts.reduce((a, b) => a + b, 0);
      const point = pointOf('hourly', {}, { series, seconds, start }, (sink, stream, startMs, timeMs) => {
        sink.histogramPoint(stream, startMs, timeMs, total, total / 8, LAYOUTS[0]!, counts);
      });
      points.push({ ...point, hour: Math.floor(seconds / 3600) });
    }
  }
  return points;
}

/** A stream that restarts, one of two processes, and one whose bounds change. */
export function oddities(sink: TelemetrySink): void {
  const [restarts, shared, changes] = [0, 1, 2].map((series) =>
    sink.openStream(identity({ attributes: routeOf(series) })),
  );
  for (let minute = 1; minute < 20; minute++) {
    const time = at(60 * minute);
    const count = minute % 10;
    sink.histogramPoint(restarts!, minute < 10 ? at(0) : at(595), time, count, count, LAYOUTS[0]!, [count, 0, 0]);
    sink.histogramPoint(shared!, minute % 2 === 0 ? at(0) : at(1), time, minute, minute, LAYOUTS[0]!, [0, minute, 0]);
    sink.histogramPoint(changes!, at(0), time, minute, minute, LAYOUTS[minute < 10 ? 0 : 1]!, [0, 0, minute]);
  }
}
