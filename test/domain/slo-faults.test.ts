import { describe, expect, it } from 'vitest';
import { decodeSlos } from '../../src/domain/slo-document.ts';
import { faultLines } from './document-faults.ts';

const faults = (text: string): string[] => faultLines(() => decodeSlos(text, 'slo.yaml'));

const good = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: orders
spec:
  service: gateway
  indicator:
    spec:
      thresholdMetric:
        metricSource:
          type: postflight
          spec: { service: gateway, indicator: latency }
  timeWindow:
    - duration: 28d
  objectives:
    - { op: lte, value: 0.25, target: 0.999 }
`;
const source = (spec: string) => `{ metricSource: { type: postflight, spec: ${spec} } }`;
/** The same with another SLI, its metric on line 9. */
const withMetric = (metric: string) => good.replace(/ {6}thresholdMetric:[\s\S]*latency \}\n/, `      ${metric}\n`);
const errors = source('{ indicator: errors }');
const requests = source('{ indicator: requests }');

describe('a fault of an OpenSLO file is named with file, line, field and remedy:', () => {
  it.each([
    [
      'service: gateway, indicator: latency',
      'service: gateway, indicator: latncy',
      ':12: spec.indicator.spec.thresholdMetric.metricSource.spec.indicator: unknown indicator "latncy"; did you mean "latency"? it is one of latency, requests, errors',
    ],
    [
      'service: gateway, indicator: latency',
      'servce: gateway, indicator: latency',
      ':12: spec.indicator.spec.thresholdMetric.metricSource.spec.servce: unknown key "servce"; did you mean "service"? known keys: service, endpoint, peer, indicator, unit',
    ],
    [
      'indicator: latency }',
      'indicator: errors }',
      ':12: spec.indicator.spec.thresholdMetric.metricSource.spec.indicator: must be latency in a thresholdMetric; write indicator: latency, or a ratioMetric',
    ],
    [
      '          spec: { service: gateway, indicator: latency }\n',
      '',
      ':10: spec.indicator.spec.thresholdMetric.metricSource.spec: is missing; write a mapping with the keys service, endpoint, peer, indicator, unit',
    ],
    ['28d', '28 days', ':14: spec.timeWindow[0].duration: "28 days" is not an OpenSLO duration; write e.g. 28d'],
    ['28d', '0d', ':14: spec.timeWindow[0].duration: "0d" is not an OpenSLO duration; write e.g. 28d'],
    [
      '28d',
      '28d\n    - duration: 7d',
      ':13: spec.timeWindow: must hold one window, not 2; write e.g. - { duration: 28d, isRolling: true }',
    ],
    [
      '  timeWindow:\n    - duration: 28d\n',
      '',
      ':5: spec.timeWindow: is missing; write a list, e.g. - { duration: 28d, isRolling: true }',
    ],
    [
      'objectives:\n    - { op: lte, value: 0.25, target: 0.999 }',
      'objectives: []',
      ':15: spec.objectives: holds no objective; add e.g. - { target: 0.999 }',
    ],
    [
      'target: 0.999',
      'target: 1',
      ':16: spec.objectives[0].target: 1 is not between 0 and 1, both excluded; write e.g. target: 0.999',
    ],
    [
      'target: 0.999',
      'targetPercent: 100',
      ':16: spec.objectives[0].targetPercent: 100 is not between 0 and 100, both excluded; write e.g. targetPercent: 99.9',
    ],
    ['target: 0.999', 'target: high', ':16: spec.objectives[0].target: "high" is not a number; write e.g. 0.25'],
    [
      ', target: 0.999',
      '',
      ':16: spec.objectives[0]: has neither target nor targetPercent; write one of the two, e.g. target: 0.999',
    ],
    [
      'target: 0.999',
      'target: 0.999, targetPercent: 99.9',
      ':16: spec.objectives[0]: has both target and targetPercent; write one of the two, e.g. target: 0.999',
    ],
    ['op: lte', 'op: gt', ':16: spec.objectives[0].op: gt asks for latencies above the threshold; write op: lte'],
    ['op: lte, ', '', ':16: spec.objectives[0].op: is missing: a latency needs it; write op: lte'],
    ['op: lte', 'op: below', ':16: spec.objectives[0].op: unknown operator "below"; it is one of lt, lte, gt, gte'],
    [
      'value: 0.25, ',
      '',
      ':16: spec.objectives[0].value: is missing: a latency needs its threshold; write the threshold, in seconds unless unit says ms',
    ],
    [
      'value: 0.25',
      'value: 0',
      ':16: spec.objectives[0].value: 0 is not above zero; write the threshold, in seconds unless unit says ms',
    ],
    [
      'openslo/v1',
      'openslo.com/v2alpha',
      ':1: apiVersion: must be "openslo/v1", not "openslo.com/v2alpha"; write openslo/v1',
    ],
    [
      'kind: SLO',
      'kind: SL0',
      ':2: kind: unknown kind "SL0"; did you mean "SLO"? it is one of SLO, SLI, DataSource, Service, AlertPolicy, AlertCondition, AlertNotificationTarget',
    ],
    ['\n  name: orders', ' {}', ':3: metadata.name: is missing; write e.g. orders-latency'],
    [
      '  indicator:\n',
      '  indicatorRef: other\n  indicator:\n',
      ':5: spec: has both indicator and indicatorRef; keep one of the two',
    ],
    ['  indicator:\n', '  sli:\n', ':5: spec: has neither indicator nor indicatorRef; add one of the two'],
  ])('%j written as %j', (written, replacement, expected) => {
    expect(good).toContain(written);
    expect(faults(good.replace(written, replacement))).toEqual([`slo.yaml${expected}`]);
  });

  it('an SLI without a metric', () => {
    expect(faults(withMetric('other: 1'))).toEqual([
      'slo.yaml:8: spec.indicator.spec: has neither thresholdMetric nor ratioMetric; add one of the two',
    ]);
  });

  it('a fault that two objectives share, once', () => {
    const two = good.replace('objectives:\n', 'objectives:\n    - { op: lt, value: 1, target: 0.9 }\n');
    expect(faults(two.replace('indicator: latency', 'indicator: speed'))).toHaveLength(1);
  });

  it.each([
    [`{ bad: ${errors} }`, 'ratioMetric.total: is missing; add total: with a metricSource of its own'],
    [`{ total: ${requests} }`, 'ratioMetric: names neither good nor bad; write one of the two, and total'],
    [
      `{ good: ${requests}, bad: ${errors}, total: ${requests} }`,
      'ratioMetric: names both good and bad; write one of the two, and total',
    ],
    [
      `{ bad: ${requests}, total: ${requests} }`,
      'ratioMetric.bad.metricSource.spec.indicator: must be errors in bad; write indicator: errors',
    ],
    [
      `{ good: ${errors}, total: ${requests} }`,
      'ratioMetric.good.metricSource.spec.indicator: must be requests in good; write indicator: requests',
    ],
    [
      `{ bad: ${errors}, total: ${errors} }`,
      'ratioMetric.total.metricSource.spec.indicator: must be requests in total; write indicator: requests',
    ],
    [
      `{ bad: ${errors}, total: ${source('{ indicator: requests, endpoint: GET / }')} }`,
      'ratioMetric.total.metricSource.spec: names other traffic than bad; write the same service, endpoint and peer in both',
    ],
  ])('a ratio of %s', (metric, expected) => {
    expect(faults(withMetric(`ratioMetric: ${metric}`))).toEqual([`slo.yaml:9: spec.indicator.spec.${expected}`]);
  });

  it('a service that nothing names', () => {
    const text = good.replace('  service: gateway\n', '').replace('service: gateway, ', '');
    expect(faults(text)).toEqual([
      'slo.yaml:11: spec.indicator.spec.thresholdMetric.metricSource.spec.service: is missing; add service: …',
    ]);
  });

  it('names that come twice, and every document of the file at once', () => {
    const sli =
      'apiVersion: openslo/v1\nkind: SLI\nmetadata: { name: x }\nspec: { thresholdMetric: { metricSource: {} } }\n';
    expect(
      faults([good, good, sli, sli, good.replace('28d', 'x')].join('---\n')).map((line) => line.split('; ')[0]),
    ).toEqual([
      'slo.yaml:21: metadata.name: duplicate SLO "orders", first on line 4',
      'slo.yaml:42: metadata.name: duplicate SLI "x"',
      'slo.yaml:58: spec.timeWindow[0].duration: "x" is not an OpenSLO duration',
    ]);
  });

  it('an SLI in a document of its own, at its own line', () => {
    const sli = `apiVersion: openslo/v1\nkind: SLI\nmetadata: { name: x }\nspec:\n  thresholdMetric: ${errors}\n`;
    const referring = good.replace(/ {2}indicator:[\s\S]*latency \}\n/, '  indicatorRef: x\n');
    expect(faults(`${referring}---\n${sli}`)).toEqual([
      'slo.yaml:17: spec.thresholdMetric.metricSource.spec.indicator: must be latency in a thresholdMetric; write indicator: latency, or a ratioMetric',
    ]);
  });

  it('a file that holds nothing', () => {
    expect(faults('---\n')).toEqual([
      'slo.yaml:1: the document is empty; start with apiVersion: openslo/v1 and kind: SLO',
    ]);
  });
});
