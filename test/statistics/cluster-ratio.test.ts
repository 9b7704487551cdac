import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ClusterRatio,
  clusterRatio,
  clusterResiduals,
  logRatioInterval,
  twoWayVariance,
} from '../../src/statistics/cluster-ratio.ts';
import { logBeta, logGamma } from '../../src/statistics/gamma.ts';
import { raoScottInterval } from '../../src/statistics/rao-scott.ts';
import { wilsonInterval } from '../../src/statistics/wilson.ts';

const NUMERATORS = [12, 30, 5, 22, 9, 40];
const DENOMINATORS = [1000, 1200, 900, 1100, 950, 1050];

const clusterRows = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 50, max: 5000 })), {
  minLength: 2,
  maxLength: 30,
});

describe('clusterRatio', () => {
  it('has the figures of the worked example', () => {
    const estimate = clusterRatio(NUMERATORS, DENOMINATORS);
    expect(estimate.ratio).toBeCloseTo(0.0190323, 7);
    expect(Math.sqrt(estimate.variance)).toBeCloseTo(0.00478058, 8);
    const independent = (estimate.ratio * (1 - estimate.ratio)) / estimate.total;
    expect(Math.sqrt(independent)).toBeCloseTo(0.00173531, 8);
    expect(estimate.designEffect).toBeCloseTo(7.589, 3);
    expect(estimate).toMatchObject({ clusters: 6, degreesOfFreedom: 5, total: 6200 });
  });

  it('has the Pearson overdispersion and quasi-binomial error of the worked example in reach', () => {
    const { ratio, total } = clusterRatio(NUMERATORS, DENOMINATORS);
    const residuals = clusterResiduals(NUMERATORS, DENOMINATORS);
    const pearson = residuals.reduce((sum, u, j) => sum + (u * u) / (DENOMINATORS[j]! * ratio * (1 - ratio)), 0) / 5;
    expect(pearson).toBeCloseTo(7.7669, 4);
    expect(Math.sqrt((pearson * ratio * (1 - ratio)) / total)).toBeCloseTo(0.00483617, 8);
  });

  it('agrees with the likelihoods of the worked example, where the beta-binomial is at its maximum', () => {
    const logChoose = (n: number, y: number) => logGamma(n + 1) - logGamma(y + 1) - logGamma(n - y + 1);
    const betaBinomial = (mu: number, rho: number) => {
      const a = (mu * (1 - rho)) / rho;
      const b = ((1 - mu) * (1 - rho)) / rho;
      const terms = NUMERATORS.map((y, j) => {
        const n = DENOMINATORS[j]!;
        return logChoose(n, y) + logBeta(a + y, b + n - y) - logBeta(a, b);
      });
      return terms.reduce((sum, term) => sum + term, 0);
    };
    const { ratio } = clusterRatio(NUMERATORS, DENOMINATORS);
    const binomial = NUMERATORS.reduce((sum, y, j) => {
      const n = DENOMINATORS[j]!;
      return sum + logChoose(n, y) + y * Math.log(ratio) + (n - y) * Math.log1p(-ratio);
    }, 0);
    const [mu, rho] = [0.0184552, 0.005652];
    expect(binomial).toBeCloseTo(-33.1675, 4);
    expect(betaBinomial(mu, rho)).toBeCloseTo(-22.3619, 4);
    for (const factor of [0.98, 1.02]) {
      expect(betaBinomial(mu * factor, rho)).toBeLessThan(betaBinomial(mu, rho));
      expect(betaBinomial(mu, rho * factor)).toBeLessThan(betaBinomial(mu, rho));
    }
  });

  it('does not depend on the order of clusters, and not on clusters without requests', () => {
    fc.assert(
      fc.property(clusterRows, fc.integer({ min: 0, max: 29 }), (rows, cut) => {
        const at = cut % rows.length;
        const rotated = [...rows.slice(at), [7, 0] as [number, number], ...rows.slice(0, at)];
        const one = clusterRatio(
          rows.map(([y]) => y),
          rows.map(([, n]) => n),
        );
        const other = clusterRatio(
          rotated.map(([y]) => y),
          rotated.map(([, n]) => n),
        );
        expect(other.clusters).toBe(one.clusters);
        expect(other.ratio).toBeCloseTo(one.ratio, 12);
        expect(other.variance).toBeCloseTo(one.variance, 12);
      }),
    );
  });

  it('keeps its variance when every cluster grows alike', () => {
    const tenfold = clusterRatio(
      NUMERATORS.map((y) => 10 * y),
      DENOMINATORS.map((n) => 10 * n),
    );
    expect(tenfold.variance).toBeCloseTo(clusterRatio(NUMERATORS, DENOMINATORS).variance, 15);
  });

  it('has no variance with one cluster and no design effect without events', () => {
    expect(clusterRatio([3], [100])).toMatchObject({ ratio: 0.03, variance: Number.NaN, degreesOfFreedom: 0 });
    expect(clusterRatio([0, 0], [100, 100]).designEffect).toBeNaN();
    expect(clusterRatio([120, 130], [100, 100]).designEffect).toBeNaN();
    expect(clusterRatio([], []).ratio).toBeNaN();
  });
});

