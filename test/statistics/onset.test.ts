import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autoregressiveInflation, lagOneAutocorrelation } from '../../src/statistics/autocorrelation.ts';
import { largestLevelShift, largestSplitTail, normalScores } from '../../src/statistics/level-shift.ts';
import { longRunVariance } from '../../src/statistics/long-run-variance.ts';
import { normalCdf } from '../../src/statistics/normal.ts';
import { ARGMAX_QUANTILES, cusumOnset, kolmogorovTail } from '../../src/statistics/onset.ts';
import { termVariances } from '../../src/statistics/term-variances.ts';
import { mannKendall, theilSenInterval, theilSenSlope } from '../../src/statistics/trend.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { autoregressive } from './autoregressive.ts';
import { NILE } from './nile.ts';

describe('cusumOnset on the Nile', () => {
  it('splits at the dam, which explains 44 % of the squares', () => {
    const squares = (values: number[]) => {
      const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
    };
    const { index } = cusumOnset(NILE)!;
    expect(squares(NILE)).toBeCloseTo(2835156.75, 2);
    expect(squares(NILE.slice(0, index)) + squares(NILE.slice(index))).toBeCloseTo(1597457.19, 2);
    const { statistic } = cusumOnset(NILE, undefined, 0)!;
    expect(statistic * Math.sqrt(1597457.19)).toBeCloseTo(4995.2, 0);
  });

  it.each([
    [0, 3.952],
    [2, 3.596],
    [4, 3.712],
  ])('finds the dam of 1898 with %d lags', (lags, statistic) => {
    const onset = cusumOnset(NILE, undefined, lags)!;
    expect(onset.index).toBe(28);
    expect(onset.before).toBeCloseTo(1097.75, 6);
    expect(onset.after).toBeCloseTo(849.9722, 4);
    expect(onset.statistic).toBeCloseTo(statistic, 3);
    expect(onset.p).toBeLessThan(1e-4);
  });

  it('puts the dam within three years, taking four lags by itself', () => {
    expect(cusumOnset(NILE)!.statistic).toBeCloseTo(3.712, 3);
    // Half width 2.93 without lags: the next whole year.
    expect(cusumOnset(NILE, undefined, 0)).toMatchObject({ low: 25, high: 31 });
  });
});

