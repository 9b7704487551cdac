import { describe, expect, it } from 'vitest';
import type { StreamIdentity, TelemetrySink } from '../../../src/domain/telemetry.ts';
import type { NamedIndicator } from '../../../src/domain/upgrade.ts';
import { assemblePrometheus } from '../../../src/ingest/prometheus/assemble-prometheus.ts';
import { attributes, identity, T0 } from '../folding/telemetry-fixture.ts';
import { RecordingSink } from '../formats/recording-sink.ts';
import { feedSamples, folded, type Sample, SCRAPE_MS, samplesOf, series, type Traffic, total } from './traffic.ts';

function indicator(over: Partial<NamedIndicator>): NamedIndicator {
  return {
    name: 'named',
    metric: 'm',
    kind: 'gauge',
    better: 'lower',
    unit: '',
    denominator: null,
    quantiles: [],
    ...over,
  };
}

/** What the sink behind the assembly hears of two samples of a series: names and units of its streams. */
function heardOf(metric: string, indicators: readonly NamedIndicator[] = [], labels: Record<string, string> = {}) {
  const sink = new RecordingSink();
  const assembly = assemblePrometheus(sink, { indicators });
  const one = series(metric, 'i', labels);
  feedSamples(
    assembly,
    [1, 2].map((n) => ({ identity: one, startMs: Number.NaN, timeMs: T0 + n * SCRAPE_MS, value: n })),
  );
  assembly.finish();
  return [...new Set(sink.openings)].map((text) => {
    const [, , name, unit, kind, temporality] = JSON.parse(text) as string[];
    return { name, unit, kind, temporality };
  });
}

const histogramOf = (name: string, unit: string) => ({ name, unit, kind: 'histogram', temporality: 'cumulative' });

describe('a metric of the conventions', () => {
  it.each([
    ['http_server_request_duration_seconds_count', 'http.server.request.duration', 's'],
    ['http.server.request.duration_seconds_count', 'http.server.request.duration', 's'],
    ['http.server.request.duration_count', 'http.server.request.duration', 's'],
    ['http_server_request_duration_count', 'http.server.request.duration', 's'],
    ['http_client_request_duration_seconds_count', 'http.client.request.duration', 's'],
    ['http_server_duration_milliseconds_count', 'http.server.duration', 'ms'],
    ['http_server_duration_seconds_count', 'http.server.duration', 's'],
    ['rpc_client_duration_milliseconds_count', 'rpc.client.duration', 'ms'],
    ['grpc_client_attempt_duration_seconds_count', 'grpc.client.attempt.duration', 's'],
    ['db_client_operation_duration_seconds_count', 'db.client.operation.duration', 's'],
    ['gen_ai_client_operation_duration_seconds_count', 'gen_ai.client.operation.duration', 's'],
  ])('is found as %s', (metric, name, unit) => {
    expect(heardOf(metric)).toEqual([histogramOf(name, unit)]);
  });

  it.each(['http_requests_total', 'process_cpu_seconds_total', 'up', 'some_seconds_bucket'])(
    'is not found in %s, which is handed on for the sink to judge',
    (metric) => {
      expect(heardOf(metric).map(({ name }) => name)).toEqual([metric]);
    },
  );
});

