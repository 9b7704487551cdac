import fc from 'fast-check';
import type { QualityCode } from '../../src/domain/quality.ts';
import { QUALITY_CODES } from '../../src/domain/quality.ts';
import type { Comparison, InputWindow, Mechanism, Report, Suspect } from '../../src/domain/report.ts';
import type { ArmWorking, Working } from '../../src/domain/working.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style></title></svg><script>',
  'javascript:alert(1)',
  'JaVaScRiPt :alert(1)',
  '\u001b[31mred\u001b[0m',
  '\u009b2J',
  '\u202eevil\u2066',
  'a\r\nb\tc\u0000d',
  'a | b ` c `` d',
  '[x](http://evil.example)',
  '__proto__',
  '\ud800',
  '注文🛒👩‍👩‍👧',
  '',
  '   ',
  '\ue000\u00a0\u2800',
  'x'.repeat(300),
];
const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.constantFrom(...HOSTILE), { maxLength: 3 }).map((parts) => parts.join(' ')),
);
const nullable = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null });
const number = fc.oneof(fc.double(), fc.double({ min: 0, max: 2 }));
const count = fc.oneof(fc.nat(), fc.double());
const instant = fc.oneof(
  fc
    .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom('2026-11-20T02:41:00Z', '2026-11-20T04:11:30.25+01:30', '2026-99-99T99:99:99Z'),
  text,
);
const window: fc.Arbitrary<InputWindow> = fc.record({ start: instant, end: instant });

const arm: fc.Arbitrary<ArmWorking> = fc.record({
  value: number,
  low: number,
  high: number,
  clusters: count,
  requests: count,
  design_effect: nullable(number),
});

const working: fc.Arbitrary<Working> = fc.record({
  confidence: fc.oneof(fc.constant(0.95), number),
  baseline: arm,
  post: arm,
  calibration: nullable(
    fc.record({
      windows: count,
      inflation: number,
      false_alarms_before: count,
      false_alarms_after: count,
      as_far: nullable(count),
    }),
  ),
  smallest_visible: nullable(number),
});

export const arbitraryComparison: fc.Arbitrary<Comparison> = fc.record({
  service: text,
  endpoint: nullable(text),
  peer: nullable(text),
  indicator: fc.oneof(text, fc.constantFrom('latency.p99', 'retry_ratio', 'availability')),
  unit: fc.oneof(text, fc.constantFrom('s', 'ms', '1', 'By', '%')),
  better: fc.constantFrom('lower', 'higher', 'either'),
  verdict: fc.constantFrom('regressed', 'improved', 'no-regression', 'cannot-tell', 'transient', 'shifted'),
  baseline: nullable(number),
  post: nullable(number),
  effect: nullable(
    fc.record({
      kind: fc.constantFrom('relative' as const, 'absolute' as const),
      estimate: number,
      low: number,
      high: number,
      margin: number,
    }),
  ),
  p: nullable(number),
  q: nullable(number),
  method: nullable(
    fc.constantFrom(
      'concurrent' as const,
      'difference-in-differences' as const,
      'matched' as const,
      'before-after' as const,
    ),
  ),
  clusters: fc.tuple(count, count),
  requests: fc.tuple(count, count),
  onset: nullable(fc.record({ at: instant, low: instant, high: instant })),
  needed: nullable(text),
  notes: fc.array(text, { maxLength: 2 }),
  series: nullable(
    fc.record({
      start: instant,
      stepSeconds: fc.oneof(fc.constantFrom(60, 900), fc.double()),
      values: fc.array(nullable(number), { maxLength: 60 }),
    }),
  ),
  working: nullable(working),
  mix: nullable(
    fc.record({
      by: fc.array(text, { minLength: 1, maxLength: 3 }),
      strata: count,
      total: number,
      within: number,
      mix: number,
      new_or_vanished: number,
      vanished_share: number,
      new_share: number,
    }),
  ),
  shares: nullable(
    fc.record({
      parts: fc.array(fc.record({ change: text, estimate: number, low: number, high: number }), { maxLength: 3 }),
      mix: nullable(fc.record({ estimate: number, low: number, high: number })),
      unexplained: fc.record({ estimate: number, low: number, high: number }),
      additive: fc.boolean(),
      left_out: count,
    }),
  ),
  slices: fc.array(
    fc.record({
      attribute: text,
      value: text,
      traffic: number,
      baseline: nullable(number),
      post: nullable(number),
      effect: fc.constant(null),
      q: number,
      explains: number,
    }),
    { maxLength: 3 },
  ),
  slice_search: nullable(
    fc.record({
      values_tested: count,
      pairs_tested: count,
      pairs: fc.array(
        fc.record({
          values: fc.tuple(fc.record({ attribute: text, value: text }), fc.record({ attribute: text, value: text })),
          traffic: number,
          baseline: nullable(number),
          post: nullable(number),
          effect: fc.constant(null),
          q: number,
          explains: number,
        }),
        { maxLength: 2 },
      ),
      alike: nullable(
        fc.record({
          values: count,
          attributes: fc.array(text, { maxLength: 3 }),
          untold: count,
          smallest_visible: number,
        }),
      ),
    }),
  ),
});