describe('raoScottInterval', () => {
  it('has the published ends of the worked example when the design effect is taken as known', () => {
    const estimate = { ...clusterRatio(NUMERATORS, DENOMINATORS), degreesOfFreedom: Number.POSITIVE_INFINITY };
    const { low, high } = raoScottInterval(estimate, 0.95);
    expect(low).toBeCloseTo(0.0116683, 7);
    expect(high).toBeCloseTo(0.0308984, 7);
  });

  it('is wider with few clusters, and wider still at a higher level', () => {
    const estimate = clusterRatio(NUMERATORS, DENOMINATORS);
    const known = raoScottInterval({ ...estimate, degreesOfFreedom: Number.POSITIVE_INFINITY }, 0.95);
    const few = raoScottInterval(estimate, 0.95);
    const sure = raoScottInterval(estimate, 0.99);
    expect(few.low).toBeLessThan(known.low);
    expect(few.high).toBeGreaterThan(known.high);
    expect(sure.low).toBeLessThan(few.low);
    expect(sure.high).toBeGreaterThan(few.high);
  });

  it('has a finite upper bound without events, and never a narrower one than independent requests', () => {
    const estimate = clusterRatio([0, 0, 0, 0, 0, 0, 0, 0], new Array(8).fill(1000));
    const { low, high } = raoScottInterval(estimate, 0.95);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(wilsonInterval(0, 8000, 0.95).high);
    expect(high).toBeLessThan(0.001);
    expect(raoScottInterval(estimate, 0.95, 4).high).toBeGreaterThan(3 * high);
  });

  it('is that of independent requests, not of a t on top of it, where chance put the design effect below 1', () => {
    const estimate = {
      ...clusterRatio([10, 10, 10, 10], [500, 500, 500, 500]),
      designEffect: 0.1,
      degreesOfFreedom: 3,
    };
    const wilson = wilsonInterval(40, 2000, 0.95);
    const { low, high } = raoScottInterval(estimate, 0.95);
    // Wilson's centre moves with the multiplier, its size does not.
    expect(high - low).toBeCloseTo(wilson.high - wilson.low, 3);
    const clustered = raoScottInterval({ ...estimate, designEffect: 1 }, 0.95);
    expect(clustered.high - clustered.low).toBeGreaterThan(1.4 * (high - low));
  });

  it('says nothing with one cluster', () => {
    expect(raoScottInterval(clusterRatio([3], [100]), 0.95)).toEqual({ low: 0, high: 1 });
  });

  it('stays within 0 and 1 and around the estimate', () => {
    fc.assert(
      fc.property(clusterRows, fc.double({ min: 0.5, max: 0.999, noNaN: true }), (rows, level) => {
        const estimate: ClusterRatio = clusterRatio(
          rows.map(([y]) => y),
          rows.map(([, n]) => n),
        );
        const { low, high } = raoScottInterval(estimate, level);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(estimate.ratio);
        expect(high).toBeGreaterThanOrEqual(estimate.ratio);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('logRatioInterval', () => {
  it('covers ratios above one and gives up where there is nothing to go by', () => {
    const estimate = clusterRatio([1200, 1900, 1400], [1000, 1000, 1000]);
    const { low, high } = logRatioInterval(estimate, 0.95);
    expect(low).toBeGreaterThan(0);
    expect(Math.sqrt(low * high)).toBeCloseTo(1.5, 12);
    expect(logRatioInterval(clusterRatio([0, 0], [10, 10]), 0.95)).toEqual({ low: 0, high: Number.POSITIVE_INFINITY });
  });
});

describe('twoWayVariance', () => {
  it('adds both ways, takes the overlap out once, and falls below neither', () => {
    expect(twoWayVariance(4, 3, 1)).toBe(6);
    expect(twoWayVariance(4, 3, 5)).toBe(4);
  });
});
