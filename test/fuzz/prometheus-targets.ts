import { compress } from 'snappyjs';
import { AppError } from '../../src/domain/error.ts';
import { openMetrics } from '../../src/ingest/formats/open-metrics.ts';
import { RemoteWriteDecoder, type WriteMessage } from '../../src/ingest/formats/remote-write/remote-write-decoder.ts';
import { uncompressSnappy } from '../../src/ingest/formats/remote-write/snappy-block.ts';
import { WriteTally } from '../../src/ingest/formats/remote-write/write-tally.ts';
import { histogram, sample, T } from '../ingest/formats/remote-write/decoded.ts';
import {
  type SeriesFields,
  STALE_PLACEHOLDER,
  symbolizedRequest,
  withStaleMarkers,
  writeRequest,
} from '../ingest/formats/remote-write/write-messages.ts';
import type { FuzzTarget, Take } from './fuzz-target.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';
import { StrictSink } from './strict-sink.ts';

const MOST_BYTES = 1 << 20;
const MOST_BUCKETS = 1024;

const SERIES: readonly SeriesFields[] = [
  sample('a_total', 1, { exemplars: 2, type: 1, unit: 'seconds' }),
  { labels: { __name__: 'up', job: 'a/b', instance: 'i:1', z: '\u{1f680}' }, samples: [{ value: -0, timestamp: T }] },
  { labels: { __name__: 'stale' }, samples: [{ value: STALE_PLACEHOLDER, timestamp: T, start_timestamp: T - 1 }] },
  histogram({
    count_int: 12,
    sum: 1,
    schema: 3,
    zero_count_int: 1,
    negative_spans: [{ offset: 2, length: 1 }],
    negative_deltas: [2],
    positive_spans: [
      { offset: -5, length: 2 },
      { offset: 7, length: 1 },
    ],
    positive_deltas: [3, 0, 0],
    reset_hint: 1,
  }),
  histogram({ count_float: 1.5, positive_spans: [{ offset: 0, length: 1 }], positive_counts: [1.5], reset_hint: 3 }),
  histogram({
    count_int: 3,
    schema: -53,
    custom_values: [0.1, 1],
    positive_spans: [{ offset: 0, length: 3 }],
    positive_deltas: [1, 0, 0],
  }),
];
const EACH = [...SERIES.map((one) => [one]), [...SERIES]];

function messages(encode: (series: readonly SeriesFields[]) => Buffer): Buffer[] {
  return EACH.map((series) => withStaleMarkers(encode(series)));
}

/** A decoder that lives on, as in a service: what one input leaves behind must not break on the next. */
function decoding(message: WriteMessage, corpus: readonly Buffer[]): FuzzTarget {
  const open = (): Take => {
    const decoder = new RemoteWriteDecoder(new StrictSink(MOST_BUCKETS));
    return (input) => {
      const tally = new WriteTally();
      for (const pass of ['samples', 'histograms'] as const) {
        const problem = problemOf(() => decoder.decode(message, input, pass, tally));
        if (problem !== null) return problem;
      }
      if (!tally.isClean && tally.firstReason === null) throw new Error('refused without a reason');
      return null;
    };
  };
  return { name: message, corpus, mutate: mutateProtobuf, open };
}

/** What was wrong with the input as a whole, its figures aside; null where nothing was. */
function problemOf(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'malformed' && error.code !== 'too-large')) throw error;
    return error.message.replaceAll(/\d+/g, '…');
  }
}

const METADATA = [{ type: 1, metric_family_name: 'a', unit: 's' }];
const LINES = [
  '# TYPE http_requests counter',
  'http_requests_total{method="GET",path="/a\\"b\\\\\\n"} 1027 1795000000.123 # {trace_id="x"} 1',
  '{"http.requests","http.route"="/x"} -0 1795000000123',
];

export const PROMETHEUS_TARGETS: readonly FuzzTarget[] = [
  decoding('prometheus.WriteRequest', [...messages(writeRequest), writeRequest([], METADATA)]),
  decoding('io.prometheus.write.v2.Request', messages(symbolizedRequest)),
  {
    name: 'Snappy block',
    corpus: messages(writeRequest).map((message) => Buffer.from(compress(message))),
    open: () => (input) => problemOf(() => uncompressSnappy(input, MOST_BYTES)),
  },
  {
    name: 'OpenMetrics line',
    corpus: LINES.map((line) => Buffer.from(line)),
    open: () => (input) => {
      const sink = new StrictSink(MOST_BUCKETS);
      openMetrics.open(sink).decodeLine(input, 'fuzz');
      return [...sink.findings.keys()][0] ?? null;
    },
  },
];
