import type { HistogramFields, SeriesFields } from '../formats/remote-write/write-messages.ts';
import { STALE_PLACEHOLDER } from '../formats/remote-write/write-messages.ts';

/**
 * The cases of prometheus/compliance, remotewrite/receiver (Apache-2.0): what is sent, whether it succeeds and how many
 * elements of each kind are written. Where a case fails, the counts are the most that may be written.
 */
export interface ReceiverCase {
  readonly name: string;
  readonly series: readonly SeriesFields[];
  readonly succeeds: boolean;
  readonly samples?: number;
  readonly histograms?: number;
  readonly exemplars?: number;
}

export const NOW = 1_795_000_000_000;
const HOUR = 3_600_000;
const SPECIAL_VALUES: readonly [string, number][] = [
  ['1', 1],
  ['stale NaN', STALE_PLACEHOLDER],
  ['NaN', Number.NaN],
  ['Inf', Number.POSITIVE_INFINITY],
  ['-Inf', Number.NEGATIVE_INFINITY],
];

function series(labels: Record<string, string>, value: number, more: Partial<SeriesFields> = {}): SeriesFields {
  return { labels, samples: [{ value, timestamp: NOW }], ...more };
}

function named(name: string, more: Record<string, string> = {}): Record<string, string> {
  return { __name__: name, ...more };
}

interface Parts {
  readonly positive?: boolean;
  readonly negative?: boolean;
  readonly zero?: boolean;
  readonly custom?: boolean;
}

/** Counts 23 above zero, 3 below, 1 at zero; 30 in custom buckets. */
function native(sum: number, { positive, negative, zero, custom }: Parts, more: HistogramFields = {}): HistogramFields {
  if (custom) {
    return {
      count_int: 30,
      sum,
      schema: -53,
      custom_values: [0.1, 0.5, 1, 2.5, 5, 10],
      positive_spans: [{ offset: 0, length: 6 }],
      positive_deltas: [2, 1, 2, 3, -1, -2],
      timestamp: NOW,
      ...more,
    };
  }
  return {
    count_int: (positive ? 23 : 0) + (negative ? 3 : 0) + (zero ? 1 : 0),
    sum,
    ...(positive && {
      positive_spans: [
        { offset: 0, length: 3 },
        { offset: 2, length: 2 },
      ],
      positive_deltas: [1, 2, 1, 3, 1],
    }),
    ...(negative && { negative_spans: [{ offset: 0, length: 2 }], negative_deltas: [1, 1] }),
    ...(zero && { zero_count_int: 1 }),
    timestamp: NOW,
    ...more,
  };
}

function distribution(
  labels: Record<string, string>,
  fields: HistogramFields,
  more: Partial<SeriesFields> = {},
): SeriesFields {
  return { labels, histograms: [fields], ...more };
}

const SINGLE: readonly [string, Record<string, string>, boolean][] = [
  ['a name alone', named('up'), true],
  ['several labels', named('up', { job: 'testjob', instance: 'localhost:9090' }), true],
  ['newlines', named('up', { job: 'test\njob\n', instance: 'localhost:9090' }), true],
  ['dots', named('resource.cpu.usage', { 'job.name': 'testjob', 'instance.name': 'localhost:9090' }), true],
  ['spaces', named('resource cpu usage', { 'job name': 'testjob', 'instance name': 'localhost:9090' }), true],
  ['no name', { job: 'testjob', instance: 'localhost:9090' }, false],
  ['no labels', {}, false],
];

const metrics: ReceiverCase[] = SPECIAL_VALUES.flatMap(([valueName, value]) => {
  const target = (port: number, labels = named('up')) =>
    series({ ...labels, job: 'testjob', instance: `localhost:${port}` }, value);
  return [
    ...SINGLE.map(([name, labels, succeeds]) => ({
      name: `one series with ${name}, value ${valueName}`,
      series: [series(labels, value)],
      succeeds,
      samples: succeeds ? 1 : 0,
    })),
    {
      name: `several series, value ${valueName}`,
      series: [9090, 9091, 9092, 9093].map((port) => target(port)),
      succeeds: true,
      samples: 4,
    },
    {
      name: `several series without a name, value ${valueName}`,
      series: [9090, 9091, 9092, 9093].map((port) => target(port, {})),
      succeeds: false,
      samples: 0,
    },
    {
      name: `several series, one of them without a name, value ${valueName}`,
      series: [target(9090, {}), target(9091), target(9092), target(9093)],
      succeeds: false,
      samples: 3,
    },
  ];
});

const started = (value: number, agoMs: number) => [{ value, timestamp: NOW, start_timestamp: NOW - agoMs }];
const all: Parts = { positive: true, negative: true, zero: true };

