import { describe, expect, it } from 'vitest';
import {
  at,
  attributes,
  bucketsOfRow,
  codes,
  countsByMinute,
  delta,
  fold,
  GATEWAY,
  identity,
  only,
  withStatus,
} from './telemetry-fixture.ts';

describe('conventions', () => {
  it('give a server without a route an endpoint of its method', () => {
    const series = only(fold(delta({ attributes: attributes({ 'http.request.method': 'GET' }) })));
    expect(series.key.endpoint).toBe('GET (unmatched)');
    expect(series.errors).toBeNull();
  });

  it('do not take server.address for a peer on the server side', () => {
    const series = only(fold(delta({ attributes: withStatus('200', { 'server.address': 'gateway.internal' }) })));
    expect(series.key.peer).toBeNull();
  });

  it('count client measurements as attempts and say that retries cannot be seen', () => {
    const folded = fold(
      delta({
        metric: 'http.client.request.duration',
        attributes: attributes({
          'http.request.method': 'POST',
          'server.address': 'payments.example.com',
          'http.response.status_code': '404',
        }),
      }),
    );
    const series = only(folded);
    expect(series.key).toMatchObject({ endpoint: null, peer: 'payments.example.com' });
    expect([...(series.attempts ?? [])]).toEqual([6]);
    expect([...(series.errors ?? [])]).toEqual([6]);
    expect(series.retries).toBeNull();
    expect(folded.cells.calls).toEqual([
      { service: 'gateway', endpoint: null, peer: 'payments.example.com', calleeService: null },
    ]);
    expect(codes(folded)).toEqual(['retries-unavailable']);
  });

  it('lay the time that gRPC calls waited to be repeated beside them, and drop it where the calls are not told', () => {
    const call = attributes({ 'grpc.method': 'pay.Pay/Charge', 'grpc.target': 'dns:///pay:443', 'grpc.status': 'OK' });
    const waited = attributes({ 'grpc.method': 'pay.Pay/Charge', 'grpc.target': 'dns:///pay:443' });
    const delays = delta({ metric: 'grpc.client.call.retry_delay', attributes: waited }, [0, 1], [0, 2, 0]);
    const series = only(
      fold((sink) => {
        delta({ metric: 'grpc.client.call.duration', attributes: call }, [0, 1], [3, 1, 0])(sink);
        delta({ metric: 'grpc.client.attempt.duration', attributes: call }, [0, 1], [5, 1, 0])(sink);
        delays(sink);
      }),
    );
    expect([...series.count]).toEqual([4, 4]);
    expect([...(series.retries ?? [])]).toEqual([2, 2]);
    expect([...(series.delays ?? [])]).toEqual([2, 2]);
    expect(fold(delays).cells.series).toEqual([]);
  });

  it('join calls and attempts of native gRPC metrics into retries', () => {
    const call = attributes({ 'grpc.method': 'pay.Pay/Charge', 'grpc.target': 'dns:///pay:443', 'grpc.status': 'OK' });
    const folded = fold((sink) => {
      delta({ metric: 'grpc.client.call.duration', attributes: call }, [0], [3, 1, 0])(sink);
      delta({ metric: 'grpc.client.attempt.duration', attributes: call }, [0], [5, 1, 0])(sink);
    });
    const series = only(folded);
    expect(series.key).toMatchObject({ endpoint: 'pay.Pay/Charge', peer: 'pay' });
    expect([...series.count]).toEqual([4]);
    expect([...(series.attempts ?? [])]).toEqual([6]);
    expect([...(series.retries ?? [])]).toEqual([2]);
    expect(bucketsOfRow(series, 0)).toEqual([3, 1, 0]);
    expect(codes(folded)).toEqual([]);
  });

  it.each([
    ['rpc.response.status_code', 'NOT_FOUND', 0, 6],
    ['rpc.response.status_code', 'unauthenticated', 0, 6],
    ['rpc.grpc.status_code', '5', 0, 6],
    ['rpc.response.status_code', 'UNAVAILABLE', 6, 6],
    ['rpc.grpc.status_code', '13', 6, 6],
    ['rpc.response.status_code', 'OK', 0, 0],
  ])('count %s = %s as %i errors where it is served and %i where it is called', (name, status, served, called) => {
    const errorsOf = (metric: string): number => {
      const call = attributes({ 'rpc.method': 'pay.Pay/Charge', 'server.address': 'pay', [name]: status });
      const { errors } = only(fold(delta({ metric, attributes: call }, [0])));
      return errors?.[0] ?? 0;
    };
    expect([errorsOf('rpc.server.call.duration'), errorsOf('rpc.client.call.duration')]).toEqual([served, called]);
  });

  it('read the old names in milliseconds', () => {
    const folded = fold((sink) => {
      const stream = sink.openStream(
        identity({
          metric: 'rpc.server.duration',
          unit: '',
          temporality: 'delta',
          attributes: attributes({ 'rpc.service': 'pay.Pay', 'rpc.method': 'Charge', 'rpc.grpc.status_code': '14' }),
        }),
      );
      sink.histogramPoint(stream, at(0), at(1), 3, 600, [5, 250], [1, 1, 1]);
    });
    const series = only(folded);
    expect(series.key.endpoint).toBe('pay.Pay/Charge');
    expect([...(series.sum ?? [])]).toEqual([0.6]);
    expect([...(series.errors ?? [])]).toEqual([3]);
    expect(series.histogram?.layouts).toEqual([{ kind: 'explicit', bounds: Float64Array.of(0.005, 0.25) }]);
    expect(codes(folded)).toEqual([]);
  });

  it('leave the old name out where one process reports both at once', () => {
    const old = { metric: 'http.server.duration', unit: 'ms' };
    const both = fold((sink) => {
      delta()(sink);
      delta(old)(sink);
    });
    expect(countsByMinute(only(both))).toEqual([[0, 6]]);
    expect(codes(both)).toEqual(['mixed-conventions']);
    const changedInUpgrade = fold((sink) => {
      delta(old, [0])(sink);
      delta({}, [10])(sink);
    });
    expect(countsByMinute(only(changedInUpgrade))).toEqual([
      [0, 6],
      [10, 6],
    ]);
  });

  it('keep what the old name alone tells where a process takes the new one up beside it', () => {
    const old = { metric: 'http.server.duration', unit: 'ms' };
    const folded = fold((sink) => {
      delta(old, [0, 1, 2, 3, 4, 5, 6])(sink);
      delta({}, [4, 5])(sink);
    });
    expect(countsByMinute(only(folded))).toEqual([
      [0, 6],
      [1, 6],
      [2, 6],
      [3, 6],
      [4, 6],
      [5, 6],
      [6, 6],
    ]);
    expect(codes(folded)).toEqual(['mixed-conventions']);
  });

  it('leave synthetic traffic out', () => {
    const folded = fold((sink) => {
      delta()(sink);
      delta({ attributes: withStatus('200', { 'user_agent.synthetic.type': 'bot' }) })(sink);
    });
    expect(countsByMinute(only(folded))).toEqual([[0, 6]]);
    expect(codes(folded)).toEqual(['synthetic-traffic']);
  });

  it('leave metrics out that nobody named', () => {
    const folded = fold(delta({ metric: 'jvm.gc.duration' }));
    expect(folded.cells.series).toEqual([]);
    expect(folded.points).toBe(1);
  });

  it('report missing instances and keep what ran into the cardinality limit apart', () => {
    const folded = fold(
      delta({
        resource: attributes({ 'service.name': 'gateway' }),
        attributes: attributes({ 'otel.metric.overflow': 'true' }),
      }),
    );
    expect(only(folded).key.endpoint).toBe('(overflow)');
    expect(codes(folded)).toEqual(['missing-instance']);
  });
});

