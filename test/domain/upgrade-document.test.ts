import { describe, expect, it } from 'vitest';
import { decodeUpgrade } from '../../src/domain/upgrade-document.ts';

const at = (text: string): number => Date.parse(text);
const head = 'apiVersion: postflight/v1\nkind: Upgrade\nmetadata:\n  name: dten\nspec:\n';
const window = '  window: { start: 2026-11-20T02:00:00Z, end: 2026-11-20T03:00:00Z }\n';
const decodeSpec = (spec: string) => decodeUpgrade(head + window + spec, 'upgrade.yaml');

const contract = `apiVersion: postflight/v1
kind: Upgrade
metadata:
  name: dten-4.2.0
spec:
  window: { start: 2026-11-20T02:00:00Z, end: 2026-11-20T03:00:00Z }     # shown, never compared
  baseline: { start: 2026-11-19T02:00:00Z, end: 2026-11-20T02:00:00Z }
  post: { start: 2026-11-20T03:00:00Z, end: 2026-11-20T09:00:00Z }
  changes:
    - { id: gateway-4.2.0, kind: binary, service: gateway, from: "4.1.9", to: "4.2.0", at: 2026-11-20T02:10:00Z }
    - { id: backoff.v2, kind: flag, service: gateway, flag: backoff.v2, from: "off", to: "on", at: 2026-11-20T02:40:00Z }
    - { id: dten.hybrid.enable, kind: config, service: gateway, key: dten.hybrid.enable, from: "false", to: "true" }
    - { id: payments-api, kind: dependency, peer: payments.example.com }
  telemetry:
    - { otlp: "telemetry/*.jsonl.gz" }
    - { prometheus: "http://127.0.0.1:9090" }
    - { openmetrics: "before.txt" }
  indicators:
    - { name: latency.p99, metric: petshop.latency.p99, kind: gauge, better: lower, unit: s }
    - { name: availability, metric: petshop.availability, kind: gauge, better: higher }
    - { name: retry_ratio, kind: ratio, better: lower, metric: rpc.client.retries, denominator: rpc.client.calls }
    - { name: checkout_time, kind: histogram, better: lower, metric: checkout.duration, quantiles: [0.5, 0.99] }
  dependencies: [[gateway, orders]]
  slos: [slo.yaml]
  resolution: 60s
  margins: { latency: 5%, error_ratio: 10%, retry_ratio: 10% }
`;

