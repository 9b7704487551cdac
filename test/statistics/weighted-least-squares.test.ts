import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absorbGroups } from '../../src/statistics/absorb-groups.ts';
import { weightedLeastSquares } from '../../src/statistics/weighted-least-squares.ts';
import { seededRandom } from '../support/seeded-random.ts';

const rowMajor = (columns: number[][]) =>
  Float64Array.from(columns[0]!.flatMap((_, row) => columns.map((c) => c[row]!)));
const norm = (column: ArrayLike<number>) =>
  Math.sqrt(Array.from(column).reduce((sum, value) => sum + value * value, 0));

describe('weightedLeastSquares', () => {
  it('finds coefficients that made the response', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), (seed) => {
        const random = seededRandom(seed);
        const columns = [0, 1, 2].map(() => Array.from({ length: 30 }, () => random.normal()));
        const response = columns[0]!.map((x, i) => 2 * x - 3 * columns[1]![i]! + 0.5 * columns[2]![i]!);
        const weights = response.map(() => 0.5 + random.uniform());
        const cluster = response.map((_, i) => i % 6);
        const fit = weightedLeastSquares({ design: rowMajor(columns), columns: 3, response, weights, cluster });
        expect(fit).toMatchObject({ rank: 3, degreesOfFreedom: 5, aliases: [] });
        [2, -3, 0.5].forEach((value, i) => {
          expect(fit.coefficients[i]).toBeCloseTo(value, 9);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('has CR1 of a mean with every row its own cluster: the ordinary standard error', () => {
    const response = [3, 5, 8, 9, 12];
    const ones = response.map(() => 1);
    const input = { design: Float64Array.from(ones), columns: 1, response, weights: ones };
    const fit = weightedLeastSquares({ ...input, cluster: [0, 1, 2, 3, 4] });
    expect(fit.coefficients[0]).toBeCloseTo(7.4, 12);
    expect(fit.covariance[0]).toBeCloseTo(12.3 / 5, 12);
    // Clusters {3, 5}, {8, 9}, {12}: sums of residuals −6.8, 2.2, 4.6; 3/2 · 4/4 · Σ/25.
    const clustered = weightedLeastSquares({ ...input, cluster: [0, 0, 1, 1, 2] });
    expect(clustered.covariance[0]).toBeCloseTo((1.5 * (6.8 ** 2 + 2.2 ** 2 + 4.6 ** 2)) / 25, 12);
    expect(clustered.degreesOfFreedom).toBe(2);
  });

  it('names columns that always change together instead of ranking them', () => {
    const binary = [0, 0, 1, 1, 0, 1, 0, 1];
    const flag = [0, 1, 0, 1, 0, 1, 1, 0];
    const columns = [binary.map(() => 1), binary, binary.map((x) => 3 * x), flag, binary.map((x, i) => x + flag[i]!)];
    const response = binary.map((x, i) => 1 + 2 * x + flag[i]!);
    const weights = binary.map(() => 1);
    const fit = weightedLeastSquares({
      design: rowMajor(columns),
      columns: 5,
      response,
      weights,
      cluster: [0, 1, 2, 3, 4, 5, 6, 7],
    });
    expect(fit.rank).toBe(3);
    expect(fit.aliases.map(({ column }) => column)).toEqual([2, 4]);
    expect(fit.aliases[0]!.dependsOn).toHaveLength(1);
    expect(fit.aliases[0]!.dependsOn[0]!.column).toBe(1);
    expect(fit.aliases[0]!.dependsOn[0]!.factor).toBeCloseTo(3, 9);
    expect(fit.aliases[1]!.dependsOn.map(({ column }) => column)).toEqual([1, 3]);
    expect(fit.coefficients[2]).toBeNaN();
    expect(fit.coefficients[1]).toBeCloseTo(2, 9);
    expect(fit.covariance[2 * 5 + 2]).toBeNaN();
  });

  it('sees that a column without variation after absorbing says nothing', () => {
    const hosts = [0, 0, 0, 1, 1, 1, 2, 2, 2];
    const perHost = [1, 1, 1, 0, 0, 0, 1, 1, 1];
    const weights = hosts.map((_, i) => 1 + (i % 4));
    const absorbed = absorbGroups(perHost, weights, [hosts]);
    const fit = weightedLeastSquares({
      design: absorbed,
      columns: 1,
      response: hosts.map((_, i) => i),
      weights,
      cluster: hosts,
      referenceNorms: [norm(perHost)],
    });
    expect(fit.aliases).toEqual([{ column: 0, dependsOn: [] }]);
  });
});

describe('absorbGroups', () => {
  it('gives the coefficient that dummy columns of both groupings would give', () => {
    const random = seededRandom(5);
    const hosts = Array.from({ length: 60 }, (_, i) => i % 6);
    const blocks = Array.from({ length: 60 }, (_, i) => Math.floor(i / 6));
    const weights = hosts.map(() => 1 + 9 * random.uniform());
    const exposure = hosts.map((host, i) => (host < 3 && blocks[i]! >= 4 + host ? 1 : 0));
    const response = hosts.map(
      (host, i) => 0.3 * host + Math.sin(blocks[i]!) + 1.7 * exposure[i]! + 0.1 * random.normal(),
    );
    const dummies = [
      ...Array.from({ length: 6 }, (_, host) => hosts.map((value) => (value === host ? 1 : 0))),
      ...Array.from({ length: 9 }, (_, block) => blocks.map((value) => (value === block + 1 ? 1 : 0))),
    ];
    const full = weightedLeastSquares({
      design: rowMajor([...dummies, exposure]),
      columns: 16,
      response,
      weights,
      cluster: hosts,
    });
    const short = weightedLeastSquares({
      design: absorbGroups(exposure, weights, [hosts, blocks]),
      columns: 1,
      response: absorbGroups(response, weights, [hosts, blocks]),
      weights,
      cluster: hosts,
      referenceNorms: [norm(exposure)],
      absorbed: 15,
    });
    expect(short.coefficients[0]).toBeCloseTo(full.coefficients[15]!, 7);
    expect(short.covariance[0]! / full.covariance[15 * 16 + 15]!).toBeCloseTo(1, 5);
    expect(short.coefficients[0]).toBeCloseTo(1.7, 0);
  });
});
