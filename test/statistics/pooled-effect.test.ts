import { describe, expect, it } from 'vitest';
import { pooledEffect } from '../../src/statistics/pooled-effect.ts';

describe('the pooled effect', () => {
  it('weighs estimates by their precision', () => {
    const pooled = pooledEffect([
      { value: 0, standardError: 2 },
      { value: 1, standardError: 1 },
    ])!;
    expect(pooled.value).toBeCloseTo(0.8, 12);
    expect(pooled.standardError).toBeCloseTo(1 / Math.sqrt(1.25), 12);
  });

  it('is less sure by the Birge ratio where estimates differ by more than their errors allow', () => {
    const pooled = pooledEffect([
      { value: -3, standardError: 1 },
      { value: 3, standardError: 1 },
    ])!;
    expect(pooled.value).toBeCloseTo(0, 12);
    expect(pooled.standardError).toBeCloseTo(Math.sqrt(18) / Math.sqrt(2), 12);
  });

  it('is none of none, and leaves out what is not known', () => {
    expect(pooledEffect([])).toBeNull();
    expect(pooledEffect([{ value: Number.NaN, standardError: 1 }])).toBeNull();
    expect(pooledEffect([{ value: 1, standardError: Number.POSITIVE_INFINITY }])).toBeNull();
    const one = { value: 0.3, standardError: 0.1 };
    expect(pooledEffect([one, { value: 1, standardError: Number.NaN }])!.value).toBeCloseTo(0.3, 12);
  });
});
