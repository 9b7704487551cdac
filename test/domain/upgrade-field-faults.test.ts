import { describe, expect, it } from 'vitest';
import { decodeUpgrade } from '../../src/domain/upgrade-document.ts';
import { faultLines } from './document-faults.ts';

const head = 'apiVersion: postflight/v1\nkind: Upgrade\nmetadata:\n  name: dten\nspec:\n';
const window = '  window: { start: 2026-11-20T02:00:00Z, end: 2026-11-20T03:00:00Z }\n';
const faults = (text: string): string[] => faultLines(() => decodeUpgrade(text, 'upgrade.yaml'));
/** The line given starts at line 7 of the document. */
const specFaults = (spec: string): string[] => faults(`${head}${window}  ${spec}\n`);
const changeFaults = (change: string): string[] => specFaults(`changes:\n    - ${change}`);

const changeKinds = 'one of binary, flag, config, dependency, schedule, traffic';

describe('the times of an upgrade document', () => {
  const zone = 'write time and zone, e.g. 2026-11-20T02:00:00Z or …+02:00';
  it.each([
    ['2026-11-20T02:00:00', `has no time zone; ${zone}`],
    ['2026-11-20 02:00', `has no time zone; ${zone}`],
    ['2026-11-20', `has no time zone; ${zone}`],
    ['2026-13-40', 'is not an RFC 3339 time; write e.g. 2026-11-20T02:00:00Z'],
    ['2026-13-40T00:00:00Z', 'is not an RFC 3339 time; write e.g. 2026-11-20T02:00:00Z'],
    ['1763604000', 'is not an RFC 3339 time; write e.g. 2026-11-20T02:00:00Z'],
    ['""', 'is not an RFC 3339 time; write e.g. 2026-11-20T02:00:00Z'],
  ])('may not be %s', (written, expected) => {
    const shown = written === '""' ? written : JSON.stringify(written);
    expect(changeFaults(`{ id: a, kind: traffic, at: ${written} }`)).toEqual([
      `upgrade.yaml:8: spec.changes[0].at: ${shown} ${expected}`,
    ]);
  });

  it('may not be reversed or equal in a window', () => {
    const [start, end] = ['2026-11-20T04:00:00+02:00', '2026-11-20T01:00:00Z'];
    expect(specFaults(`post:\n    start: ${start}\n    end: ${end}`)).toEqual([
      'upgrade.yaml:7: spec.post: starts at 2026-11-20T02:00:00Z, after its end 2026-11-20T01:00:00Z; exchange start and end',
    ]);
    expect(specFaults(`baseline:\n    - { start: ${end}, end: ${end} }`)).toEqual([
      'upgrade.yaml:8: spec.baseline[0]: starts and ends at 2026-11-20T01:00:00Z; make the end later',
    ]);
  });

  it('may not let baseline and post overlap', () => {
    const post = 'post: { start: 2026-11-20T03:00:00Z, end: 2026-11-20T09:00:00Z }';
    const baseline = 'baseline: { start: 2026-11-20T01:00:00Z, end: 2026-11-20T03:00:01Z }';
    expect(specFaults(`${baseline}\n  ${post}`)).toEqual([
      'upgrade.yaml:8: spec.post: overlaps the baseline 2026-11-20T01:00:00Z .. 2026-11-20T03:00:01Z; let the baseline end where post starts, or earlier',
    ]);
  });

  it('may not let the baseline reach into the post window that is left out', () => {
    expect(specFaults('baseline: { start: 2026-11-20T01:00:00Z, end: 2026-11-20T03:00:01Z }')).toEqual([
      'upgrade.yaml:7: spec.baseline: reaches past 2026-11-20T03:00:00Z, the end of the window, where post starts when it is left out; add post: { start: …, end: … }',
    ]);
  });

  it('may not all be missing', () => {
    const expected = [
      'upgrade.yaml:5: spec: nothing says when the upgrade was: no window, baseline or post, and no change with at; add e.g. window: { start: 2026-11-20T02:00:00Z, end: 2026-11-20T03:00:00Z }',
    ];
    expect(faults(`${head}  changes:\n    - { id: a, kind: traffic }\n`)).toEqual(expected);
    expect(faults(`${head}  window:\n  telemetry: []\n`)).toEqual(expected);
  });

  it('need a start and an end', () => {
    expect(specFaults('post: { start: 2026-11-20T03:00:00Z }')).toEqual([
      'upgrade.yaml:7: spec.post.end: is missing; write e.g. 2026-11-20T02:00:00Z',
    ]);
    expect(specFaults('post: 2026-11-20T03:00:00Z')).toEqual([
      'upgrade.yaml:7: spec.post: must be a mapping, not text; write a mapping with the keys start, end',
    ]);
  });
});

