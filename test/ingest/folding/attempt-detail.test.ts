import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptDetail, CellSeries, HistogramColumn } from '../../../src/domain/cells.ts';
import type { Span } from '../../../src/domain/telemetry.ts';
import { at, clientSpan, fold, plain, span } from './telemetry-fixture.ts';

/** A call in the course of a request of its own: attempts as [start, end, failed], in milliseconds since its minute. */
function call(id: number, minute: number, attempts: readonly (readonly [number, number, boolean])[]): Span[] {
  const place = { traceId: `t${id}`, parentSpanId: `s${id}` };
  return [
    span({ traceId: place.traceId, spanId: place.parentSpanId, startMs: at(minute), endMs: at(minute) + 5000 }),
    ...attempts.map(([startMs, endMs, failed], index) =>
      clientSpan(
        {
          ...place,
          spanId: `a${id}-${index}`,
          startMs: at(minute) + startMs,
          endMs: at(minute) + endMs,
          failed,
        },
        index === 0 ? {} : { 'http.request.resend_count': String(index) },
      ),
    ),
  ];
}

function callsOf(spans: readonly Span[]): CellSeries & { attemptDetail: AttemptDetail } {
  const folded = fold((sink) => {
    for (const one of spans) sink.span(one);
  });
  const found = folded.cells.series.find(({ key }) => key.peer !== null);
  if (found?.attemptDetail === undefined) throw new Error('no calls');
  return { ...found, attemptDetail: found.attemptDetail };
}

const sumOf = (counts: ArrayLike<number>): number => Array.from(counts).reduce((a, b) => a + b, 0);

const totals = (column: HistogramColumn | null): number[] =>
  column === null
    ? []
    : Array.from(column.layoutOfRow, (_, row) =>
        sumOf(column.counts.subarray(column.firstCount[row], column.firstCount[row + 1])),
      );

/** Middle of the only bucket of a row that counts anything. */
function middleOf(column: HistogramColumn | null, row: number): number {
  const first = column!.firstCount[row]!;
  const counts = [...column!.counts.subarray(first, column!.firstCount[row + 1])];
  const place = counts.findIndex((count) => count > 0);
  const layout = column!.layouts[column!.layoutOfRow[row]!];
  const scale = layout?.kind === 'exponential' ? layout.scale : Number.NaN;
  return place === 0 ? 0 : 2 ** ((column!.offsetOfRow[row]! + place - 0.5) / 2 ** scale);
}

const EXAMPLE = [
  ...call(1, 0, [[0, 100, false]]),
  ...call(2, 0, [
    [0, 50, true],
    [250, 350, false],
  ]),
  ...call(3, 1, [
    [1000, 1050, true],
    [1250, 1300, true],
    [1700, 1750, true],
    [2550, 2600, true],
    [4200, 4300, true],
  ]),
];

describe('attempts beside the calls they belong to', () => {
  const { attemptDetail: detail, sum } = callsOf(EXAMPLE);

  it('are counted by ordinal, the last place holding all later ones, failed ones apart', () => {
    expect([...detail.made]).toEqual([2, 1, 0, 0, 1, 1, 1, 2]);
    expect([...detail.failed]).toEqual([1, 0, 0, 0, 1, 1, 1, 2]);
  });

  it('leave the time spent waiting as what the calls took beyond their attempts', () => {
    const waits = Array.from(detail.attemptSum, (seconds, row) => sum![row]! - seconds);
    expect(waits[0]).toBeCloseTo(0.2, 3);
    expect(waits[1]).toBeCloseTo(0.2 + 0.4 + 0.8 + 1.6, 3);
  });

  it('have histograms of their durations, and of the failed ones', () => {
    expect(totals(detail.durations.all)).toEqual([3, 5]);
    expect(totals(detail.durations.failed)).toEqual([1, 5]);
    expect(Math.abs(middleOf(detail.durations.failed, 0) / 0.05 - 1)).toBeLessThan(0.022);
  });

  it('have histograms of the delays before each retry, and of those that ended in failure again', () => {
    expect(detail.delays.map(({ all }) => totals(all))).toEqual([
      [1, 1],
      [0, 1],
      [0, 2],
    ]);
    expect(detail.delays.map(({ failed }) => totals(failed))).toEqual([
      [0, 1],
      [0, 1],
      [0, 2],
    ]);
    expect(middleOf(detail.delays[0]!.all, 0) / 0.2).toBeCloseTo(1, 1);
    expect(middleOf(detail.delays[1]!.all, 1) / 0.4).toBeCloseTo(1, 1);
  });

  it('say in which second each call was repeated for the first time', () => {
    const { first, second, retries } = detail.firstRetries;
    expect([...first]).toEqual([0, 1, 2]);
    expect([...second]).toEqual([at(0) / 1000, at(1) / 1000 + 1]);
    expect([...retries]).toEqual([1, 1]);
  });

  it('share the histogram of the calls where no call was repeated', () => {
    const calls = callsOf(call(1, 0, [[0, 100, false]]));
    expect(calls.attemptDetail.durations.all).toBe(calls.histogram);
    expect(calls.attemptDetail.delays.every(({ all, failed }) => all === null && failed === null)).toBe(true);
  });

  it('know no delay across an attempt that was not seen, and none below zero where attempts overlap', () => {
    const gap = EXAMPLE.filter(({ spanId }) => spanId !== 'a3-1');
    expect(callsOf(gap).attemptDetail.delays.map(({ all }) => totals(all)[1] ?? 0)).toEqual([0, 0, 2]);
    const hedged = call(1, 0, [
      [0, 100, true],
      [60, 90, false],
    ]);
    expect(middleOf(callsOf(hedged).attemptDetail.delays[0]!.all, 0)).toBe(0);
  });
});

const arbitraryCall = fc.record({
  minute: fc.nat(3),
  gaps: fc.array(fc.record({ delay: fc.nat(400), duration: fc.nat(300) }), { minLength: 1, maxLength: 6 }),
  fails: fc.boolean(),
});

it('attempts come out the same whatever the order of the lines, and add up to the attempts of the calls', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryCall, { minLength: 1, maxLength: 12 }).chain((calls) => {
        const spans = calls.flatMap(({ minute, gaps, fails }, id) => {
          let time = 0;
          const attempts = gaps.map(({ delay, duration }, index): [number, number, boolean] => {
            const start = time + (index === 0 ? 0 : delay);
            time = start + duration;
            return [start, time, fails || index < gaps.length - 1];
          });
          return call(id, minute, attempts);
        });
        return fc.tuple(fc.constant(spans), fc.shuffledSubarray(spans, { minLength: spans.length }));
      }),
      ([spans, shuffled]) => {
        const inOrder = fold((sink) => spans.forEach((one) => void sink.span(one)));
        const mixed = fold((sink) => shuffled.forEach((one) => void sink.span(one)));
        expect(plain(mixed.cells)).toEqual(plain(inOrder.cells));
        const { attemptDetail, attempts } = callsOf(spans);
        const made = attemptDetail.made.reduce((a, b) => a + b, 0);
        expect(made).toBe(attempts!.reduce((a, b) => a + b, 0));
      },
    ),
    { numRuns: 60 },
  );
});
