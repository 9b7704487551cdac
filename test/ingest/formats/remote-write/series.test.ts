import { describe, expect, it } from 'vitest';
import { decode, decodeBytes, encode, identityOf, MESSAGES, sample, T } from './decoded.ts';
import { type SeriesFields, STALE_PLACEHOLDER } from './write-messages.ts';

describe.each(MESSAGES)('a %s', (message) => {
  it('puts the target of a series into the resource and its other labels into the attributes', () => {
    const labels = { __name__: 'up', job: 'shop/gateway', instance: '10.0.0.1:9090', zone: 'b', az: '', code: '200' };
    const { sink } = decode(message, { labels, samples: [{ value: 1, timestamp: T }] });
    expect(sink.calls).toHaveLength(1);
    expect(identityOf(sink.calls[0])).toEqual({
      resource: [
        ['service.instance.id', '10.0.0.1:9090'],
        ['service.name', 'gateway'],
        ['service.namespace', 'shop'],
      ],
      scope: 'prometheus',
      metric: 'up',
      unit: '',
      kind: 'gauge',
      temporality: 'instant',
      monotonic: false,
      attributes: [
        ['code', '200'],
        ['zone', 'b'],
      ],
    });
  });

  it.each([
    ['job', 'gateway', [['service.name', 'gateway']]],
    ['job', '/gateway', [['service.name', '/gateway']]],
    ['job', 'gateway/', [['service.name', 'gateway/']]],
    [
      'job',
      'a/b/c',
      [
        ['service.name', 'b/c'],
        ['service.namespace', 'a'],
      ],
    ],
  ])('reads %s="%s" as %j', (name, value, resource) => {
    const { sink } = decode(message, {
      labels: { __name__: 'up', [name]: value },
      samples: [{ value: 1, timestamp: T }],
    });
    expect(identityOf(sink.calls[0]).resource).toEqual(resource);
  });

  it.each([
    ['http_requests_total', 'sum', 'cumulative', true],
    ['latency_seconds_bucket', 'sum', 'cumulative', true],
    ['latency_seconds_count', 'sum', 'cumulative', true],
    ['latency_seconds_sum', 'sum', 'cumulative', true],
    ['latency_seconds_created', 'gauge', 'instant', false],
    ['temperature', 'gauge', 'instant', false],
  ])('takes %s for a %s where nothing says what it is', (name, kind, temporality, monotonic) => {
    const { sink } = decode(message, sample(name, 1));
    expect(identityOf(sink.calls[0])).toMatchObject({ kind, temporality, monotonic });
  });

  it('tells the stale marker from other NaN by its bits and keeps both out, each with its reason', () => {
    const values = [STALE_PLACEHOLDER, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2];
    const samples = values.map((value, index) => ({ value, timestamp: T + index }));
    const { sink, tally } = decode(message, { labels: { __name__: 'up' }, samples });
    expect(sink.codes).toEqual(['no-recorded-value', 'not-finite', 'not-finite', 'not-finite']);
    expect(sink.calls.map((call) => call.slice(2))).toEqual([[Number.NaN, T + 4, 2]]);
    expect(tally.samples).toMatchObject({ handed: 1, leftOut: 4, refused: 0 });
    expect(tally.isClean).toBe(true);
  });

  it.each([
    ['without a name', [['job', 'a']], 'label __name__ is absent'],
    ['with an empty name', [['__name__', '']], 'label __name__ is absent'],
    ['without labels', [], 'label __name__ is absent'],
    [
      'with a label that has no name',
      [
        ['__name__', 'x'],
        ['', 'b'],
      ],
      'a label has no name',
    ],
    [
      'with a label twice',
      [
        ['__name__', 'x'],
        ['a', '1'],
        ['a', '1'],
      ],
      'label "a" appears twice',
    ],
  ])('refuses a series %s, says why, and keeps the others', (_, labels, reason) => {
    const bad: SeriesFields = {
      labels: labels as [string, string][],
      samples: [
        { value: 1, timestamp: T },
        { value: 2, timestamp: T + 1 },
      ],
      histograms: [{ count_int: 0, timestamp: T }],
      exemplars: 3,
    };
    const { sink, tally } = decode(message, sample('good_total', 7), bad);
    expect(sink.calls.map((call) => call.slice(2))).toEqual([[Number.NaN, T, 7]]);
    expect(tally.firstReason).toContain(reason);
    expect([tally.samples.refused, tally.histograms.refused, tally.exemplars.refused]).toEqual([2, 1, 3]);
    expect([tally.samples.handed, tally.refusedSeries]).toEqual([1, 1]);
  });

  it('refuses a label that is not UTF-8', () => {
    const body = encode(message, [sample('caf\u00e9_total', 1)]);
    body[body.indexOf(Buffer.from('caf\u00e9')) + 4] = 0x41;
    const { sink, tally } = decodeBytes(message, body);
    expect(sink.calls).toEqual([]);
    expect(tally.firstReason).toContain('not valid UTF-8');
  });

  it('takes labels in any order for the same series', () => {
    const one = {
      labels: [
        ['__name__', 'x'],
        ['a', '1'],
        ['b', '2'],
      ] as [string, string][],
    };
    const other = {
      labels: [
        ['b', '2'],
        ['__name__', 'x'],
        ['a', '1'],
      ] as [string, string][],
    };
    const samples = [{ value: 1, timestamp: T }];
    const { sink } = decode(message, { ...one, samples }, { ...other, samples });
    expect(sink.calls[0]).toEqual(sink.calls[1]);
  });

  it('keeps hostile names and values as they are', () => {
    const labels: [string, string][] = [
      ['__name__', '__proto__'],
      ['__proto__', 'polluted'],
      ['constructor', '\u0000\n"\u202e<script>'],
      ['emoji', '\u{1f680}\ufeff'],
    ];
    const { sink } = decode(message, { labels, samples: [{ value: 1, timestamp: T }] });
    expect(identityOf(sink.calls[0])).toMatchObject({
      metric: '__proto__',
      attributes: [...labels.slice(1)].sort(([a], [b]) => (a < b ? -1 : 1)),
    });
  });

  it('refuses a sample without a time', () => {
    const { sink, tally } = decode(message, { labels: { __name__: 'x' }, samples: [{ value: 1, timestamp: 0 }] });
    expect(sink.calls).toEqual([]);
    expect(tally.samples.refused).toBe(1);
    expect(tally.firstReason).toBe('series "x": a sample has no timestamp');
  });

  it('hands on times before the epoch and beyond 2^53 for the store to judge', () => {
    const samples = [
      { value: 1, timestamp: -5 },
      { value: 1, timestamp: 2 ** 60 },
    ];
    const { sink } = decode(message, { labels: { __name__: 'x' }, samples });
    expect(sink.calls.map((call) => call[3])).toEqual([-5, 2 ** 60]);
  });

  it('keeps a counter below zero out, but not a sum or a gauge', () => {
    const { sink, tally } = decode(message, sample('a_total', -1), sample('b_sum', -1), sample('c', -1));
    expect(sink.codes).toEqual(['negative-count']);
    expect(sink.calls.map((call) => identityOf(call).metric)).toEqual(['b_sum', 'c']);
    expect(tally.samples).toMatchObject({ handed: 2, leftOut: 1 });
  });

  it('counts exemplars', () => {
    const { tally } = decode(message, sample('a_total', 1, { exemplars: 2 }), {
      labels: { __name__: 'b' },
      exemplars: 1,
    });
    expect(tally.exemplars.leftOut).toBe(3);
  });
});
