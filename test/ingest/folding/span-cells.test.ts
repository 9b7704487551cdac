import { describe, expect, it } from 'vitest';
import type { Folded } from '../../../src/ingest/folding/folding.ts';
import { exponentialIndex } from '../../../src/statistics/exponential-mapping.ts';
import {
  at,
  attributes,
  bucketsOfRow,
  clientSpan,
  codes,
  delta,
  evaluation,
  fold,
  GATEWAY,
  identity,
  only,
  span,
} from './telemetry-fixture.ts';

const PAYMENTS = attributes({ 'service.name': 'payments', 'service.instance.id': 'payments-1' });

function seriesWithPeer(folded: Folded, peer: string | null) {
  const series = folded.cells.series.find(({ key }) => key.peer === peer);
  if (series === undefined) throw new Error(`no series with peer ${peer}`);
  return series;
}

describe('server spans', () => {
  it('are logical requests of their endpoint, in the block of their start', () => {
    const folded = fold((sink) => {
      sink.span(span({ startMs: at(0) + 59_990, endMs: at(1) + 110 }));
      sink.span(span({ spanId: 's2', failed: true }));
      sink.span(
        span({
          spanId: 's3',
          startMs: at(1),
          endMs: at(1),
          attributes: attributes({
            'http.request.method': 'GET',
            'http.route': '/orders',
            'http.response.status_code': '500',
          }),
        }),
      );
    });
    const series = only(folded);
    expect(series.key).toMatchObject({ endpoint: 'GET /orders', peer: null, source: 'spans', version: '4.1.9' });
    expect([...series.count]).toEqual([2, 1]);
    expect([...(series.errors ?? [])]).toEqual([1, 1]);
    expect(series.sum?.[0]).toBeCloseTo(0.22, 12);
    expect(series.attempts).toBeNull();
    expect(series.histogram?.layouts).toEqual([{ kind: 'exponential', scale: 6, zeroThreshold: 0 }]);
    expect(series.histogram?.offsetOfRow[0]).toBe(exponentialIndex(0.1, 6));
    expect(bucketsOfRow(series, 0).filter((count) => count > 0)).toEqual([1, 1]);
    expect(bucketsOfRow(series, 1)).toEqual([1]);
    expect(folded.points).toBe(3);
    expect([folded.firstMs, folded.lastMs]).toEqual([at(0), at(1) + 110]);
  });

  it('carry the flags met in their course in the same process, wherever they were told', () => {
    const folded = fold((sink) => {
      sink.flagEvaluation(evaluation({ spanId: 'inner', flag: 'from.log', variant: 'b' }));
      sink.span(span({ flags: attributes({ own: 'on' }) }));
      sink.span(
        span({
          spanId: 'inner',
          parentSpanId: 's1',
          kind: 'internal',
          attributes: attributes({ 'config.pool': '8', 'feature_flag.attribute': 'off' }),
        }),
      );
      sink.span(clientSpan({ spanId: 'c1', parentSpanId: 'inner' }));
      sink.span(span({ spanId: 'p1', parentSpanId: 'c1', resource: PAYMENTS, flags: attributes({ 'not.ours': 'x' }) }));
    });
    const expected = [
      ['config.pool', '8'],
      ['feature_flag.attribute', 'off'],
      ['feature_flag.from.log', 'b'],
      ['feature_flag.own', 'on'],
    ];
    expect([...seriesWithPeer(folded, 'payments').key.attributes]).toEqual(expected);
    const gateway = folded.cells.series.find(({ key }) => key.service === 'gateway' && key.peer === null);
    expect([...(gateway?.key.attributes ?? [])]).toEqual(expected);
    const payments = folded.cells.series.find(({ key }) => key.service === 'payments');
    expect([...(payments?.key.attributes ?? [])]).toEqual([['feature_flag.not.ours', 'x']]);
  });

  it('that met two variants of a flag belong to neither', () => {
    const folded = fold((sink) => {
      sink.flagEvaluation(evaluation({ variant: 'on' }));
      sink.flagEvaluation(evaluation({ variant: 'off' }));
      sink.flagEvaluation(evaluation({ variant: 'on' }));
      sink.span(span());
    });
    expect([...only(folded).key.attributes]).toEqual([['feature_flag.backoff', 'off|on']]);
  });

  it('that come twice count once', () => {
    const folded = fold((sink) => {
      sink.span(span());
      sink.span(span());
    });
    expect([...only(folded).count]).toEqual([1]);
    expect(codes(folded)).toEqual(['duplicate-point']);
  });

  it('of synthetic traffic are left out with the calls they made', () => {
    const folded = fold((sink) => {
      sink.span(span({ attributes: attributes({ 'user_agent.synthetic.type': 'test' }) }));
      sink.span(clientSpan({ spanId: 'c1' }));
    });
    expect(folded.cells.series).toEqual([]);
    expect(codes(folded)).toEqual(['synthetic-traffic']);
  });

  it('that are their own ancestors do no harm', () => {
    const folded = fold((sink) => {
      sink.span(span({ kind: 'internal', spanId: 'a', parentSpanId: 'b' }));
      sink.span(span({ kind: 'internal', spanId: 'b', parentSpanId: 'a' }));
      sink.span(clientSpan({ spanId: 'c', parentSpanId: 'a' }));
    });
    expect(only(folded).key).toMatchObject({ endpoint: null, peer: 'payments' });
  });
});