describe('an indicator', () => {
  it.each([
    ['petshop.latency.p99', 'petshop_latency_p99'],
    ['petshop.latency.p99', 'petshop_latency_p99_seconds'],
    ['petshop.latency.p99', 'petshop.latency.p99'],
    ['petshop.availability', 'petshop_availability_ratio'],
    ['rpc.client.retries', 'rpc_client_retries_total'],
    ['rpc_client_retries', 'rpc_client_retries_total'],
    ['io.bytes.sent', 'io_bytes_sent_bytes_total'],
  ])('that names %s finds %s', (name, metric) => {
    expect(heardOf(metric, [indicator({ metric: name })]).map((one) => one.name)).toEqual([name]);
  });

  it('that names a series as Prometheus spells it finds that series alone', () => {
    const named = [indicator({ metric: 'http_server_request_duration_seconds_count' })];
    const heard = heardOf('http_server_request_duration_seconds_count', named);
    expect(heard).toEqual([
      { name: 'http_server_request_duration_seconds_count', unit: '', kind: 'sum', temporality: 'cumulative' },
      histogramOf('http.server.request.duration', 's'),
    ]);
    expect(heardOf('rpc_client_retries', [indicator({ metric: 'rpc.client.retries_total' })])).toHaveLength(1);
  });

  it('over a histogram finds the series of the histogram', () => {
    const named = [indicator({ metric: 'checkout.duration', kind: 'histogram' })];
    expect(heardOf('checkout_duration_seconds_count', named)).toEqual([histogramOf('checkout.duration', 's')]);
  });

  it('over counters counts what they added', () => {
    const ratio = indicator({ name: 'retry', kind: 'ratio', metric: 'rpc.retries', denominator: 'rpc.calls' });
    const samples = [0, 1, 2, 3, 4].flatMap((n): Sample[] => {
      const place = { startMs: Number.NaN, timeMs: T0 + n * SCRAPE_MS };
      return [
        { ...place, identity: series('rpc_retries_total', 'i', { http_route: '/a' }), value: n },
        { ...place, identity: series('rpc_calls_total', 'i', { http_route: '/a' }), value: 10 * n },
      ];
    });
    const { cells } = folded((sink) => feedSamples(sink, samples), { indicators: [ratio] });
    expect(cells.series).toHaveLength(1);
    expect(cells.series[0]).toMatchObject({ measure: 'retry', key: { service: 'gateway', endpoint: '/a' } });
    expect(total([...cells.series[0]!.count])).toBe(40);
  });
});

describe('labels', () => {
  it('become the attributes of the conventions, and those that exposure rules name', () => {
    const sink = new RecordingSink();
    const assembly = assemblePrometheus(sink, { attributes: ['config.pool.size', 'feature_flag.backoff.v2'] });
    const labels = {
      http_request_method: 'GET',
      http_route: '/a',
      http_response_status_code: '200',
      server_address: 'db',
      error_type: '500',
      config_pool_size: '8',
      feature_flag_backoff_v2: 'on',
      feature_flag_new_cart: 'off',
      service_version: '4.2.0',
      k8s_replicaset_name: 'gateway-5d',
      own_label: 'x',
    };
    feedSamples(assembly, [
      { identity: series('http_server_request_duration_seconds_count', 'i', labels), startMs: 1, timeMs: T0, value: 1 },
    ]);
    assembly.finish();
    const [resource, , , , , , , named] = JSON.parse(sink.openings[0]!) as [string, string][][];
    expect(resource).toEqual([
      ['k8s.replicaset.name', 'gateway-5d'],
      ['service.instance.id', 'i'],
      ['service.name', 'gateway'],
      ['service.version', '4.2.0'],
    ]);
    expect(Object.fromEntries(named!)).toEqual({
      'http.request.method': 'GET',
      'http.route': '/a',
      'http.response.status_code': '200',
      'server.address': 'db',
      'error.type': '500',
      'config.pool.size': '8',
      'feature_flag.backoff.v2': 'on',
      'feature_flag.new_cart': 'off',
      own_label: 'x',
    });
  });
});

describe('a target', () => {
  const traffic = (version: string, first: number, scrapes: number, from = 0): Traffic => ({
    instance: 'i',
    version,
    route: '/orders',
    status: '200',
    scrapes: Array.from({ length: scrapes }, (_, n) => ({
      startMs: Number.NaN,
      timeMs: T0 + (first + n) * SCRAPE_MS,
      sum: from + n,
      buckets: [from + n, 0, 0, 0, 0, 0],
    })),
  });
  const countsByVersion = (samples: readonly Sample[]) => {
    const { cells } = folded((sink) => feedSamples(sink, samples));
    return Object.fromEntries(cells.series.map(({ key, count }) => [key.version, total([...count])]));
  };
  const infoOf = (version: string, first: number, scrapes: number) =>
    samplesOf([traffic(version, first, scrapes)]).filter(({ identity: { metric } }) => metric === 'target_info');

  it('has the version that target_info gained last, also while the old one is still reported', () => {
    const counts = samplesOf([traffic('ignored', 0, 40)]).filter(
      ({ identity: { metric } }) => metric !== 'target_info',
    );
    const infos = [...infoOf('1', 0, 30), ...infoOf('2', 20, 20)];
    expect(countsByVersion([...counts, ...infos])).toEqual({ 1: 19, 2: 20 });
    expect(countsByVersion([...infos.reverse(), ...counts.reverse()])).toEqual({ 1: 19, 2: 20 });
  });

  it('has its old version again once the new one was rolled back', () => {
    const counts = samplesOf([traffic('ignored', 0, 100)]).filter(
      ({ identity: { metric } }) => metric !== 'target_info',
    );
    const infos = [...infoOf('1', 0, 20), ...infoOf('2', 20, 40), ...infoOf('1', 60, 40)];
    expect(countsByVersion([...counts, ...infos])).toEqual({ 1: 19 + 40, 2: 40 });
  });

  it('counts what it served since it began again, where its counters did', () => {
    const samples = [...samplesOf([traffic('1', 0, 20, 1000)]), ...samplesOf([traffic('2', 20, 20, 3)])];
    expect(countsByVersion(samples)).toEqual({ 1: 19, 2: 3 + 19 });
  });

  it('keeps one version by another instance of the same name apart', () => {
    const other = samplesOf([traffic('9', 0, 20)]).map((sample) => ({
      ...sample,
      identity: {
        ...sample.identity,
        resource: attributes({ 'service.name': 'gateway', 'service.instance.id': 'other' }),
      },
    }));
    expect(countsByVersion([...samplesOf([traffic('1', 0, 20)]), ...other])).toEqual({ 1: 19, 9: 19 });
  });

  it('has no version where nothing says one', () => {
    const counts = samplesOf([traffic('x', 0, 5)]).filter(({ identity: { metric } }) => metric !== 'target_info');
    expect(countsByVersion(counts)).toEqual({ null: 4 });
  });
});