describe('a change', () => {
  it('must be of a known kind', () => {
    expect(changeFaults('{ id: a, kind: feature-flag }')).toEqual([
      `upgrade.yaml:8: spec.changes[0].kind: unknown kind "feature-flag"; it is ${changeKinds}`,
    ]);
    expect(changeFaults('{ id: a, kind: Binary }')).toEqual([
      `upgrade.yaml:8: spec.changes[0].kind: unknown kind "Binary"; did you mean "binary"? it is ${changeKinds}`,
    ]);
    expect(changeFaults('{ id: a }')).toEqual([
      `upgrade.yaml:8: spec.changes[0].kind: is missing; write ${changeKinds}`,
    ]);
    expect(changeFaults('{ id: a, kind: __proto__ }')).toHaveLength(1);
  });

  it.each([
    ['binary', ['service', 'to']],
    ['flag', ['flag']],
    ['config', ['key']],
    ['dependency', ['peer']],
  ])('of kind %s needs %j', (kind, needs) => {
    expect(changeFaults(`{ id: a, kind: ${kind} }`)).toEqual(
      needs.map((field) => {
        const place = `upgrade.yaml:8: spec.changes[0].${field}`;
        return `${place}: is missing: a change of kind ${kind} needs it; add ${field}: …`;
      }),
    );
  });

  it('is told what it lacks next to its other faults', () => {
    expect(
      changeFaults('{ id: a, kind: dependency, at: noon, color: red }').map((line) => line.split('; ')[0]),
    ).toEqual([
      'upgrade.yaml:8: spec.changes[0].at: "noon" is not an RFC 3339 time',
      'upgrade.yaml:8: spec.changes[0].color: unknown key "color"',
      'upgrade.yaml:8: spec.changes[0].peer: is missing: a change of kind dependency needs it',
    ]);
  });

  it('must have an id of its own', () => {
    const changes = 'changes:\n    - { id: __proto__, kind: traffic }\n    - { id: __proto__, kind: schedule }';
    expect(specFaults(changes)).toEqual([
      'upgrade.yaml:9: spec.changes[1].id: duplicate id "__proto__", first on line 8; rename one',
    ]);
    expect(changeFaults('{ kind: traffic }')).toEqual([
      'upgrade.yaml:8: spec.changes[0].id: is missing; write e.g. backoff.v2',
    ]);
  });

  it.each([
    ['null', 'is empty'],
    ['text', 'must be a mapping, not text'],
    ['[a]', 'must be a mapping, not a list'],
  ])('must be a mapping, not %s', (written, expected) => {
    expect(changeFaults(written).map((line) => line.split('; ')[0])).toEqual([
      `upgrade.yaml:8: spec.changes[0]: ${expected}`,
    ]);
  });

  it('must have plain text as its values', () => {
    expect(changeFaults('{ id: a, kind: traffic, from: [x], to: { y: z } }')).toEqual([
      'upgrade.yaml:8: spec.changes[0].from: must be text, not a list; write e.g. "4.1.9"',
      'upgrade.yaml:8: spec.changes[0].to: must be text, not a mapping; write e.g. "4.2.0"',
    ]);
  });
});