const histograms: ReceiverCase[] = [
  { name: 'a histogram of all buckets', parts: all },
  { name: 'a histogram of custom buckets', parts: { custom: true } },
  { name: 'a histogram of positive buckets', parts: { positive: true, zero: true } },
  { name: 'a histogram of negative buckets', parts: { negative: true } },
  { name: 'a histogram of the zero bucket', parts: { zero: true } },
  { name: 'an empty histogram', parts: {} },
]
  .map(
    ({ name, parts }): ReceiverCase => ({
      name,
      series: [distribution(named('test_histogram'), native(1, parts))],
      succeeds: true,
      histograms: 1,
    }),
  )
  .concat([
    {
      name: 'a histogram with a count that is not that of its buckets',
      series: [distribution(named('minimal_hist'), native(1, { positive: true }, { count_int: 99 }))],
      succeeds: false,
    },
    {
      name: 'a histogram with a start',
      series: [distribution(named('d', { job: 'api' }), native(1.5, all, { start_timestamp: NOW - HOUR / 2 }))],
      succeeds: true,
      histograms: 1,
    },
    {
      name: 'a histogram with metadata and an exemplar',
      series: [distribution(named('d_bytes'), native(2.5, all), { exemplars: 1, type: 3, unit: 'bytes' })],
      succeeds: true,
      histograms: 1,
      exemplars: 1,
    },
    {
      name: 'fifty histograms with metadata and exemplars',
      series: Array.from({ length: 50 }, (_, i) =>
        distribution(
          named(`histogram_metric_${i}`, { bucket: `bucket_${i}` }),
          native(i / 10, { positive: true, negative: i % 2 === 0, zero: true }),
          { exemplars: 1, type: 3, unit: 'seconds' },
        ),
      ),
      succeeds: true,
      histograms: 50,
      exemplars: 50,
    },
  ]);

const exemplars: ReceiverCase[] = [
  ...[0, -123.456, 1e10, 1e-10, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) => ({
    name: `an exemplar beside ${value}`,
    series: [series(named('test_metric', { region: '\u{1f30d}' }), value, { exemplars: 1 })],
    succeeds: true,
    samples: 1,
    exemplars: 1,
  })),
  {
    name: 'an exemplar beside a sample with a start',
    series: [{ labels: named('http_requests_total', { job: 'api' }), samples: started(250, 2 * HOUR), exemplars: 1 }],
    succeeds: true,
    samples: 1,
    exemplars: 1,
  },
  {
    name: 'exemplars beside samples of several times in one series',
    series: [
      {
        labels: named('latency_hist'),
        samples: [HOUR, 60_000, 0].map((ago, i) => ({ value: i, timestamp: NOW - ago })),
        exemplars: 3,
      },
    ],
    succeeds: true,
    samples: 3,
    exemplars: 3,
  },
  {
    name: 'an exemplar of a series without a name',
    series: [series({ job: 'test' }, 1, { exemplars: 1 })],
    succeeds: false,
  },
  {
    name: 'an exemplar of a series with an empty name',
    series: [series(named(''), 1, { exemplars: 1 })],
    succeeds: false,
  },
  {
    name: 'an exemplar without data',
    series: [{ labels: named('orphan_metric'), exemplars: 1 }],
    succeeds: true,
    exemplars: 1,
  },
];

const metadata: ReceiverCase[] = [
  ...[0, 1, 2, 4, 5, 6, 7].map((type) => ({
    name: `metadata of type ${type}`,
    series: [series(named('some_metric'), 1, { type, unit: 'bytes/sec' })],
    succeeds: true,
    samples: 1,
  })),
  {
    name: 'metadata of a counter with a start',
    series: [
      { labels: named('http_requests_total', { job: 'api' }), samples: started(150, HOUR), type: 1, unit: 'requests' },
    ],
    succeeds: true,
    samples: 1,
  },
  {
    name: 'metadata without a name',
    series: [series({ job: 'test' }, 1, { type: 1, unit: 'unit' })],
    succeeds: false,
  },
  {
    name: 'metadata without data',
    series: [{ labels: named('orphan_metric'), type: 1, unit: 'count' }],
    succeeds: true,
  },
  {
    name: 'samples of different ages',
    series: [{ labels: named('old'), samples: [{ value: 1, timestamp: NOW - HOUR }] }, series(named('new'), 2)],
    succeeds: true,
    samples: 2,
  },
];

export const RECEIVER_CASES: readonly ReceiverCase[] = [...metrics, ...histograms, ...exemplars, ...metadata];

/** What may be read back of a case: series with a name, samples with a value, histograms that add up. */
export function readable({ series }: ReceiverCase): unknown[][] {
  const named = series.filter(({ labels }) => (Object.fromEntries(Object.entries(labels)).__name__ ?? '') !== '');
  const nameOf = ({ labels }: SeriesFields) => (labels as Record<string, string>).__name__ as string;
  const samples = named.flatMap((one) =>
    (one.samples ?? []).map(({ timestamp, value }) => [nameOf(one), timestamp, value] as const),
  );
  const histograms = named.flatMap((one) =>
    (one.histograms ?? []).map(({ timestamp, count_int }) => [nameOf(one), timestamp, count_int] as const),
  );
  const usable = samples.filter(([, , value]) => Number.isFinite(value) && Math.abs(value) !== 1.234567890123456e-200);
  return [...usable, ...histograms.filter(([, , count]) => count !== 99)].map((row) => [...row]);
}
