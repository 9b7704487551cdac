import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openMetrics } from '../../../../src/ingest/formats/open-metrics.ts';
import { RecordingSink } from '../recording-sink.ts';

interface Decoded {
  readonly sink: RecordingSink;
  readonly rows: number;
  /** Metric, labels, unit, kind, time and value of each sample. */
  readonly samples: { metric: string; labels: object; unit: string; kind: string; timeMs: number; value: number }[];
}

function decode(...lines: string[]): Decoded {
  const sink = new RecordingSink();
  const decoder = openMetrics.open(sink);
  const rows = lines.reduce((sum, line, i) => sum + decoder.decodeLine(Buffer.from(line), `file:${i + 1}`), 0);
  const samples = sink.calls.map(([, identity, , timeMs, value]) => {
    const [resource, , metric, unit, kind, , , labels] = identity as [[string, string][], ...string[]];
    return {
      metric: metric!,
      labels: Object.fromEntries([...resource, ...(labels as unknown as [string, string][])]),
      unit: unit!,
      kind: kind!,
      timeMs: timeMs as number,
      value: value as number,
    };
  });
  return { sink, rows, samples };
}

describe('a sample of an exposition', () => {
  it.each<[string, object]>([
    ['up 1 1795000000', { metric: 'up', timeMs: 1_795_000_000_000, value: 1 }],
    ['up 1 1795000000.25', { timeMs: 1_795_000_000_250 }],
    ['up 1 1.795000000123e9', { timeMs: 1_795_000_000_123 }],
    ['up 1 1795000000123', { timeMs: 1_795_000_000_123 }],
    ['up{} 1 1795000000', { labels: {} }],
    ['x_total{a="1",b="2"} 3.5e2 1795000000', { kind: 'sum', labels: { a: '1', b: '2' }, value: 350 }],
    ['x { a = "1" , b="2" , } -.5 1795000000', { metric: 'x', labels: { a: '1', b: '2' }, value: -0.5 }],
    ['x{a="",b="2"} 1 1795000000', { labels: { b: '2' } }],
    ['x{a="q\\"}\\\\\\n,="} 1 1795000000', { labels: { a: 'q"}\\\n,=' } }],
    ['{"http.requests","http.route"="/x"} 1 1795000000', { metric: 'http.requests', labels: { 'http.route': '/x' } }],
    ['{__name__="up",job="shop/web",instance="i:1"} 1 1795000000', { metric: 'up', labels: { 'service.name': 'web' } }],
    ['x_bucket{le="1"} 7 1795000000 # {trace_id="a b"} 0.67 1794999999.9', { metric: 'x_bucket', value: 7 }],
    ['x\t1\t1795000000', { metric: 'x', value: 1 }],
    ['\u540d 1 1795000000', {}],
  ])('is read from %s', (line, expected) => {
    const { samples, rows, sink } = decode(line);
    if (Object.keys(expected).length === 0) {
      expect(sink.codes).toEqual(['not-exposition']);
      return;
    }
    expect(rows).toBe(1);
    expect(samples[0]).toMatchObject(
      'labels' in expected && Object.keys(expected.labels as object).length > 0
        ? { ...expected, labels: expect.objectContaining(expected.labels as object) }
        : expected,
    );
  });

  it.each<[string, string, string]>([
    ['up 1', 'missing-time', 'no timestamp'],
    ['up NaN 1795000000', 'not-finite', 'NaN'],
    ['up +Inf 1795000000', 'not-finite', 'Infinity'],
    ['x_total -1 1795000000', 'negative-count', 'a counter is -1'],
    ['up{a="1" 1 1795000000', 'not-exposition', 'stays open'],
    ['up{a="1} 1 1795000000', 'not-exposition', 'stays open'],
    ['up', 'not-exposition', 'no value'],
    ['up 1 2 3', 'not-exposition', 'no value'],
    ['up one 1795000000', 'not-exposition', '"one" is no number'],
    ['up 0x10 1795000000', 'not-exposition', 'is no number'],
    ['{a="1"} 1 1795000000', 'not-exposition', 'no name'],
    ['x{a="1",a="2"} 1 1795000000', 'not-exposition', 'appears twice'],
    ['x{a} 1 1795000000', 'not-exposition', 'has no value'],
    ['x{="1"} 1 1795000000', 'not-exposition', 'a label has no name'],
    ['x{a="1"b="2"} 1 1795000000', 'not-exposition', 'set apart by commas'],
    ['{"resourceMetrics":[]}', 'not-exposition', 'no value'],
  ])('is left out of %s, with its reason', (line, code, reason) => {
    const { sink } = decode(line, 'good 1 1795000000');
    expect(sink.rejections).toEqual([{ code, where: 'file:1', detail: expect.stringContaining(reason) }]);
    expect(sink.calls).toHaveLength(1);
  });

  it('has the type and the unit that its metric was said to have before', () => {
    const { samples, rows } = decode(
      '# HELP jobs Jobs done.',
      '# TYPE jobs counter',
      '# UNIT jobs_seconds seconds',
      'jobs 1 1795000000',
      'jobs_seconds 1 1795000000',
      '# TYPE depth_count gauge',
      'depth_count 1 1795000000',
      '# EOF',
    );
    expect(rows).toBe(3);
    expect(samples.map(({ kind, unit }) => [kind, unit])).toEqual([
      ['sum', ''],
      ['gauge', 'seconds'],
      ['gauge', ''],
    ]);
  });

  it('never makes a line throw', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom('{', '}', '"', '\\', '=', ',', 'a', ' ', '1', '#', '\n', '.')).map((c) => c.join('')),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        const { sink, rows } = decode(...lines);
        const refused = sink.rejections.filter(({ code }) => !['not-exposition', 'missing-time'].includes(code)).length;
        expect(rows).toBe(sink.calls.length + refused);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a real exposition (prometheus/prometheus, model/textparse/testdata)', () => {
  it('is read whole once its samples have times', () => {
    const folder = resolve(import.meta.dirname, '../../../fixtures/prometheus');
    const text = readFileSync(resolve(folder, '1histogram.om.txt'), 'utf8');
    const stamped = text.split('\n').map((line) => line.replace(/^([^#].* \S+)$/, '$1 1795000000'));
    const { rows, samples, sink } = decode(...stamped.filter((line) => line !== ''));
    const written = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect([rows, sink.rejections]).toEqual([written.length, []]);
    expect(new Set(samples.map(({ metric }) => metric))).toEqual(
      new Set(['bucket', 'sum', 'count'].map((part) => `golang_manual_histogram_seconds_${part}`)),
    );
  });
});