describe('the other parts of an upgrade document', () => {
  const indicator = (rest: string) => `indicators: [{ name: a, metric: b, better: lower, ${rest} }]`;
  const oneSource = 'write exactly one of otlp, prometheus, openmetrics; an entry for each source';
  it.each([
    [
      'changes: { id: a }',
      'changes: must be a list, not a mapping; write a list, e.g. - { id: backoff.v2, kind: flag, flag: backoff.v2 }',
    ],
    [
      'telemetry: "*.jsonl"',
      'telemetry: must be a list, not text; write a list, e.g. - { otlp: "telemetry/*.jsonl.gz" }',
    ],
    ['telemetry: [{}]', `telemetry[0]: names no source in one entry; ${oneSource}`],
    ['telemetry: [{ otlp: a, openmetrics: b }]', `telemetry[0]: names 2 sources in one entry; ${oneSource}`],
    [
      'telemetry: [{ prometheus: "localhost:9090" }]',
      'telemetry[0].prometheus: "localhost:9090" is not an http URL; write e.g. "http://127.0.0.1:9090"',
    ],
    ['telemetry: [{ otlp: "" }]', 'telemetry[0].otlp: must not be empty; write e.g. "telemetry/*.jsonl.gz"'],
    [indicator('kind: counter'), 'indicators[0].kind: unknown kind "counter"; it is one of gauge, ratio, histogram'],
    [
      indicator('kind: ratio'),
      'indicators[0].denominator: is missing: an indicator of kind ratio needs it; add denominator: with the metric counted below the line',
    ],
    [
      indicator('kind: gauge, denominator: c'),
      'indicators[0].denominator: does not belong to an indicator of kind gauge; leave it out, or write kind: ratio',
    ],
    [
      indicator('kind: gauge, quantiles: [0.5]'),
      'indicators[0].quantiles: do not belong to an indicator of kind gauge; leave them out, or write kind: histogram',
    ],
    [
      indicator('kind: histogram, quantiles: []'),
      'indicators[0].quantiles: names no quantile; write e.g. [0.5, 0.99], or leave it out',
    ],
    [
      indicator('kind: histogram, quantiles: [0.5, 0.50]'),
      'indicators[0].quantiles[1]: names 0.5 twice; keep one of the two',
    ],
    [
      indicator('kind: histogram, quantiles: [99]'),
      'indicators[0].quantiles[0]: "99" is not a quantile between 0 and 1; write e.g. 0.99',
    ],
    [
      indicator('kind: histogram, quantiles: [0]'),
      'indicators[0].quantiles[0]: "0" is not a quantile between 0 and 1; write e.g. 0.99',
    ],
    [
      indicator('kind: histogram, quantiles: [.nan]'),
      'indicators[0].quantiles[0]: ".nan" is not a quantile between 0 and 1; write e.g. 0.99',
    ],
    [
      'indicators: [{ name: a, metric: b, kind: gauge, better: increse }]',
      'indicators[0].better: unknown direction "increse"; it is one of lower, higher, either',
    ],
    [
      'indicators: [{ name: a, metric: b, kind: gauge }]',
      'indicators[0].better: is missing; write one of lower, higher, either',
    ],
    [
      'indicators:\n    - { name: a, metric: b, kind: gauge, better: lower }\n    - { name: a, metric: c, kind: gauge, better: lower }',
      'indicators[1].name: duplicate name "a", first on line 8; rename one',
    ],
    [
      'dependencies: [[a]]',
      'dependencies[0]: must hold two names, not 1; write a pair of service names: [caller, callee]',
    ],
    [
      'dependencies: [[a, b, c]]',
      'dependencies[0]: must hold two names, not 3; write a pair of service names: [caller, callee]',
    ],
    [
      'dependencies: [{ a: b }]',
      'dependencies[0]: must be a list, not a mapping; write a list, e.g. [gateway, orders]',
    ],
    ['slos: slo.yaml', 'slos: must be a list, not text; write a list, e.g. [slo.yaml]'],
    ['resolution: 60', 'resolution: "60" is not a duration; write e.g. 60s, 5m or 1h'],
    ['resolution: 0s', 'resolution: "0s" is not a duration; write e.g. 60s, 5m or 1h'],
    ['resolution: 500ms', 'resolution: is not between 1s and 1d; write e.g. 60s'],
    ['resolution: 2d', 'resolution: is not between 1s and 1d; write e.g. 60s'],
    ['margins: { latency: 5 }', 'margins.latency: "5" is not a margin; write e.g. 5% or 0.05'],
    ['margins: { latency: -1% }', 'margins.latency: "-1%" is not a margin; write e.g. 5% or 0.05'],
    ['margins: { error_ratio: ten }', 'margins.error_ratio: "ten" is not a margin; write e.g. 5% or 0.05'],
    ['strata: client.type', 'strata: must be a list, not text; write a list, e.g. [client.type, cloud.region]'],
    ['strata: [a, a]', 'strata[1]: names "a" twice; keep one of the two'],
    [
      'strata: [client.type, service.version]',
      'strata[1]: "service.version" is what an upgrade changes, not a kind of traffic; name attributes of the traffic itself, e.g. client.type',
    ],
    [
      'strata: [service.instance.id]',
      'strata[0]: "service.instance.id" names one instance, not a kind of traffic; name attributes of the traffic itself, e.g. client.type',
    ],
    [
      'strata: [error.type]',
      'strata[0]: "error.type" is how a request ended, not a kind of traffic; name attributes of the traffic itself, e.g. client.type',
    ],
    ['margins: { retry_ratio: 1e999% }', 'margins.retry_ratio: "1e999%" is not a margin; write e.g. 5% or 0.05'],
    [
      'strata: [client.type, ring]\n  changes: [{ id: canary, kind: traffic, exposure: { attribute: ring, value: b } }]',
      'strata[1]: "ring" tells who met "canary", a change of this document; leave it out: the change is compared by it',
    ],
    [
      'strata: [feature_flag.backoff]\n  changes: [{ id: b, kind: flag, flag: backoff, to: "on" }]',
      'strata[0]: "feature_flag.backoff" tells who met "b", a change of this document; leave it out: the change is compared by it',
    ],
  ])('refuse %j', (spec, expected) => {
    const [line, ...others] = specFaults(spec);
    expect(others).toEqual([]);
    expect(line?.replace(/^upgrade\.yaml:\d+: spec\./, '')).toBe(expected);
  });
});
