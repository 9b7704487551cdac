import { describe, expect, it } from 'vitest';
import { coefficientWeights } from '../../src/statistics/coefficient-weights.ts';
import { fixedEffectsFit } from '../../src/statistics/fixed-effects-fit.ts';
import { rearrangedCounts } from '../../src/statistics/rearranged-counts.ts';
import { seededRandom } from '../support/seeded-random.ts';

const random = seededRandom(5);
const [HOSTS, BLOCKS] = [7, 20];
const host = Int32Array.from({ length: HOSTS * BLOCKS }, (_, row) => row % HOSTS);
const block = Int32Array.from(host, (_, row) => Math.floor(row / HOSTS));
const columns = [
  Float64Array.from(host, (h, row) => (h < 3 && block[row]! >= 10 ? 1 : 0)),
  Float64Array.from(host, () => random.uniform()),
];
const weights = Float64Array.from(host, () => 20 + 100 * random.uniform());
const groupings = [block, host];

describe('row weights of a fit with fixed effects', () => {
  it('give its coefficients for any response', () => {
    const ofRows = coefficientWeights({ columns, groupings }, weights, [0, 1])!;
    for (let draw = 0; draw < 5; draw++) {
      const response = Float64Array.from(host, () => random.normal());
      const { coefficients } = fixedEffectsFit({ columns, response, weights, groupings, cluster: host });
      ofRows.forEach((ofRow, column) => {
        const effect = ofRow.reduce((sum, weight, row) => sum + weight * response[row]!, 0);
        expect(effect).toBeCloseTo(coefficients[column]!, 9);
      });
    }
  });

  it('add up to nothing, so that effects move shares of requests between buckets and make none', () => {
    for (const ofRow of coefficientWeights({ columns, groupings }, weights, [0, 1])!) {
      expect(ofRow.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(0, 9);
    }
  });

  it('are null where a column is explained by the groups or by another', () => {
    const everywhere = Float64Array.from(block, (one) => (one >= 10 ? 1 : 0));
    expect(coefficientWeights({ columns: [everywhere], groupings }, weights, [0])).toBeNull();
    expect(coefficientWeights({ columns: [columns[0]!, columns[0]!], groupings }, weights, [0, 1])).toBeNull();
    expect(coefficientWeights({ columns: [columns[0]!, columns[0]!], groupings }, weights, [1])).toBeNull();
  });

  it('do not miss a column that is only held equal and has nothing left to add', () => {
    const everywhere = Float64Array.from(block, (one) => (one >= 10 ? 1 : 0));
    const alone = coefficientWeights({ columns, groupings }, weights, [1, 0])!;
    const held = coefficientWeights({ columns: [everywhere, ...columns], groupings }, weights, [2, 1])!;
    held.forEach((ofRow, asked) => {
      ofRow.forEach((weight, row) => {
        expect(weight).toBeCloseTo(alone[asked]![row]!, 9);
      });
    });
  });
});

describe('rearranged counts', () => {
  it('are the counts themselves where none is below nothing', () => {
    expect([...rearrangedCounts([0, 2, 0, 3, 1])]).toEqual([0, 2, 0, 3, 1]);
  });

  it('are never below nothing, keep their total, and have the sums from below in order', () => {
    const counts = [0.1, 0.5, -0.2, 0.7, -0.15, 0.05];
    const rearranged = [...rearrangedCounts(counts)];
    expect(Math.min(...rearranged)).toBeGreaterThanOrEqual(0);
    expect(rearranged.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
    const sums = (of: readonly number[]) => of.map((_, i) => of.slice(0, i + 1).reduce((sum, one) => sum + one, 0));
    const expected = sums(counts)
      .map((sum) => Math.min(1, sum))
      .sort((a, b) => a - b);
    sums(rearranged).forEach((sum, i) => {
      expect(sum).toBeCloseTo(expected[i]!, 12);
    });
  });
});
