import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatCount,
  formatNumber,
  formatObjective,
  formatPercent,
  formatProbability,
  formatShare,
} from '../../src/domain/numbers.ts';
import { effectWords, formatQuantity } from '../../src/domain/quantities.ts';

const latency = { indicator: 'latency.p99', unit: 's' };
const retries = { indicator: 'retry_ratio', unit: '1' };

describe('numbers as people read them', () => {
  it.each([
    [0.0211, '0.0211'],
    [1234.5, '1,230'],
    [1_234_567, '1,230,000'],
    [-0.5, '−0.5'],
    [0, '0'],
    [9.999, '10'],
    [1e-9, '1e-9'],
    [1.5e20, '1.5e20'],
    [Number.NaN, 'unknown'],
    [Number.NEGATIVE_INFINITY, '−∞'],
  ])('writes %d as %s', (value, words) => expect(formatNumber(value)).toBe(words));

  it('never loses more than half of the third digit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e14, noNaN: true }), (value) => {
        const read = Number(formatNumber(value).replaceAll(',', ''));
        expect(Math.abs(read - value)).toBeLessThanOrEqual(value * 0.0051);
      }),
    );
  });

  it('writes counts in full', () => {
    expect(formatCount(41234)).toBe('41,234');
    expect(formatCount(1_284_310)).toBe('1,284,310');
  });

  it('keeps the digits that matter close to one', () => {
    expect(formatShare(0.9996)).toBe('99.96%');
    expect(formatShare(0.5)).toBe('50%');
    expect(formatObjective(0.99999)).toBe('99.999%');
    expect(formatShare(0.99999999)).not.toBe('100%');
  });

  it('writes percentages and probabilities without false digits', () => {
    expect(formatPercent(0.07)).toBe('7%');
    expect(formatProbability(0.00001)).toBe('< 0.0001');
    expect(formatProbability(0.0042)).toBe('0.0042');
  });
});

describe('quantities in their unit', () => {
  it.each([
    [0.212, 's', '212 ms'],
    [0.9996, 's', '1 s'],
    [212, 'ms', '212 ms'],
    [1.234, 's', '1.23 s'],
    [0.0000123, 's', '12.3 µs'],
    [600, 's', '10 min'],
    [18_400, 'By', '18.4 kB'],
    [12, '%', '12%'],
    [3, '{attempt}', '3 attempt'],
    [1.09, '1', '1.09'],
  ])('writes %d %s as %s', (value, unit, words) => {
    expect(formatQuantity(value, { indicator: 'attempts_per_request', unit })).toBe(words);
  });

  it('writes a ratio as percent and a missing value in words', () => {
    expect(formatQuantity(0.021, retries)).toBe('2.1%');
    expect(formatQuantity(1.2, retries)).toBe('120%');
    expect(formatQuantity(0.624, { indicator: 'success_rate', unit: '1' })).toBe('62.4%');
    expect(formatQuantity(0.624, { indicator: 'sampling_rate', unit: '1' })).toBe('0.624');
    expect(formatQuantity(null, latency)).toBe('no data');
  });

  it('signs an effect, relative in percent and absolute in the unit', () => {
    const numbers = { estimate: 0.0132, low: -0.001, high: 0, margin: 0.002 };
    expect(effectWords({ kind: 'relative', ...numbers }, latency)).toEqual({
      estimate: '+1.32%',
      low: '−0.1%',
      high: '±0%',
      margin: '0.2%',
    });
    expect(effectWords({ kind: 'absolute', ...numbers }, latency).estimate).toBe('+13.2 ms');
    expect(effectWords({ kind: 'absolute', ...numbers }, retries).estimate).toBe('+1.32 pp');
  });
});