describe('exposure', () => {
  it('keeps flags, config keys and named attributes of point and resource, the point winning', () => {
    const folded = fold(
      delta({
        resource: new Map([...GATEWAY, ['config.pool', '8'], ['ring', 'canary']]),
        attributes: withStatus('200', { 'feature_flag.backoff.v2': 'on', 'config.pool': '16', 'user.id': '7' }),
      }),
      { exposureAttributes: new Set(['ring', 'service.version']) },
    );
    expect([...only(folded).key.attributes]).toEqual([
      ['config.pool', '16'],
      ['feature_flag.backoff.v2', 'on'],
      ['ring', 'canary'],
      ['service.version', '4.1.9'],
    ]);
  });

  it('reads the flag an evaluation names, not the attributes that describe the evaluation', () => {
    const folded = fold(
      delta({
        attributes: withStatus('200', {
          'feature_flag.key': '__proto__',
          'feature_flag.result.variant': 'on',
          'feature_flag.context.id': 'user-17',
        }),
      }),
    );
    expect([...only(folded).key.attributes]).toEqual([['feature_flag.__proto__', 'on']]);
  });
});

describe('units', () => {
  it('warn of milliseconds in default bounds named seconds', () => {
    const bounds = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];
    const folded = fold((sink) => {
      const stream = sink.openStream(identity({ temporality: 'delta' }));
      sink.histogramPoint(stream, at(0), at(1), 100, 20, bounds, [0, 100, ...new Array(14).fill(0)]);
    });
    expect(codes(folded)).toEqual(['unit-mismatch']);
  });

  it('warn of a mean above a thousand seconds and change nothing', () => {
    const folded = fold((sink) => {
      const stream = sink.openStream(identity({ temporality: 'delta' }));
      sink.histogramPoint(stream, at(0), at(1), 10, 20_000, [100, 1000], [0, 0, 10]);
    });
    expect([...(only(folded).sum ?? [])]).toEqual([20_000]);
    expect(codes(folded)).toEqual(['unit-mismatch']);
  });

  it.each([
    ['http.server.request.duration', 51, 200, ['unit-mismatch']],
    ['rpc.server.call.duration', 51, 200, ['unit-mismatch']],
    ['db.client.operation.duration', 51, 200, ['unit-mismatch']],
    ['http.server.request.duration', 19, 200, []],
    ['http.server.request.duration', 51, 100, []],
    ['gen_ai.server.request.duration', 51, 200, []],
    ['messaging.process.duration', 51, 200, []],
    ['gen_ai.server.request.duration', 1001, 200, ['unit-mismatch']],
  ])('of %s with a mean of %d s over %d requests raise %j', (metric, mean, count, expected) => {
    const folded = fold((sink) => {
      const over = { kind: 'exponential-histogram', temporality: 'delta', metric } as const;
      const stream = sink.openStream(identity(over));
      sink.exponentialPoint(stream, at(0), at(1), count, mean * count, 0, 0, 0, 5, [count]);
    });
    const found = folded.quality.filter(({ code }) => code === 'unit-mismatch');
    expect(found.map(({ code }) => code)).toEqual(expected);
    for (const { message } of found) expect(message).toContain('may be milliseconds');
  });

  it('assume seconds where the unit is not known, and say so', () => {
    const folded = fold(delta({ unit: 'fortnights' }));
    expect([...(only(folded).sum ?? [])]).toEqual([6]);
    expect(codes(folded)).toEqual(['unknown-unit']);
  });
});
