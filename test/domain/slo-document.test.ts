import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeSlos } from '../../src/domain/slo-document.ts';

const DAY_MS = 86_400_000;
const examples = new URL('../fixtures/openslo/', import.meta.url);

const source = (spec: string) => `{ metricSource: { type: postflight, spec: ${spec} } }`;
const latency = (spec = '{ service: gateway, endpoint: POST /orders, indicator: latency }') =>
  `thresholdMetric: ${source(spec)}`;
const ratio = (side: string, sideIndicator: string, traffic = 'service: gateway, endpoint: POST /orders') =>
  `ratioMetric: { ${side}: ${source(`{ ${traffic}, indicator: ${sideIndicator} }`)}, total: ${source(`{ ${traffic}, indicator: requests }`)} }`;
const slo = (indicator: string, objectives = '- { op: lte, value: 0.25, target: 0.999 }', window = '28d') =>
  `apiVersion: openslo/v1
kind: SLO
metadata: { name: orders }
spec:
  service: shop
  indicator: { metadata: { name: i }, spec: { ${indicator} } }
  timeWindow: [{ duration: ${window}, isRolling: true }]
  budgetingMethod: Occurrences
  objectives:
    ${objectives}
`;
const decode = (text: string) => decodeSlos(text, 'slo.yaml');

const bound = {
  name: 'orders',
  service: 'gateway',
  endpoint: 'POST /orders',
  peer: null,
  objective: 0.999,
  periodMs: 28 * DAY_MS,
};

describe('an OpenSLO file', () => {
  it('binds a threshold of type postflight to a latency objective in seconds', () => {
    const slos = [{ ...bound, indicator: { kind: 'latency', thresholdSeconds: 0.25 } }];
    expect(decode(slo(latency()))).toEqual({ slos, unbound: [] });
  });

  it('reads a threshold in milliseconds where the source says so', () => {
    const text = slo(
      latency('{ service: gateway, indicator: latency, unit: ms }'),
      '- { op: lt, value: 350, target: 0.9 }',
    );
    expect(decode(text).slos[0]).toMatchObject({ endpoint: null, indicator: { thresholdSeconds: 0.35 } });
  });

  it.each([
    ['bad', 'errors'],
    ['good', 'requests'],
  ])('binds a ratio of %s to total to an errors objective', (side, indicator) => {
    const slos = [{ ...bound, indicator: { kind: 'errors' } }];
    expect(decode(slo(ratio(side, indicator), '- { target: 0.999 }'))).toEqual({ slos, unbound: [] });
  });

  it('reads the peer, and the service of the SLO where the source names none', () => {
    const text = slo(latency('{ peer: payments.example.com, indicator: latency }'));
    expect(decode(text).slos[0]).toMatchObject({ service: 'shop', endpoint: null, peer: 'payments.example.com' });
  });

  it.each([
    ['90m', 5_400_000],
    ['12h', 43_200_000],
    ['7d', 7 * DAY_MS],
    ['4w', 28 * DAY_MS],
    ['1M', 30 * DAY_MS],
    ['1Q', 90 * DAY_MS],
    ['1Y', 365 * DAY_MS],
  ])('reads a time window of %s', (written, periodMs) => {
    expect(decode(slo(latency(), undefined, written)).slos[0]?.periodMs).toBe(periodMs);
  });

  it('reads a target in per cent without a rounding error', () => {
    expect(decode(slo(latency(), '- { op: lt, value: 1, targetPercent: 99.9 }')).slos[0]?.objective).toBe(0.999);
  });

  it('names several objectives by their display names, and by number where those lack or repeat', () => {
    const objective = (name: string) => `- { ${name}op: lte, value: 1, target: 0.9 }`;
    const names = ['displayName: fast, ', '', 'displayName: fast, ', 'displayName: __proto__, '];
    expect(decode(slo(latency(), names.map(objective).join('\n    '))).slos.map(({ name }) => name)).toEqual([
      'orders/fast',
      'orders/2',
      'orders/3',
      'orders/__proto__',
    ]);
  });

  it('finds the SLI an indicatorRef names in another document, before or after', () => {
    const sli = `apiVersion: openslo/v1\nkind: SLI\nmetadata: { name: its-sli }\nspec: { ${latency()} }\n`;
    const referring = slo(latency()).replace(/ {2}indicator: .*\n/, '  indicatorRef: its-sli\n');
    const expected = [{ ...bound, indicator: { kind: 'latency', thresholdSeconds: 0.25 } }];
    expect(decode(`${sli}---\n${referring}`).slos).toEqual(expected);
    expect(decode(`${referring}---\n${sli}`).slos).toEqual(expected);
    expect(decode(referring)).toEqual({
      slos: [],
      unbound: [{ name: 'orders', reason: 'its indicatorRef "its-sli" is not an SLI of this file' }],
    });
  });

  it('reads the own indicator of an objective before that of the SLO', () => {
    const own = `{ spec: { ${ratio('bad', 'errors')} } }`;
    const text = slo(latency(), `- { displayName: a, target: 0.9, indicator: ${own} }`);
    expect(decode(text).slos[0]?.indicator).toEqual({ kind: 'errors' });
  });

  it('passes over other kinds, other keys and empty documents', () => {
    const others = ['DataSource', 'Service', 'AlertPolicy', 'AlertCondition', 'AlertNotificationTarget'];
    const documents = others.map((kind) => `apiVersion: openslo/v1\nkind: ${kind}\nspec: { query: [anything] }\n`);
    const extended = slo(latency()).replace('{ name: orders }', '{ name: orders, labels: { __proto__: x } }');
    expect(decode(['', ...documents, extended, ''].join('---\n'))).toEqual(decode(slo(latency())));
  });

  it.each([
    [
      slo('thresholdMetric: { metricSource: { type: Prometheus, spec: { query: up } } }'),
      'its metricSource is of type Prometheus, not postflight',
    ],
    [
      slo('thresholdMetric: { metricSource: { metricSourceRef: prod } }'),
      'its metricSource has no type; only type postflight is read',
    ],
    [
      slo(ratio('bad', 'errors').replace('type: postflight', 'type: Datadog')),
      'its metricSource is of type Datadog, not postflight',
    ],
    [
      slo('ratioMetric: { raw: { metricSource: { type: postflight } }, rawType: success }'),
      'its ratioMetric is raw: a ratio that someone else computed',
    ],
    [
      slo(latency()).replace('Occurrences', 'Timeslices'),
      'its budgetingMethod is Timeslices; only Occurrences, by request, is computed',
    ],
  ])('says why an SLO cannot be bound (case %#)', (text, reason) => {
    expect(decode(text)).toEqual({ slos: [], unbound: [{ name: 'orders', reason }] });
  });

  it.each(readdirSync(examples).filter((name) => name.endsWith('.yaml')))(
    'decodes the published example %s',
    (name) => {
      const { slos, unbound } = decode(readFileSync(new URL(name, examples), 'utf8'));
      expect(slos).toEqual([]);
      expect(unbound.length).toBeGreaterThan(0);
      for (const { reason } of unbound) expect(reason).toBe('its metricSource is of type Any, not postflight');
    },
  );
});