const suspect: fc.Arbitrary<Suspect> = fc.record({
  rank: fc.nat(),
  change: text,
  kind: text,
  score: number,
  verdict: fc.constantFrom('blamed', 'contributing', 'cleared', 'cannot-separate', 'no-evidence'),
  share: nullable(fc.record({ estimate: number, low: number, high: number })),
  inseparable_from: fc.array(text, { maxLength: 2 }),
  evidence: fc.array(text, { maxLength: 2 }),
  separate_by: nullable(text),
  falsified_by: nullable(text),
  table: nullable(
    fc.record({
      of: fc.record({ service: text, endpoint: nullable(text), peer: nullable(text), indicator: text, unit: text }),
      blocks: count,
      rows: fc.array(fc.record({ met: fc.array(text, { maxLength: 2 }), requests: count, value: number }), {
        maxLength: 3,
      }),
    }),
  ),
});

const mechanism: fc.Arbitrary<Mechanism> = fc.record({
  mechanism: fc.oneof(text, fc.constantFrom('backoff changed', 'retry storm')),
  service: text,
  endpoint: nullable(text),
  peer: nullable(text),
  explains: fc.array(text, { maxLength: 2 }),
  evidence: fc.array(text, { maxLength: 2 }),
  figures: fc.array(
    fc.record({
      name: text,
      unit: text,
      baseline: nullable(number),
      post: nullable(number),
      low: number,
      high: number,
    }),
    { maxLength: 2 },
  ),
  suspects: fc.array(text, { maxLength: 2 }),
});

/** Any report the types allow, with the worst text and numbers that telemetry and documents can carry. */
export const arbitraryReport: fc.Arbitrary<Report> = fc.record({
  schema: fc.constant('postflight/report/v1' as const),
  upgrade: text,
  verdict: fc.constantFrom('regressed', 'improved', 'no-regression', 'cannot-tell'),
  reason: text,
  onset: nullable(
    fc.record({
      at: instant,
      low: instant,
      high: instant,
      of: fc.record({ service: text, endpoint: nullable(text), peer: nullable(text), indicator: text }),
    }),
  ),
  comparisons: fc.array(arbitraryComparison, { maxLength: 5 }),
  suspects: fc.array(suspect, { maxLength: 4 }),
  mechanisms: fc.array(mechanism, { maxLength: 3 }),
  budgets: fc.array(
    fc.record({
      slo: text,
      objective: number,
      burn: fc.record({
        before: nullable(number),
        after: nullable(number),
        low: nullable(number),
        high: nullable(number),
      }),
      remaining: nullable(number),
      exhausted_at: nullable(instant),
    }),
    { maxLength: 2 },
  ),
  quality: fc.array(
    fc.record({
      code: fc.constantFrom(...(Object.keys(QUALITY_CODES) as QualityCode[])),
      severity: fc.constantFrom('info' as const, 'warning' as const, 'error' as const),
      message: text,
      where: text,
    }),
    { maxLength: 3 },
  ),
  inputs: fc.record({
    windows: fc.record({
      baseline: fc.array(window, { maxLength: 2 }),
      window: nullable(window),
      post: nullable(window),
    }),
    points: count,
    digest: text,
    reading: fc.constantFrom('final' as const, 'live' as const),
    changes: fc.constantFrom('stated' as const, 'inferred' as const),
    inferred: fc.array(
      fc.record({ change: text, first: instant, last: instant, instances: fc.tuple(fc.nat(), fc.nat()) }),
      {
        maxLength: 2,
      },
    ),
  }),
  quiet_past: nullable(
    fc.record({
      windows: count,
      alarms: count,
      as_strong: count,
      p: fc.double({ min: 0, max: 1, noNaN: true }),
      same_hours: nullable(fc.record({ windows: count, as_strong: count })),
    }),
  ),
});
