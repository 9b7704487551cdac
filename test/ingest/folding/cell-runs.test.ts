import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CellRun, type CellSink, runsAsPoints } from '../../../src/domain/cell-run.ts';
import type { BucketLayout, Counts } from '../../../src/domain/cells.ts';
import { at, attributes, BOUNDS, fold, identity, MINUTE, only, plain, T0 } from './telemetry-fixture.ts';

interface Row {
  readonly minute: number;
  readonly buckets: readonly number[];
  readonly sum: number;
  readonly offset: number;
}

const EXPLICIT: BucketLayout = { kind: 'explicit', bounds: Float64Array.from(BOUNDS) };
const OTHER_BOUNDS: BucketLayout = { kind: 'explicit', bounds: Float64Array.of(0.1, 2) };
const EXPONENTIAL: BucketLayout = { kind: 'exponential', scale: 2, zeroThreshold: 0 };
const COARSER: BucketLayout = { kind: 'exponential', scale: 1, zeroThreshold: 0 };

function runOf(rows: readonly Row[], layout: BucketLayout | null, type: 'narrow' | 'double' = 'narrow'): CellRun {
  const first = new Uint32Array(rows.length + 1);
  rows.forEach(({ buckets }, i) => {
    first[i + 1] = first[i]! + buckets.length;
  });
  const all = rows.flatMap(({ buckets }) => buckets);
  const narrow = Math.max(0, ...all) < 256 ? Uint8Array : Uint16Array;
  const buckets: Counts = type === 'double' ? Float64Array.from(all) : narrow.from(all);
  return {
    blockMs: MINUTE,
    block: Int32Array.from(rows, ({ minute }) => T0 / MINUTE + minute),
    count: Float64Array.from(rows, ({ buckets }) => buckets.reduce((a, b) => a + b, 0)),
    isNumber: false,
    sum: Float64Array.from(rows, ({ sum }) => sum),
    layout,
    offset: layout?.kind === 'exponential' ? Int32Array.from(rows, ({ offset }) => offset) : null,
    first,
    buckets,
  };
}

type Step = (sink: CellSink, runs: CellSink['cellRun']) => void;

const row = (most: number): fc.Arbitrary<Row> =>
  fc.record({
    minute: fc.nat(30),
    buckets: fc.tuple(fc.nat(most), fc.nat(most), fc.nat(most)),
    sum: fc.nat(400).map((eighths) => eighths / 8),
    offset: fc.integer({ min: -3, max: 3 }),
  });
const rowsInOrder = fc
  .oneof(row(9), row(300))
  .chain((one) =>
    fc
      .uniqueArray(row(9), { minLength: 1, maxLength: 8, selector: ({ minute }) => minute })
      .map((rows) => [...rows, one]),
  )
  .map((rows) => rows.sort((a, b) => a.minute - b.minute))
  .map((rows) => rows.filter(({ minute }, i) => i === 0 || rows[i - 1]!.minute < minute));

const step: fc.Arbitrary<Step> = fc
  .record({
    series: fc.nat(3),
    rows: rowsInOrder,
    layouts: fc.constantFrom<readonly [string, BucketLayout]>(
      ['http.server.request.duration', EXPLICIT],
      ['http.server.request.duration', EXPLICIT],
      ['http.server.request.duration', OTHER_BOUNDS],
      ['rpc.server.call.duration', EXPONENTIAL],
      ['rpc.server.call.duration', COARSER],
    ),
    type: fc.constantFrom('narrow', 'narrow', 'double'),
    isPoint: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  })
  .map(({ series, rows, layouts: [metric, layout], type, isPoint }) => (sink, runs) => {
    const values = {
      'http.request.method': 'GET',
      'http.route': `/r${series % 2}`,
      'http.response.status_code': series < 2 ? '200' : '500',
    };
    const kind = layout.kind === 'explicit' ? 'histogram' : 'exponential-histogram';
    const stream = sink.openStream(identity({ metric, kind, temporality: 'delta', attributes: attributes(values) }));
    if (isPoint && layout.kind === 'explicit') {
      sink.histogramPoint(stream, at(40), at(41), 6, 2, layout.bounds, [1, 2, 3]);
    } else runs(stream, runOf(rows, layout, type as 'narrow' | 'double'));
  });

describe('runs of cells', () => {
  it('give the cells that their rows give as points, whatever comes between them and in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const fromRuns = fold((sink) => {
          const runs = sink as CellSink;
          for (const one of steps) one(runs, (stream, run) => runs.cellRun(stream, run));
        });
        const fromPoints = fold((sink) => {
          const asPoints = runsAsPoints(sink);
          for (const one of steps) one(sink as CellSink, asPoints);
        });
        expect(plain(fromRuns.cells)).toEqual(plain(fromPoints.cells));
      }),
    );
  });

  it('keep counts in no wider a type than the largest needs, and fractions as they are', () => {
    const countsOf = (buckets: readonly number[], type: 'narrow' | 'double' = 'narrow') =>
      only(
        fold((sink) => {
          const runs = sink as CellSink;
          const stream = runs.openStream(identity({ temporality: 'delta' }));
          runs.cellRun(stream, runOf([{ minute: 0, buckets, sum: 1, offset: 0 }], EXPLICIT, type));
        }),
      ).histogram!.counts;
    expect(countsOf([1, 255, 0])).toEqual(Uint8Array.of(1, 255, 0));
    expect(countsOf([1, 256, 0])).toEqual(Uint16Array.of(1, 256, 0));
    expect(countsOf([1, 70_000, 0], 'double')).toEqual(Uint32Array.of(1, 70_000, 0));
    expect(countsOf([0.5, 1, 0], 'double')).toEqual(Float64Array.of(0.5, 1, 0));
  });
});
