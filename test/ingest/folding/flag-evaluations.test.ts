import { describe, expect, it } from 'vitest';
import type { FlagEvaluationSeries } from '../../../src/domain/cells.ts';
import type { StreamIdentity } from '../../../src/domain/telemetry.ts';
import {
  at,
  attributes,
  codes,
  evaluation,
  type fold as Fold,
  fold,
  GATEWAY,
  identity,
  MINUTE,
  span,
  T0,
} from './telemetry-fixture.ts';

type Folded = ReturnType<typeof Fold>;

/** Flag and variant, with evaluations by minute after `T0`. */
function evaluations(folded: Folded): [string, string, [number, number][]][] {
  return folded.cells.evaluations.map((series) => [series.flag, series.variant, byMinute(series)]);
}

function byMinute({ block, count }: FlagEvaluationSeries): [number, number][] {
  return Array.from(block, (one, row) => [one - T0 / MINUTE, count[row] ?? Number.NaN]);
}

function counter(values: Record<string, string>, over: Partial<StreamIdentity> = {}): StreamIdentity {
  return identity({
    metric: 'feature_flag.evaluation_success_total',
    unit: '{evaluation}',
    kind: 'sum',
    attributes: attributes(values),
    ...over,
  });
}

describe('the counter of flag evaluations', () => {
  it.each([
    ['feature_flag.evaluation_success_total', 'feature_flag.key', 'feature_flag.result.variant'],
    ['feature_flag.evaluation_success_total', 'feature_flag.key', 'feature_flag.variant'],
    ['feature_flag.evaluation_success_total', 'key', 'variant'],
    ['feature_flag_evaluation_success_total', 'feature_flag_key', 'feature_flag_result_variant'],
    ['feature_flag_evaluation_success_total', 'feature_flag_key', 'feature_flag_variant'],
  ])('is read as %s with %s and %s', (metric, key, variant) => {
    const folded = fold((sink) => {
      const stream = sink.openStream(counter({ [key]: 'backoff.v2', [variant]: 'on' }, { metric }));
      for (const [minute, value] of [10, 15, 15, 40].entries()) sink.numberPoint(stream, at(-1), at(minute), value);
    });
    expect(evaluations(folded)).toEqual([
      [
        'backoff.v2',
        'on',
        [
          [-1, 10],
          [0, 5],
          [2, 25],
        ],
      ],
    ]);
    expect(folded.cells.series).toEqual([]);
  });

  it('adds up what differs in reason or provider only, and keeps services, instances and variants apart', () => {
    const other = attributes({ 'service.name': 'gateway', 'service.instance.id': 'gateway-2' });
    const folded = fold((sink) => {
      const add = (values: Record<string, string>, value: number, resource = GATEWAY) => {
        const names = { 'feature_flag.key': 'f', ...values };
        const stream = sink.openStream(counter(names, { resource, temporality: 'delta' }));
        sink.numberPoint(stream, at(0), at(1), value);
      };
      add({ 'feature_flag.variant': 'on', 'feature_flag.result.reason': 'split' }, 3);
      add({ 'feature_flag.variant': 'on', 'feature_flag.result.reason': 'cached' }, 4);
      add({ 'feature_flag.variant': 'off' }, 5);
      add({ 'feature_flag.variant': 'on' }, 6, other);
    });
    expect(folded.cells.evaluations.map(({ instance, variant, count }) => [instance, variant, [...count]])).toEqual([
      ['gateway-1', 'off', [5]],
      ['gateway-1', 'on', [7]],
      ['gateway-2', 'on', [6]],
    ]);
  });

  it('says nothing without a flag or an outcome, or as a gauge', () => {
    const folded = fold((sink) => {
      const names = [{ 'feature_flag.key': 'f' }, { 'feature_flag.variant': 'on' }];
      const streams = names.map((values) => sink.openStream(counter(values)));
      const gauge = { kind: 'gauge', temporality: 'instant' } as const;
      streams.push(sink.openStream(counter({ 'feature_flag.key': 'f', 'feature_flag.variant': 'on' }, gauge)));
      for (const stream of streams) sink.numberPoint(stream, at(0), at(1), 5);
    });
    expect(folded.cells.evaluations).toEqual([]);
  });
});

describe('evaluations in log records', () => {
  it('are counted by minute where no span is named, however many there are', () => {
    const folded = fold((sink) => {
      for (let i = 0; i < 90; i++) {
        const variant = i % 3 === 0 ? 'on' : 'off';
        sink.flagEvaluation(evaluation({ timeMs: at(0) + i * 1000, traceId: '', spanId: '', variant }));
      }
    });
    expect(evaluations(folded)).toEqual([
      [
        'backoff',
        'off',
        [
          [0, 40],
          [1, 20],
        ],
      ],
      [
        'backoff',
        'on',
        [
          [0, 20],
          [1, 10],
        ],
      ],
    ]);
  });

  it('are counted as well where their span is there, or was not sampled; the span carries its flag itself', () => {
    const folded = fold((sink) => {
      sink.span(span({ spanId: 's1' }));
      sink.flagEvaluation(evaluation({ spanId: 's1' }));
      sink.flagEvaluation(evaluation({ spanId: 'dropped', variant: 'off' }));
    });
    expect([...folded.cells.series[0]!.key.attributes]).toEqual([['feature_flag.backoff', 'on']]);
    expect(evaluations(folded)).toEqual([
      ['backoff', 'off', [[0, 1]]],
      ['backoff', 'on', [[0, 1]]],
    ]);
  });

  it('give way to the counter of the same process and flag, which counts all of them', () => {
    const folded = fold((sink) => {
      const names = { 'feature_flag.key': 'backoff', 'feature_flag.result.variant': 'off' };
      sink.flagEvaluation(evaluation());
      sink.flagEvaluation(evaluation({ flag: 'other' }));
      sink.numberPoint(sink.openStream(counter(names, { temporality: 'delta' })), at(0), at(1), 100);
    });
    expect(evaluations(folded)).toEqual([
      ['backoff', 'off', [[0, 100]]],
      ['other', 'on', [[0, 1]]],
    ]);
  });

  it('outside the blocks that are kept are dropped', () => {
    const folded = fold((sink) => sink.flagEvaluation(evaluation({ timeMs: at(5) })), { to: at(5) });
    expect(folded.cells.evaluations).toEqual([]);
    expect(codes(folded)).toEqual([]);
  });
});
