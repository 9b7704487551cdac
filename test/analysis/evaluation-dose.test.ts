import { describe, expect, it } from 'vitest';
import { evaluationDose } from '../../src/analysis/exposure/evaluation-dose.ts';
import type { FlagEvaluationSeries } from '../../src/domain/cells.ts';

function series(
  instance: string,
  variant: string,
  rows: readonly [number, number][],
  flag = 'f',
): FlagEvaluationSeries {
  return {
    service: 'gateway',
    instance,
    flag,
    variant,
    block: Int32Array.from(rows, ([block]) => block),
    count: Float64Array.from(rows, ([, count]) => count),
  };
}

const EVALUATIONS = [
  series('a', 'off', [
    [0, 10],
    [1, 30],
  ]),
  series('a', 'on', [
    [1, 10],
    [3, 5],
  ]),
  series('b', 'off', [[1, 40]]),
  series('a', 'on', [[0, 99]], 'other'),
];

describe('the dose of a process', () => {
  it('is the share of its evaluations that came out as the variant, in each block', () => {
    const dose = evaluationDose(EVALUATIONS, 'gateway', 'a', 'f', 'on');
    expect([...dose]).toEqual([
      [0, 0],
      [1, 0.25],
      [3, 1],
    ]);
  });

  it('is zero where all came out otherwise, and unknown where nothing was evaluated', () => {
    expect([...evaluationDose(EVALUATIONS, 'gateway', 'b', 'f', 'on')]).toEqual([[1, 0]]);
    expect(evaluationDose(EVALUATIONS, 'gateway', 'c', 'f', 'on').size).toBe(0);
    expect(evaluationDose(EVALUATIONS, 'orders', 'a', 'f', 'on').size).toBe(0);
  });

  it('of the doses of all variants is one in every block', () => {
    const [on, off] = ['on', 'off'].map((variant) => evaluationDose(EVALUATIONS, 'gateway', 'a', 'f', variant));
    for (const [block, dose] of on!) expect(dose + (off!.get(block) ?? 0)).toBe(1);
  });

  it('of a service without instances is that of all its processes together', () => {
    expect(evaluationDose(EVALUATIONS, 'gateway', null, 'f', 'on').get(1)).toBe(10 / 80);
  });
});
