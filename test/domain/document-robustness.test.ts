import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { AppError } from '../../src/domain/error.ts';
import { decodeSlos } from '../../src/domain/slo-document.ts';
import { decodeUpgrade } from '../../src/domain/upgrade-document.ts';

const SETTINGS = { seed: 42, numRuns: 400 };

const upgrade = `apiVersion: postflight/v1
kind: Upgrade
metadata:
  name: dten
spec:
  window: { start: 2026-11-20T02:00:00Z, end: 2026-11-20T03:00:00Z }
  baseline:
    - { start: 2026-11-19T02:00:00Z, end: 2026-11-20T02:00:00Z }
  changes:
    - { id: &a backoff, kind: flag, service: gateway, flag: *a, from: off, to: on, at: 2026-11-20T02:40:00Z }
    - { id: b, kind: binary, service: gateway, to: 4.10, exposure: { attribute: x, value: y } }
  telemetry: [{ otlp: "*.jsonl" }]
  indicators:
    - { name: t, kind: histogram, better: lower, metric: m, quantiles: [0.5, 0.99] }
  dependencies: [[gateway, orders]]
  margins: { latency: 5% }
  strata: [client.type]
`;
const slos = `apiVersion: openslo/v1
kind: SLO
metadata: { name: orders }
spec:
  indicator: { spec: { thresholdMetric: { metricSource: { type: postflight, spec: { service: s, indicator: latency } } } } }
  timeWindow: [{ duration: 28d }]
  objectives: [{ op: lte, value: 0.25, target: 0.999 }]
`;

/** Decodes with both; whatever either throws must be the one error type, with place, message and the right code. */
function survives(text: string): void {
  for (const decode of [decodeUpgrade, decodeSlos]) {
    try {
      decode(text, 'a.yaml');
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).code).toBe('document');
      expect((error as AppError).place).toMatch(/^a\.yaml:[1-9]\d*(: .+)?$/);
      expect((error as AppError).message).not.toBe('');
    }
  }
}

/** The text with a stretch of it replaced. */
const damaged = (text: string) =>
  fc
    .tuple(
      fc.nat(text.length),
      fc.nat(12),
      fc.oneof(
        fc.constantFrom(
          '\n',
          '  ',
          '- ',
          ': ',
          '{',
          '}',
          '[',
          ']',
          '"',
          "'",
          '&a ',
          '*a',
          '!!',
          '|',
          '>',
          '#',
          '---\n',
          '~',
          '\t',
          '? ',
        ),
        fc.string({ unit: 'binary', maxLength: 5 }),
      ),
    )
    .map(([start, length, inserted]) => text.slice(0, start) + inserted + text.slice(start + length));

const keys = fc.constantFrom(
  ...[
    'window',
    'baseline',
    'post',
    'changes',
    'telemetry',
    'indicators',
    'dependencies',
    'slos',
    'margins',
    'strata',
    'spec',
  ],
  ...['id', 'kind', 'at', 'start', 'end', 'otlp', 'name', 'quantiles', 'exposure', 'indicator', 'timeWindow'],
  ...['objectives', 'thresholdMetric', 'ratioMetric', 'metricSource', 'target', '__proto__', 'constructor', 'toString'],
);
const scalars = fc.oneof(
  fc.constantFrom(
    'binary',
    'flag',
    'gauge',
    'ratio',
    '2026-11-20T02:00:00Z',
    '5%',
    '28d',
    '',
    null,
    true,
    Number.NaN,
    -0,
  ),
  fc.string(),
  fc.double(),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    scalars,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(keys, tie('tree')), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
}));

describe('decoding a document', () => {
  it('throws nothing but the one error, for any value of another kind in any place of a good document', () => {
    const values = ['{}', '[]', '[[]]', '{ a: {} }', '~', '""', '"\\0"', '5', 'true', '__proto__'];
    for (const text of [upgrade, slos]) {
      const scalars = [...text.matchAll(/(?<=[:[-] )(&a )?[^\s{[,\]}][^,\]}\n]*/g)];
      expect(scalars.length).toBeGreaterThanOrEqual(10);
      for (const { 0: scalar, index } of scalars) {
        for (const value of values) survives(text.slice(0, index) + value + text.slice(index + scalar.length));
      }
    }
  });

  it('throws nothing but the one error, for any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string()), survives), SETTINGS);
  });

  it('throws nothing but the one error, for any damage to a good document', () => {
    survives(upgrade);
    expect(decodeUpgrade(upgrade, 'a.yaml').changes[0]?.subject).toBe('backoff');
    expect(decodeSlos(slos, 'a.yaml').slos).toHaveLength(1);
    fc.assert(fc.property(fc.oneof(damaged(upgrade), damaged(slos)), survives), SETTINGS);
  });

  it('throws nothing but the one error, for any YAML with the known keys in any place', () => {
    fc.assert(
      fc.property(tree, tree, (spec, metadata) => {
        survives(
          stringify(
            new Map([
              ['apiVersion', 'postflight/v1'],
              ['kind', 'Upgrade'],
              ['metadata', metadata],
              ['spec', spec],
            ] as [string, unknown][]),
          ),
        );
        survives(
          stringify(
            new Map([
              ['apiVersion', 'openslo/v1'],
              ['kind', 'SLO'],
              ['metadata', { name: 'a' }],
              ['spec', spec],
            ] as [string, unknown][]),
          ),
        );
      }),
      SETTINGS,
    );
  });

  it('names a line inside the document', () => {
    fc.assert(
      fc.property(damaged(upgrade), (text) => {
        try {
          decodeUpgrade(text, 'a.yaml');
        } catch (error) {
          const line = Number(/^a\.yaml:(\d+)/.exec((error as AppError).place ?? '')?.[1]);
          expect(line).toBeLessThanOrEqual(text.split('\n').length);
        }
      }),
      SETTINGS,
    );
  });
});