describe('an upgrade document', () => {
  it('decodes the example of the contract', () => {
    const nothing = { service: null, peer: null, subject: null, from: null, to: null, atMs: null, exposure: null };
    const gauge = { kind: 'gauge', unit: '', denominator: null, quantiles: [] };
    expect(decodeUpgrade(contract, 'upgrade.yaml')).toEqual({
      name: 'dten-4.2.0',
      window: { startMs: at('2026-11-20T02:00:00Z'), endMs: at('2026-11-20T03:00:00Z') },
      baseline: [{ startMs: at('2026-11-19T02:00:00Z'), endMs: at('2026-11-20T02:00:00Z') }],
      post: { startMs: at('2026-11-20T03:00:00Z'), endMs: at('2026-11-20T09:00:00Z') },
      changes: [
        {
          ...nothing,
          id: 'gateway-4.2.0',
          kind: 'binary',
          service: 'gateway',
          from: '4.1.9',
          to: '4.2.0',
          atMs: at('2026-11-20T02:10:00Z'),
        },
        {
          ...nothing,
          id: 'backoff.v2',
          kind: 'flag',
          service: 'gateway',
          subject: 'backoff.v2',
          from: 'off',
          to: 'on',
          atMs: at('2026-11-20T02:40:00Z'),
        },
        {
          ...nothing,
          id: 'dten.hybrid.enable',
          kind: 'config',
          service: 'gateway',
          subject: 'dten.hybrid.enable',
          from: 'false',
          to: 'true',
        },
        { ...nothing, id: 'payments-api', kind: 'dependency', peer: 'payments.example.com' },
      ],
      telemetry: [
        { kind: 'otlp', pattern: 'telemetry/*.jsonl.gz' },
        { kind: 'prometheus', url: 'http://127.0.0.1:9090' },
        { kind: 'openmetrics', pattern: 'before.txt' },
      ],
      indicators: [
        { ...gauge, name: 'latency.p99', metric: 'petshop.latency.p99', better: 'lower', unit: 's' },
        { ...gauge, name: 'availability', metric: 'petshop.availability', better: 'higher' },
        {
          name: 'retry_ratio',
          metric: 'rpc.client.retries',
          kind: 'ratio',
          better: 'lower',
          unit: '1',
          denominator: 'rpc.client.calls',
          quantiles: [],
        },
        {
          name: 'checkout_time',
          metric: 'checkout.duration',
          kind: 'histogram',
          better: 'lower',
          unit: '',
          denominator: null,
          quantiles: [0.5, 0.99],
        },
      ],
      dependencies: [['gateway', 'orders']],
      sloFiles: ['slo.yaml'],
      resolutionMs: 60_000,
      margins: { latency: 0.05, errorRatio: 0.1, retryRatio: 0.1 },
      strata: [],
      method: null,
    });
  });

  it('fills in the defaults of what is left out or left empty', () => {
    const expected = {
      name: 'dten',
      baseline: [],
      post: null,
      changes: [],
      telemetry: [],
      indicators: [],
      dependencies: [],
      sloFiles: [],
      resolutionMs: 60_000,
      margins: { latency: 0.05, errorRatio: 0.1, retryRatio: 0.1 },
      strata: [],
      method: null,
    };
    expect(decodeSpec('')).toMatchObject(expected);
    const keys = ['baseline', 'post', 'changes', 'telemetry', 'indicators', 'dependencies', 'slos', 'resolution'];
    expect(decodeSpec([...keys, 'margins', 'strata'].map((key) => `  ${key}:\n`).join(''))).toMatchObject(expected);
  });

  it('keeps the attributes that tell kinds of traffic apart, in its own order', () => {
    expect(decodeSpec('  strata: [client.type, cloud.region]\n').strata).toEqual(['client.type', 'cloud.region']);
  });

  it('is the same as JSON, escapes included', () => {
    const json = JSON.stringify(
      {
        apiVersion: 'postflight/v1',
        kind: 'Upgrade',
        metadata: { name: 'a "quoted" \u00e9 / \ud83d\ude00 name' },
        spec: {
          post: { start: '2026-11-20T03:00:00Z', end: '2026-11-20T09:00:00Z' },
          indicators: [{ name: 'x', metric: 'y', kind: 'histogram', better: 'either', quantiles: [0.25] }],
          margins: { latency: 0.07 },
        },
      },
      null,
      '\t',
    );
    const upgrade = decodeUpgrade(json.replace('\ud83d\ude00', '\\ud83d\\ude00').replace(' / ', ' \\/ '), 'body');
    expect(upgrade.name).toBe('a "quoted" \u00e9 / \ud83d\ude00 name');
    expect(upgrade.indicators[0]?.quantiles).toEqual([0.25]);
    expect(upgrade.margins).toEqual({ latency: 0.07, errorRatio: 0.1, retryRatio: 0.1 });
  });

  it.each([
    ['off', 'off'],
    ['false', 'false'],
    ['True', 'True'],
    ['4.10', '4.10'],
    ['010', '010'],
    ['0x1F', '0x1F'],
    ['1e3', '1e3'],
    ['.nan', '.nan'],
    ['2026-11-20', '2026-11-20'],
    ['"4.10"', '4.10'],
    ['!!str 4.10', '4.10'],
    ['""', ''],
  ])('takes an unquoted value %s as it is written', (written, expected) => {
    const upgrade = decodeSpec(
      `  changes:\n    - { id: 7, kind: binary, service: no, from: ${written}, to: ${written} }\n`,
    );
    expect(upgrade.changes[0]).toMatchObject({ id: '7', service: 'no', from: expected, to: expected });
  });

  it('reads a null value of a change as not stated', () => {
    const upgrade = decodeSpec('  changes:\n    - { id: a, kind: flag, flag: f, from: null, to: ~, at: }\n');
    expect(upgrade.changes[0]).toMatchObject({ from: null, to: null, atMs: null });
  });

  it('accepts several baseline windows, in the order written', () => {
    const windows = `  baseline:
    - { start: 2026-11-18T00:00:00Z, end: 2026-11-18T06:00:00Z }
    - { start: 2026-11-17T00:00:00+02:00, end: 2026-11-17T06:00:00+02:00 }
`;
    expect(decodeSpec(windows).baseline).toEqual([
      { startMs: at('2026-11-18T00:00:00Z'), endMs: at('2026-11-18T06:00:00Z') },
      { startMs: at('2026-11-16T22:00:00Z'), endMs: at('2026-11-17T04:00:00Z') },
    ]);
  });

  it('keeps window and post open where only a change says when', () => {
    const spec = '  changes:\n    - { id: a, kind: traffic, at: 2026-11-20T02:10:00Z }\n';
    expect(decodeUpgrade(head + spec, 'upgrade.yaml')).toMatchObject({ window: null, baseline: [], post: null });
  });

  it('lets a baseline touch the post window and lie after it', () => {
    const touching = `  baseline: { start: 2026-11-20T01:00:00Z, end: 2026-11-20T02:00:00Z }
  post: { start: 2026-11-20T02:00:00Z, end: 2026-11-20T03:00:00Z }
`;
    expect(decodeUpgrade(head + touching, 'upgrade.yaml').post).not.toBeNull();
    const reversed = touching.replace('baseline', 'swap').replace('post', 'baseline').replace('swap', 'post');
    expect(decodeUpgrade(head + reversed, 'upgrade.yaml').post).not.toBeNull();
  });

  it('accepts every kind of change with what it needs and no more', () => {
    const upgrade = decodeSpec(`  changes:
    - { id: a, kind: binary, service: gateway, to: "4.2.0" }
    - { id: b, kind: flag, flag: backoff }
    - { id: c, kind: config, key: pool.size }
    - { id: d, kind: dependency, peer: payments }
    - { id: e, kind: schedule }
    - { id: f, kind: traffic }
`);
    expect(upgrade.changes.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['binary', null],
      ['flag', 'backoff'],
      ['config', 'pool.size'],
      ['dependency', null],
      ['schedule', null],
      ['traffic', null],
    ]);
  });

  it('reads the share of traffic that was meant to meet a change, alone or beside a rule', () => {
    const flag = 'id: a, kind: flag, flag: x';
    const decoded = decodeSpec(
      `  changes:\n    - { ${flag}, exposure: { share: 10% } }\n    - { id: b, kind: traffic, exposure: { attribute: ring, value: b, share: 0.05 } }\n`,
    ).changes;
    expect(decoded[0]).toMatchObject({ exposure: null, intendedShare: 0.1 });
    expect(decoded[1]).toMatchObject({ exposure: { attribute: 'ring', value: 'b' }, intendedShare: 0.05 });
  });

  it('lets an exposure rule stand in for the version of a binary', () => {
    const rule = '{ attribute: service.version, value: 4.2 }';
    const upgrade = decodeSpec(`  changes:\n    - { id: a, kind: binary, service: gateway, exposure: ${rule} }\n`);
    expect(upgrade.changes[0]).toMatchObject({ to: null, exposure: { attribute: 'service.version', value: '4.2' } });
  });

  it('takes the valid kinds of change from its argument', () => {
    const spec = '  changes:\n    - { id: a, kind: moon, service: tide, at: 2026-11-20T02:10:00Z }\n';
    const upgrade = decodeUpgrade(head + spec, 'upgrade.yaml', { moon: { needs: ['service'], subject: null } });
    expect(upgrade.changes[0]?.kind).toBe('moon');
  });

  it('gives a histogram indicator its default quantiles', () => {
    const upgrade = decodeSpec('  indicators: [{ name: x, metric: y, kind: histogram, better: lower }]\n');
    expect(upgrade.indicators[0]?.quantiles).toEqual([0.5, 0.9, 0.99]);
  });

  it.each([
    ['5%', 0.05],
    ['7 %', 0.07],
    ['150%', 1.5],
    ['0.1%', 0.001],
    ['0.05', 0.05],
    ['0', 0],
    ['.5', 0.5],
  ])('reads a margin of %s', (written, expected) => {
    expect(decodeSpec(`  margins: { latency: ${written} }\n`).margins.latency).toBe(expected);
  });

  it.each([
    ['1s', 1000],
    ['5m', 300_000],
    ['1h', 3_600_000],
  ])('reads a resolution of %s', (written, expected) => {
    expect(decodeSpec(`  resolution: ${written}\n`).resolutionMs).toBe(expected);
  });

  it('follows aliases', () => {
    const spec = `  baseline: &day { start: 2026-11-18T00:00:00Z, end: 2026-11-18T06:00:00Z }
  changes:
    - { id: &id a, kind: dependency, peer: *id }
`;
    expect(decodeSpec(spec)).toMatchObject({ changes: [{ id: 'a', peer: 'a' }] });
  });

  it('may be wrapped in document markers, a byte order mark and carriage returns', () => {
    const text = `\ufeff---\n${head}${window}...\n---\n`.replaceAll('\n', '\r\n');
    expect(decodeUpgrade(text, 'upgrade.yaml').name).toBe('dten');
  });
});
