import { describe, expect, it } from 'vitest';
import { decode, histogram, identityOf, MESSAGES, sample, T } from './decoded.ts';
import { type HistogramFields, STALE_PLACEHOLDER } from './write-messages.ts';

describe.each(MESSAGES)('a native histogram in a %s', (message) => {
  it('numbers native buckets by their lower bound', () => {
    const { sink } = decode(
      message,
      histogram({
        count_int: 27,
        sum: 18.4,
        schema: 3,
        zero_threshold: 0.001,
        zero_count_int: 4,
        positive_spans: [
          { offset: -2, length: 3 },
          { offset: 2, length: 2 },
        ],
        positive_deltas: [1, 2, 1, 3, 1],
      }),
    );
    const [kind, , ...rest] = sink.calls[0]!;
    expect(kind).toBe('exponential');
    expect(rest).toEqual([Number.NaN, T, 27, 18.4, 3, 0.001, 4, -3, [1, 3, 4, 0, 0, 7, 8]]);
    expect(identityOf(sink.calls[0])).toMatchObject({ kind: 'exponential-histogram', temporality: 'cumulative' });
  });

  it('reads float histograms, whose counts are what the buckets add up to', () => {
    const { sink } = decode(
      message,
      histogram({
        count_float: 1.5000000001,
        sum: 1,
        zero_count_float: 0.25,
        positive_spans: [{ offset: 1, length: 2 }],
        positive_counts: [0.5, 0.75],
      }),
    );
    expect(sink.calls[0]!.slice(2)).toEqual([Number.NaN, T, 1.5, 1, 0, 0, 0.25, 0, [0.5, 0.75]]);
  });

  it('reads custom buckets as explicit bounds', () => {
    const { sink } = decode(
      message,
      histogram({
        count_int: 9,
        sum: 4,
        schema: -53,
        custom_values: [0.1, 0.5, 1],
        positive_spans: [
          { offset: 0, length: 1 },
          { offset: 1, length: 2 },
        ],
        positive_deltas: [2, 1, 1],
      }),
    );
    expect(sink.calls[0]!.slice(2)).toEqual([Number.NaN, T, 9, 4, [0.1, 0.5, 1], [2, 0, 3, 4]]);
    expect(identityOf(sink.calls[0])).toMatchObject({ kind: 'histogram', temporality: 'cumulative' });
  });

  it('counts observations below zero as zero and says so', () => {
    const { sink } = decode(
      message,
      histogram({
        count_int: 6,
        sum: 1,
        zero_count_int: 1,
        negative_spans: [{ offset: 0, length: 2 }],
        negative_deltas: [1, 1],
        positive_spans: [{ offset: 0, length: 1 }],
        positive_deltas: [2],
      }),
    );
    expect(sink.calls[0]!.slice(2)).toEqual([Number.NaN, T, 6, 1, 0, 0, 4, -1, [2]]);
    expect(sink.codes).toEqual(['negative-observation']);
  });

  it('makes histograms of more than 1,024 buckets coarser without losing an observation', () => {
    const deltas = Array.from({ length: 3000 }, (_, index) => (index === 0 ? 1 : 0));
    const { sink } = decode(
      message,
      histogram({
        count_int: 3000,
        sum: 1,
        schema: 8,
        positive_spans: [{ offset: 1, length: 3000 }],
        positive_deltas: deltas,
      }),
    );
    const [, , , , count, , scale, , , offset, buckets] = sink.calls[0] as [...unknown[], number[]];
    expect([count, scale, offset]).toEqual([3000, 6, 0]);
    expect(buckets).toEqual(Array.from({ length: 750 }, () => 4));
  });

  it('says with a reset hint that a histogram began after the one before it, and with a start where it has one', () => {
    const hinted = decode(message, histogram({ count_int: 0, reset_hint: 1 }));
    expect(hinted.sink.calls[0]!.slice(2, 4)).toEqual([T - 1, T]);
    const started = decode(message, histogram({ count_int: 0, reset_hint: 1, start_timestamp: T - 60_000 }));
    expect(started.sink.calls[0]!.slice(2, 4)).toEqual([T - 60_000, T]);
    const gauge = decode(message, histogram({ count_int: 0, reset_hint: 3 }));
    expect(identityOf(gauge.sink.calls[0])).toMatchObject({ kind: 'exponential-histogram', temporality: 'instant' });
  });

  it('takes a stale histogram for a stale marker', () => {
    const { sink, tally } = decode(message, histogram({ count_int: 0, sum: STALE_PLACEHOLDER }));
    expect(sink.codes).toEqual(['no-recorded-value']);
    expect(tally.histograms).toMatchObject({ handed: 0, leftOut: 1, refused: 0 });
  });

  it('leaves only the sum out where observations were NaN', () => {
    const fields = { count_int: 3, sum: Number.NaN, positive_spans: [{ offset: 1, length: 1 }], positive_deltas: [2] };
    const { sink } = decode(message, histogram(fields));
    const decoded = [Number.NaN, T, 2, Number.NaN, 0, 0, 0, 0, [2]];
    expect(sink.calls[0]!.slice(2)).toEqual(decoded);
    expect(sink.codes).toEqual(['partly-not-finite']);
    // As recording rules and federation keep the same histogram.
    const asFloat = { count_float: 3, sum: Number.NaN, positive_spans: fields.positive_spans, positive_counts: [2] };
    expect(decode(message, histogram(asFloat)).sink.calls[0]!.slice(2)).toEqual(decoded);
  });

  it.each<[string, HistogramFields, string]>([
    ['has a count that is not that of its buckets', { count_int: 99, zero_count_int: 1 }, 'add up to 1, count is 99'],
    ['has a float count far from its buckets', { count_float: 3, zero_count_float: 1 }, 'add up to 1, count is 3'],
    [
      'has fewer buckets than its spans',
      { count_int: 1, positive_spans: [{ offset: 0, length: 2 }], positive_deltas: [1] },
      'spans need more',
    ],
    ['has more buckets than its spans', { count_int: 1, positive_deltas: [1] }, 'spans need 0 buckets, there are 1'],
    ['has a span of four thousand million', { positive_spans: [{ offset: 0, length: 4294967295 }] }, 'spans need more'],
    [
      'has spans that overlap',
      {
        count_int: 2,
        positive_spans: [
          { offset: 0, length: 1 },
          { offset: -1, length: 1 },
        ],
        positive_deltas: [1, 0],
      },
      'before the one ahead',
    ],
    [
      'counts below zero',
      { count_int: 0, positive_spans: [{ offset: 0, length: 2 }], positive_deltas: [1, -2] },
      'below zero',
    ],
    [
      'counts NaN',
      { count_float: 1, positive_spans: [{ offset: 0, length: 1 }], positive_counts: [Number.NaN] },
      'not finite',
    ],
    ['has a schema nobody knows', { count_int: 0, schema: 9 }, 'schema 9'],
    ['has a zero threshold of NaN', { count_int: 0, zero_threshold: Number.NaN }, 'zero_threshold'],
    [
      'has buckets beyond every double',
      { count_int: 1, positive_spans: [{ offset: 5000, length: 1 }], positive_deltas: [1] },
      'outside the range',
    ],
    ['has bounds that do not rise', { count_int: 0, schema: -53, custom_values: [1, 1] }, 'strictly increasing'],
    ['has a bound of NaN', { count_int: 0, schema: -53, custom_values: [Number.NaN] }, 'strictly increasing'],
    [
      'has a custom bucket too many',
      {
        count_int: 1,
        schema: -53,
        custom_values: [1],
        positive_spans: [{ offset: 2, length: 1 }],
        positive_deltas: [1],
      },
      'bucket 2 of 2',
    ],
    [
      'has custom buckets and a zero bucket',
      { count_int: 1, schema: -53, custom_values: [1], zero_count_int: 1 },
      'zero bucket',
    ],
    [
      'has 2,000 bounds',
      { count_int: 0, schema: -53, custom_values: Array.from({ length: 2000 }, (_, i) => i) },
      '2000 custom_values',
    ],
    ['has no time', { count_int: 0, timestamp: 0 }, 'no timestamp'],
  ])('refuses a histogram that %s', (_, fields, reason) => {
    const { sink, tally } = decode(message, histogram(fields), sample('good_total', 1));
    expect(tally.firstReason).toContain(reason);
    expect(tally.histograms).toMatchObject({ handed: 0, refused: 1 });
    expect(sink.calls).toHaveLength(1);
  });
});
