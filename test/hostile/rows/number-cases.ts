import type { HistogramFields, SeriesFields } from '../../ingest/formats/remote-write/write-messages.ts';
import { type Fields, keyValues, nanoseconds } from '../messages.ts';

export interface OtlpNumber {
  readonly name: string;
  readonly mustRefuse: boolean;
  metric(timeMs: number, route: string): Fields;
}

export interface WriteNumber {
  readonly name: string;
  readonly mustRefuse: boolean;
  series(timeMs: number, route: string): SeriesFields[];
}

const SCALARS = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -0,
  Number.MIN_VALUE,
  -Number.MIN_VALUE,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  -1,
  2 ** 53 + 2,
];
const DELTA = 1;
const CUMULATIVE = 2;
const DURATION = { name: 'http.server.request.duration', unit: 's' };

/** As protobuf JSON spells doubles. */
function double(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function spelled(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function head(timeMs: number, route: string): Fields {
  return {
    attributes: keyValues({ 'http.request.method': 'GET', 'http.route': route, 'http.response.status_code': '200' }),
    startTimeUnixNano: nanoseconds(timeMs - 1000),
    timeUnixNano: nanoseconds(timeMs),
  };
}

function numberCase(data: 'gauge' | 'sum', more: Fields, what: string): (value: number) => OtlpNumber {
  return (value) => ({
    name: `${what} of ${spelled(value)}`,
    mustRefuse: !Number.isFinite(value),
    metric: (timeMs, route) => {
      const dataPoints = [{ ...head(timeMs, route), asDouble: double(value) }];
      return { name: `hostile.${data}`, unit: '1', [data]: { dataPoints, ...more } };
    },
  });
}

function pointCase(
  data: 'histogram' | 'exponentialHistogram',
  name: string,
  point: Fields,
  mustRefuse = false,
): OtlpNumber {
  return {
    name,
    mustRefuse,
    metric: (timeMs, route) => ({
      ...DURATION,
      [data]: { dataPoints: [{ ...head(timeMs, route), ...point }], aggregationTemporality: DELTA },
    }),
  };
}

const explicit = (name: string, point: Fields, mustRefuse = false) => pointCase('histogram', name, point, mustRefuse);
const exponential = (name: string, point: Fields, mustRefuse = false) =>
  pointCase('exponentialHistogram', name, point, mustRefuse);

const SOUND = { count: 3, sum: 1, bucketCounts: [1, 2], explicitBounds: [0.5] };
const SOUND_EXPONENTIAL = { count: 3, sum: 1, scale: 0, zeroCount: 0, positive: { offset: 0, bucketCounts: [1, 2] } };
const many = (length: number) => Array.from({ length }, (_, index) => index);

const OTLP_SHAPES: readonly OtlpNumber[] = [
  explicit('count beside its buckets', { ...SOUND, count: 4 }, true),
  explicit('bounds that fall', { ...SOUND, bucketCounts: [1, 1, 1], explicitBounds: [2, 1] }, true),
  explicit('bounds that repeat', { ...SOUND, bucketCounts: [1, 1, 1], explicitBounds: [1, 1] }, true),
  explicit('no buckets and no count', { count: 0, sum: 0 }),
  explicit('more buckets than bounds', { ...SOUND, bucketCounts: [1, 1, 1] }, true),
  explicit('bounds without buckets', { count: 3, sum: 1, explicitBounds: [1, 2] }),
  explicit(
    '10,000 buckets',
    { count: 10_000, sum: 1, bucketCounts: many(10_000).fill(1), explicitBounds: many(9_999) },
    true,
  ),
  explicit('a count of 2^64-1', {
    count: '18446744073709551615',
    sum: 1,
    bucketCounts: ['18446744073709551615', 0],
    explicitBounds: [1],
  }),
  exponential('scale 20', { ...SOUND_EXPONENTIAL, scale: 20 }),
  exponential('scale -10', { ...SOUND_EXPONENTIAL, scale: -10, positive: { offset: -1, bucketCounts: [1, 2] } }),
  exponential('scale 21', { ...SOUND_EXPONENTIAL, scale: 21 }, true),
  exponential('scale -20', { ...SOUND_EXPONENTIAL, scale: -20 }, true),
  exponential('scale 2^31-1', { ...SOUND_EXPONENTIAL, scale: 2 ** 31 - 1 }, true),
  exponential('offset 2^31-1', { ...SOUND_EXPONENTIAL, positive: { offset: 2 ** 31 - 1, bucketCounts: [1, 2] } }, true),
  exponential('offset -2^31', { ...SOUND_EXPONENTIAL, positive: { offset: -(2 ** 31), bucketCounts: [1, 2] } }, true),
  exponential('10,000 buckets', {
    count: 10_000,
    sum: 1,
    scale: 8,
    positive: { offset: 0, bucketCounts: many(10_000).fill(1) },
  }),
];

export const OTLP_NUMBERS: readonly OtlpNumber[] = [
  ...SCALARS.map(numberCase('gauge', {}, 'a gauge')),
  ...SCALARS.map(numberCase('sum', { aggregationTemporality: DELTA, isMonotonic: true }, 'a counter')),
  ...SCALARS.map(numberCase('sum', { aggregationTemporality: CUMULATIVE, isMonotonic: false }, 'a sum that may fall')),
  ...SCALARS.map((value) => explicit(`a histogram's sum of ${spelled(value)}`, { ...SOUND, sum: double(value) })),
  ...SCALARS.map((value) =>
    explicit(`a bound of ${spelled(value)}`, { ...SOUND, explicitBounds: [double(value)] }, !Number.isFinite(value)),
  ),
  ...SCALARS.map((value) =>
    exponential(
      `a zero threshold of ${spelled(value)}`,
      { ...SOUND_EXPONENTIAL, zeroThreshold: double(value) },
      !(value >= 0 && value < Number.POSITIVE_INFINITY),
    ),
  ),
  ...SCALARS.map((value) =>
    exponential(`an exponential histogram's sum of ${spelled(value)}`, { ...SOUND_EXPONENTIAL, sum: double(value) }),
  ),
  ...OTLP_SHAPES,
];

const FAMILY = 'http_server_request_duration_seconds';

function labels(name: string, route: string, more: Record<string, string> = {}): Record<string, string> {
  const place = { http_request_method: 'GET', http_response_status_code: '200', http_route: route };
  return { __name__: name, ...place, instance: 'i', job: 'numbers', ...more };
}

function sampled(what: string, name: string, more: Record<string, string> = {}): (value: number) => WriteNumber {
  return (value) => ({
    name: `${what} of ${spelled(value)}`,
    mustRefuse: false,
    series: (timeMs, route) => [
      {
        labels: labels(name, route, more),
        samples: [
          { value: 0, timestamp: timeMs - 10_000 },
          { value, timestamp: timeMs },
        ],
      },
    ],
  });
}

function native(name: string, fields: HistogramFields, mustRefuse = false): WriteNumber {
  return {
    name,
    mustRefuse,
    series: (timeMs, route) => [
      {
        labels: labels(FAMILY, route),
        histograms: [
          { count_int: 0, sum: 0, schema: 0, timestamp: timeMs - 10_000 },
          { ...SOUND_NATIVE, timestamp: timeMs, ...fields },
        ],
      },
    ],
  };
}

const SOUND_NATIVE: HistogramFields = {
  count_int: 3,
  sum: 1,
  schema: 0,
  positive_spans: [{ offset: 0, length: 2 }],
  positive_deltas: [1, 1],
};
const CUSTOM = { schema: -53, positive_spans: [{ offset: 0, length: 2 }], positive_deltas: [1, 1] };

const WRITE_SHAPES: readonly WriteNumber[] = [
  native('a count beside its buckets', { count_int: 4 }, true),
  native('a bucket below zero', { positive_deltas: [1, -3], count_int: 0 }, true),
  native('more spans than deltas', { positive_spans: [{ offset: 0, length: 5 }] }, true),
  native('a span of 10,000 buckets without their counts', { positive_spans: [{ offset: 0, length: 10_000 }] }, true),
  native('no buckets and no count', { count_int: 0, positive_spans: [], positive_deltas: [] }),
  native('schema 8', { schema: 8 }),
  native('schema -4', { schema: -4, positive_spans: [{ offset: -1, length: 2 }] }),
  native('schema 20', { schema: 20 }),
  native('schema -20', { schema: -20 }, true),
  native('schema 2^31-1', { schema: 2 ** 31 - 1 }, true),
  native('an offset of 2^31-1', { positive_spans: [{ offset: 2 ** 31 - 1, length: 2 }] }, true),
  native('an offset of -2^31', { positive_spans: [{ offset: -(2 ** 31), length: 2 }] }, true),
  native('own bounds that fall', { ...CUSTOM, custom_values: [2, 1] }, true),
  native('own bounds of NaN', { ...CUSTOM, custom_values: [Number.NaN] }, true),
  sampled('a bound that is no number, value', `${FAMILY}_bucket`, { le: 'much' })(1),
  sampled('a bound of nothing, value', `${FAMILY}_bucket`)(1),
];

export const WRITE_NUMBERS: readonly WriteNumber[] = [
  ...SCALARS.map(sampled('a counter', 'hostile_total')),
  ...SCALARS.map(sampled('a gauge', 'hostile_depth')),
  ...SCALARS.map(sampled("a classic histogram's bucket", `${FAMILY}_bucket`, { le: '1' })),
  ...SCALARS.map(sampled("a classic histogram's sum", `${FAMILY}_sum`)),
  ...SCALARS.map((value) =>
    sampled(`a bound of ${spelled(value)}, value`, `${FAMILY}_bucket`, { le: String(value) })(1),
  ),
  ...SCALARS.map((value) => native(`a native histogram's sum of ${spelled(value)}`, { sum: value })),
  ...SCALARS.map((value) =>
    native(
      `a native zero threshold of ${spelled(value)}`,
      { zero_threshold: value },
      !(value >= 0 && value < Infinity),
    ),
  ),
  ...WRITE_SHAPES,
];