describe('cusumOnset', () => {
  const step = (n: number, at: number, height: number, seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: n }, (_, t) => random.normal() + (t >= at ? height : 0));
  };

  it('finds a clear step within two blocks in at least nine of ten series', () => {
    let near = 0;
    for (let seed = 0; seed < 300; seed++) {
      const at = 15 + (seed % 31);
      if (Math.abs(cusumOnset(step(60, at, 3, seed))!.index - at) <= 2) near++;
    }
    expect(near / 300).toBeGreaterThanOrEqual(0.9);
  });

  it('finds the same step whatever the unit and direction', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 15, max: 45 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        (at, seed, unit) => {
          const values = step(60, at, 6, seed);
          const onset = cusumOnset(values)!;
          expect(onset.p).toBeLessThan(0.01);
          const mirrored = cusumOnset(values.map((value) => -value * unit))!;
          expect(mirrored.index).toBe(onset.index);
          expect(mirrored.statistic).toBeCloseTo(onset.statistic, 6);
          expect([mirrored.low, mirrored.high]).toEqual([onset.low, onset.high]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('covers the true onset with its interval', () => {
    let covered = 0;
    for (let seed = 0; seed < 300; seed++) {
      const onset = cusumOnset(step(80, 40, 1.5, seed))!;
      if (onset.low <= 40 && 40 <= onset.high) covered++;
    }
    expect(covered / 300).toBeGreaterThanOrEqual(0.9);
  });

  it.each([
    [12, 0.6],
    [30, 0],
    [30, 0.3],
    [30, 0.6],
    [60, 0.6],
    [120, 0.3],
    [200, 0.6],
  ])('claims a change in %d unchanged blocks as rarely as its level says, at autocorrelation %d', (n, rho) => {
    let claims = 0;
    for (let seed = 0; seed < 1500; seed++) if (cusumOnset(autoregressive(n, rho, seed))!.p < 0.05) claims++;
    expect(claims / 1500).toBeLessThanOrEqual(0.06);
  });

  it.each(['ramp', 'day', 'uneven'])('is not misled by a %s of traffic, whatever it does to the noise', (traffic) => {
    const n = 60;
    let [claims, series] = [0, 0];
    for (let seed = 0; seed < 600; seed++) {
      const random = seededRandom(seed);
      const weights = Array.from({ length: n }, (_, t) => {
        if (traffic === 'ramp') return 1 + (9 * t) / n;
        return traffic === 'day' ? 1.2 + Math.sin((2 * Math.PI * t) / n) : Math.exp(random.normal());
      });
      for (const power of [0, -0.5]) {
        series++;
        if (
          cusumOnset(
            weights.map((weight) => random.normal() * weight ** power),
            weights,
          )!.p < 0.05
        )
          claims++;
      }
    }
    expect(claims / series).toBeLessThanOrEqual(0.06);
  });

  it.each([
    [60, 5, 3, 0, 0.9],
    [60, 10, 2, 0, 0.9],
    [60, 5, 3, 0.3, 0.5],
    [120, 5, 2, 0, 0.7],
    [120, 10, 2, 0.3, 0.75],
    [60, 30, 2, 0.3, 0.85],
  ])('sees, in %d blocks, a change after the first %d by %d deviations', (n, at, by, rho, power) => {
    let [seen, near] = [0, 0];
    for (let seed = 0; seed < 300; seed++) {
      const height = by / Math.sqrt(1 - rho * rho);
      const onset = cusumOnset(autoregressive(n, rho, seed).map((value, t) => value + (t >= at ? height : 0)))!;
      if (onset.p < 0.05) seen++;
      if (Math.abs(onset.index - at) <= 2) near++;
    }
    expect(seen / 300).toBeGreaterThanOrEqual(power);
    expect(near / 300).toBeGreaterThanOrEqual(0.75);
  });

  it('takes neither one wild block for a change, nor a change beside one for none', () => {
    let [wild, seen] = [0, 0];
    for (let seed = 0; seed < 400; seed++) {
      const noise = autoregressive(60, 0, seed);
      const outlier = (t: number, at: number) => (t === at ? 20 : 0);
      if (cusumOnset(noise.map((value, t) => value + outlier(t, 58)))!.p < 0.05) wild++;
      const moved = cusumOnset(noise.map((value, t) => value + outlier(t, 15) + (t >= 30 ? 2 : 0)))!;
      if (moved.p < 0.05 && Math.abs(moved.index - 30) <= 4) seen++;
    }
    expect(wild / 400).toBeLessThanOrEqual(0.06);
    expect(seen / 400).toBeGreaterThanOrEqual(0.85);
  });

  it('gives the textbook p-value where its lags are asked for', () => {
    const onset = cusumOnset(step(60, 30, 0.6, 3), undefined, 0)!;
    expect(onset.p).toBeCloseTo(kolmogorovTail(onset.statistic), 12);
  });

  it('skips what is not known and answers positions of the series as given', () => {
    const values = [1, Number.NaN, 1.1, 0.9, 1, Number.NaN, 5, 5.1, 4.9, 5];
    expect(cusumOnset(values)).toMatchObject({ index: 6, before: 1 });
    expect(cusumOnset(values, [1, 1, 1, 1, 1, 1, 0, 1, 1, 1])).toMatchObject({ index: 7, after: 5 });
  });

  it('weighs blocks by their requests', () => {
    const values = [1, 9, 1.1, 0.9, 1, 3, 3.1, 2.9, 3, 3.05];
    const onset = cusumOnset(values, [100, 1, 100, 100, 100, 100, 100, 100, 100, 100])!;
    expect(onset.index).toBe(5);
    expect(onset.before).toBeCloseTo((100 + 9 + 110 + 90 + 100) / 401, 12);
  });

  it('has nothing to say about a constant or very short series', () => {
    expect(cusumOnset([2, 2, 2, 2, 2, 2])).toBeNull();
    expect(cusumOnset([1, 5, 9])).toBeNull();
    expect(cusumOnset([])).toBeNull();
  });

  it('is no surer of a step without noise than the orderings of its blocks allow', () => {
    const stepAt = (n: number) => cusumOnset(Array.from({ length: n }, (_, t) => (t < n / 2 ? 1 : 2)))!;
    expect(stepAt(8)).toMatchObject({ index: 4, statistic: Infinity, low: 3, high: 5 });
    expect(stepAt(8).p).toBeCloseTo(2 / 70, 12);
    expect(stepAt(10).p).toBeCloseTo(2 / 252, 12);
    expect(stepAt(40).p).toBeLessThan(1e-8);
    expect(stepAt(4).p).toBeGreaterThan(0.3);
  });
});

describe('the laws behind the onset', () => {
  it.each([
    [1.22385, 0.1],
    [1.3581, 0.05],
    [1.62762, 0.01],
    [1.94947, 0.001],
  ])("has Kolmogorov's critical value %d at %d", (critical, p) => {
    expect(kolmogorovTail(critical) / p).toBeCloseTo(1, 4);
  });

  it('has the critical values of the largest split that simulation finds, a little above them', () => {
    for (const [n, simulated] of [
      [60, 2.88],
      [200, 3.07],
      [400, 3.18],
    ] as const) {
      expect(largestSplitTail(simulated, 3 / n)).toBeGreaterThan(0.05);
      expect(largestSplitTail(simulated + 0.35, 3 / n)).toBeLessThan(0.05);
    }
    expect(largestSplitTail(1, 0.05)).toBe(1);
    expect(largestSplitTail(Number.POSITIVE_INFINITY, 0.05)).toBe(0);
    for (let z = 1.5; z < 8; z += 0.1)
      expect(largestSplitTail(z + 0.1, 0.05)).toBeLessThanOrEqual(largestSplitTail(z, 0.05));
  });

  it('has normal scores that only know the order of the values', () => {
    const scores = normalScores([3, 1, 2, 2, 100]);
    expect(scores[1]).toBeCloseTo(-scores[4]!, 12);
    expect(scores[2]).toBe(scores[3]);
    expect(scores).toEqual(normalScores([30, 10, 20, 20, 40]));
    expect(largestLevelShift([1, 1, 1, 1], [1, 1, 1, 1])).toBeNull();
  });

  it('tells the variance blocks share from that of what they count', () => {
    const random = seededRandom(4);
    const weights = Array.from({ length: 20_000 }, () => 0.2 + 2 * random.uniform());
    const ofKind = (power: number) =>
      termVariances(
        weights.map((weight) => weight * random.normal() * weight ** power),
        weights,
      );
    const counting = ofKind(-0.5);
    const sharing = ofKind(0);
    for (let t = 0; t < 50; t++) {
      expect(Math.abs(counting[t]! / weights[t]! - 1)).toBeLessThan(0.1);
      expect(Math.abs(sharing[t]! / weights[t]! ** 2 - 1)).toBeLessThan(0.15);
    }
    expect(Array.from(termVariances([1, -1, 2], [1, 1, 1]))).toEqual([2, 2, 2]);
  });

  it('has a Kolmogorov tail that falls from 1 to 0 without a seam', () => {
    expect(kolmogorovTail(0)).toBe(1);
    expect(kolmogorovTail(Number.POSITIVE_INFINITY)).toBe(0);
    expect(kolmogorovTail(1 - 1e-9)).toBeCloseTo(kolmogorovTail(1 + 1e-9), 7);
    for (let K = 0.05; K < 3; K += 0.05) expect(kolmogorovTail(K + 0.05)).toBeLessThanOrEqual(kolmogorovTail(K));
  });

  it('uses the quantiles of the argmax of a two-sided Brownian motion with drift', () => {
    const argmaxCdf = (x: number) =>
      1 +
      Math.sqrt(x / (2 * Math.PI)) * Math.exp(-x / 8) -
      ((x + 5) / 2) * normalCdf(-Math.sqrt(x) / 2) +
      1.5 * Math.exp(x) * normalCdf(-1.5 * Math.sqrt(x));
    for (const [level, quantile] of Object.entries(ARGMAX_QUANTILES)) {
      expect(argmaxCdf(quantile)).toBeCloseTo((1 + Number(level)) / 2, 6);
    }
  });

  it('knows how autocorrelation inflates the variance of a mean', () => {
    expect(autoregressiveInflation(0.3)).toBeCloseTo(1.857, 3);
    expect(autoregressiveInflation(0.6)).toBeCloseTo(4, 12);
    expect(autoregressiveInflation(0.9)).toBeCloseTo(19, 12);
    const random = seededRandom(3);
    let state = 0;
    const series = Array.from({ length: 20_000 }, () => {
      state = 0.6 * state + random.normal();
      return state;
    });
    expect(lagOneAutocorrelation(series)).toBeCloseTo(0.6, 1);
    const plain = longRunVariance(series, 0);
    expect(longRunVariance(series, 60) / plain).toBeGreaterThan(3.3);
    expect(longRunVariance(series, 60) / plain).toBeLessThan(4.5);
    expect(lagOneAutocorrelation([4, 4, 4])).toBeNaN();
  });

  it('has the trend of the Nile', () => {
    expect(mannKendall(NILE).statistic).toBe(-1387);
    expect(mannKendall(NILE).p).toBeLessThan(1e-4);
    expect(theilSenSlope(NILE)).toBeCloseTo(-2.6, 12);
    expect(theilSenInterval(NILE, 0.95).low).toBeCloseTo(-3.6279, 4);
    expect(theilSenInterval(NILE, 0.95).high).toBeCloseTo(-1.4286, 4);
  });
});