describe('a native histogram', () => {
  const native: StreamIdentity = {
    ...series('http_server_request_duration_seconds', 'i', { http_route: '/orders', http_request_method: 'GET' }),
    kind: 'exponential-histogram',
    temporality: 'cumulative',
  };
  const feedNative = (sink: TelemetrySink, first: number, scrapes: number) => {
    const stream = sink.openStream(native);
    for (let n = first; n < first + scrapes; n++) {
      sink.exponentialPoint(stream, Number.NaN, T0 + n * SCRAPE_MS, 3 * n, n, 3, 1e-128, n, -4, [n, n]);
    }
  };
  const classic = samplesOf([
    {
      instance: 'i',
      version: '1',
      route: '/orders',
      status: '200',
      scrapes: Array.from({ length: 40 }, (_, n) => ({
        startMs: Number.NaN,
        timeMs: T0 + n * SCRAPE_MS,
        sum: n,
        buckets: [n, n, n, 0, 0, 0],
      })),
    },
  ]).map((sample): Sample => {
    const rest = new Map([...sample.identity.attributes].filter(([name]) => name !== 'http_response_status_code'));
    return { ...sample, identity: { ...sample.identity, attributes: rest } };
  });

  it('gives the cells that an exponential histogram of OpenTelemetry gives', () => {
    const prometheus = folded((sink) => feedNative(sink, 0, 20));
    const otlp = folded((sink) => {
      const stream = sink.openStream(
        identity({
          resource: attributes({ 'service.name': 'gateway', 'service.instance.id': 'i' }),
          kind: 'exponential-histogram',
          attributes: attributes({ 'http.route': '/orders', 'http.request.method': 'GET' }),
        }),
      );
      for (let n = 0; n < 20; n++) {
        sink.exponentialPoint(stream, Number.NaN, T0 + n * SCRAPE_MS, 3 * n, n, 3, 1e-128, n, -4, [n, n]);
      }
    });
    expect(prometheus.cells).toEqual(otlp.cells);
  });

  it('stands for the classic one of the same observations while it is there', () => {
    const { cells } = folded((sink) => {
      feedNative(sink, 20, 20);
      feedSamples(sink, classic);
    });
    expect(total(cells.series.flatMap(({ count }) => [...count]))).toBe(3 * 19 + 3 * 19);
  });
});

describe('what is not in the spelling of Prometheus', () => {
  it('is handed on at once and unchanged', () => {
    const sink = new RecordingSink();
    const direct = new RecordingSink();
    const assembly = assemblePrometheus(sink);
    for (const target of [assembly, direct]) {
      const stream = target.openStream(identity());
      target.histogramPoint(stream, T0, T0 + 1, 1, 1, [1], [1, 0]);
      target.numberPoint(target.openStream(identity({ kind: 'sum', metric: 'x_total' })), T0, T0 + 1, 1);
      target.reject('bad-point', 'here', 'why');
    }
    expect(sink.calls).toEqual(direct.calls);
    expect(sink.rejections).toEqual(direct.rejections);
    assembly.finish();
    expect(sink.calls).toEqual(direct.calls);
  });
});