describe('client spans', () => {
  it('of one call are attempts of it, with the latency from first start to last end', () => {
    const folded = fold((sink) => {
      sink.span(span());
      sink.span(clientSpan({ spanId: 'c1', startMs: at(0), endMs: at(0) + 1000, failed: true }));
      sink.span(
        clientSpan(
          { spanId: 'c2', startMs: at(0) + 1500, endMs: at(0) + 2000 },
          { 'http.request.resend_count': '1', 'http.response.status_code': '200' },
        ),
      );
    });
    const series = seriesWithPeer(folded, 'payments');
    expect(series.key.endpoint).toBe('GET /orders');
    expect([...series.count]).toEqual([1]);
    expect([...(series.attempts ?? [])]).toEqual([2]);
    expect([...(series.retries ?? [])]).toEqual([1]);
    expect([...(series.errors ?? [])]).toEqual([0]);
    expect([...(series.sum ?? [])]).toEqual([2]);
  });

  it('are retries of the attempt they link to', () => {
    const folded = fold((sink) => {
      sink.span(clientSpan({ spanId: 'c1', parentSpanId: '' }));
      sink.span(clientSpan({ spanId: 'c2', parentSpanId: '', linkedSpanIds: ['c1'], startMs: at(0) + 50 }));
    });
    expect([...(only(folded).retries ?? [])]).toEqual([1]);
  });

  it('of a request that was redirected, or tried elsewhere, are one attempt at each place', () => {
    const again = { 'http.request.resend_count': '1' };
    const folded = fold((sink) => {
      sink.span(clientSpan({ spanId: 'c1', startMs: at(0), endMs: at(0) + 10 }));
      sink.span(
        clientSpan({ spanId: 'c2', startMs: at(0) + 10, endMs: at(0) + 30 }, { 'server.address': 's3', ...again }),
      );
      sink.span(clientSpan({ spanId: 'c3', startMs: at(1), endMs: at(1) + 10, parentSpanId: 'other' }));
      const seen = { startMs: at(1) + 10, endMs: at(1) + 30, parentSpanId: 'other' };
      sink.span(clientSpan({ spanId: 'c4', ...seen }, { 'http.request.method': 'GET', ...again }));
    });
    const [payments, s3] = [seriesWithPeer(folded, 'payments'), seriesWithPeer(folded, 's3')];
    expect([[...payments.count], [...payments.attempts!], [...payments.retries!]]).toEqual([
      [1, 2],
      [1, 2],
      [0, 0],
    ]);
    expect([[...s3.count], [...s3.attempts!], [...s3.retries!], [...s3.sum!]]).toEqual([[1], [1], [0], [0.02]]);
  });

  it('to different peers, by different methods or under different parents are never one call', () => {
    const folded = fold((sink) => {
      const failed = { failed: true, startMs: at(0), endMs: at(0) + 1 };
      sink.span(clientSpan({ spanId: 'c1', ...failed }));
      sink.span(clientSpan({ spanId: 'c2', startMs: at(0) + 5 }, { 'server.address': 'stock' }));
      sink.span(clientSpan({ spanId: 'c3', startMs: at(0) + 5 }, { 'http.request.method': 'GET' }));
      sink.span(clientSpan({ spanId: 'c4', startMs: at(0) + 5, parentSpanId: 'other' }));
    });
    expect(folded.cells.series.map(({ retries }) => [...(retries ?? [])])).toEqual([[0], [0]]);
    expect([...seriesWithPeer(folded, 'payments').count]).toEqual([3]);
  });

  it('show who answered where the trace goes on', () => {
    const folded = fold((sink) => {
      sink.span(span());
      sink.span(clientSpan({ spanId: 'c1' }));
      sink.span(clientSpan({ spanId: 'c2', startMs: at(1) }));
      sink.span(span({ spanId: 'p1', parentSpanId: 'c1', resource: PAYMENTS }));
    });
    expect(folded.cells.calls).toEqual([
      { service: 'gateway', endpoint: 'GET /orders', peer: 'payments', calleeService: 'payments' },
    ]);
  });

  it('show whom the caller means by an address, where it says so beside it', () => {
    const folded = fold((sink) => {
      sink.span(span());
      const names = { 'server.address': '10.0.0.7', 'peer.service': 'ledger' };
      sink.span(clientSpan({ spanId: 'c1' }, names));
      sink.span(clientSpan({ spanId: 'c2', startMs: at(1) }, { 'peer.service': 'payments' }));
      const attributesOfCall = attributes({ 'server.address': '10.0.0.8', 'service.peer.name': 'stock' });
      delta({ metric: 'http.client.request.duration', attributes: attributesOfCall })(sink);
    });
    expect(folded.cells.calls.filter(({ calleeService }) => calleeService !== null)).toEqual([
      { service: 'gateway', endpoint: null, peer: '10.0.0.7', calleeService: 'ledger' },
      { service: 'gateway', endpoint: null, peer: '10.0.0.8', calleeService: 'stock' },
    ]);
  });

  it('without their parents are counted and reported', () => {
    const folded = fold((sink) => sink.span(clientSpan({ spanId: 'c1', parentSpanId: 'elsewhere' })));
    expect(only(folded).key.endpoint).toBeNull();
    expect(codes(folded)).toEqual(['orphan-spans']);
  });
});

describe('spans beside metrics', () => {
  it('are kept apart from them and compared in number', () => {
    const folded = fold((sink) => {
      const stream = sink.openStream(identity({ temporality: 'delta' }));
      sink.histogramPoint(stream, at(0), at(1), 10, 1, [1], [10, 0]);
      sink.span(span());
    });
    expect(folded.cells.series.map(({ key }) => key.source)).toEqual(['metrics', 'spans']);
    expect(codes(folded)).toEqual(['sampled-spans']);
    expect(folded.quality[0]?.message).toContain('10 % of 10 requests');
  });

  it('make retries visible for the caller', () => {
    const folded = fold((sink) => {
      const stream = sink.openStream(
        identity({
          metric: 'http.client.request.duration',
          temporality: 'delta',
          attributes: attributes({ 'server.address': 'payments' }),
        }),
      );
      sink.histogramPoint(stream, at(0), at(1), 1, 1, [1], [1, 0]);
      sink.span(clientSpan({ spanId: 'c1', parentSpanId: '', resource: new Map(GATEWAY) }));
    });
    expect(codes(folded)).toEqual([]);
  });
});
