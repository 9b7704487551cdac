import { describe, expect, it } from 'vitest';
import { decode, decodeBytes, histogram, identityOf, sample, T, V1, V2 } from './decoded.ts';
import { symbolizedRequest, symbolizedRequestType, writeRequest } from './write-messages.ts';

describe('the messages', () => {
  it('lead to the same calls, so that a sender may change its version', () => {
    const series = [
      sample('a_total', 3),
      histogram({ count_int: 3, sum: 1, positive_spans: [{ offset: 1, length: 1 }], positive_deltas: [3] }),
      { labels: { __name__: 'x', job: 'j', instance: 'i' }, samples: [{ value: 1, timestamp: T }] },
    ];
    expect(decode(V1, ...series).sink.calls).toEqual(decode(V2, ...series).sink.calls);
  });

  it('of version 2.0 say per sample, or per series before 2.0-rc.4, when a counter started', () => {
    const perSample = {
      labels: { __name__: 'a_total' },
      samples: [{ value: 1, timestamp: T, start_timestamp: T - 9 }],
    };
    const perSeries = sample('b_total', 1, { created: T - 8 });
    const { sink } = decode(V2, perSample, perSeries);
    expect(sink.calls.map((call) => call[2])).toEqual([T - 9, T - 8]);
  });

  it.each([
    [1, 'requests', 'sum', 'requests'],
    [2, 'requests_total', 'gauge', ''],
    [3, 'latency_bucket', 'sum', 'seconds'],
    [5, 'latency', 'gauge', 'seconds'],
    [4, 'queue_count', 'gauge', ''],
    [0, 'latency_count', 'sum', ''],
    [99, 'latency_count', 'sum', ''],
  ])('of version 2.0 say of type %i that %s is a %s', (type, name, kind, unit) => {
    const { sink } = decode(V2, sample(name, 1, { type, unit }));
    expect(identityOf(sink.calls[0])).toMatchObject({ kind, unit });
  });

  it('of version 1.0 say it in requests of their own, which hold for what comes after', () => {
    const { sink } = decodeBytes(
      V1,
      writeRequest([sample('jobs_done', 1), sample('depth_count', 1)]),
      writeRequest(
        [],
        [
          { type: 1, metric_family_name: 'jobs_done', unit: 'jobs' },
          { type: 2, metric_family_name: 'depth_count' },
        ],
      ),
      writeRequest([sample('jobs_done', 2), sample('depth_count', 2)]),
    );
    const kinds = sink.calls.map((call) => [identityOf(call).kind, identityOf(call).unit]);
    expect(kinds).toEqual([
      ['gauge', ''],
      ['sum', ''],
      ['sum', 'jobs'],
      ['gauge', ''],
    ]);
  });

  it.each([
    ['a symbol that is not there', [1, 9], 'symbol 9 of 3'],
    ['a name without a value', [1], 'a label without a value'],
  ])('of version 2.0 that refer to %s lose that series alone', (_, references, reason) => {
    const samples = [{ value: 1, timestamp: T }];
    const timeseries = [
      { labels_refs: references, samples },
      { labels_refs: [1, 2], samples },
    ];
    const encoded = symbolizedRequestType.encode({ symbols: ['', '__name__', 'up'], timeseries }).finish();
    const { sink, tally } = decodeBytes(V2, Buffer.from(encoded));
    expect(sink.calls).toHaveLength(1);
    expect(tally.samples).toMatchObject({ handed: 1, refused: 1 });
    expect(tally.firstReason).toContain(reason);
  });

  it('are found by their symbols even where the same series has other numbers in each request', () => {
    const one = [sample('a_total', 1), sample('b_total', 2)];
    const { sink } = decodeBytes(V2, symbolizedRequest(one), symbolizedRequest([...one].reverse()));
    expect(sink.calls.map((call) => [identityOf(call).metric, call[4]])).toEqual([
      ['a_total', 1],
      ['b_total', 2],
      ['b_total', 2],
      ['a_total', 1],
    ]);
    expect(new Set(sink.openings).size).toBe(sink.openings.length);
  });

  it('may have labels after their points', () => {
    const labels = { __name__: 'x', a: '1' };
    const ordered = writeRequest([{ labels, samples: [{ value: 1, timestamp: T }] }]);
    const samplesAt = writeRequest([{ labels }]).length;
    const head = ordered.subarray(0, 2);
    const swapped = Buffer.concat([head, ordered.subarray(samplesAt), ordered.subarray(2, samplesAt)]);
    expect(decodeBytes(V1, swapped).sink.calls).toEqual(decodeBytes(V1, ordered).sink.calls);
  });

  it('of the other version are empty, as their reserved fields provide for', () => {
    expect(decodeBytes(V1, symbolizedRequest([sample('x', 1)])).sink.calls).toEqual([]);
  });
});
