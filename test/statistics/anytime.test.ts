import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anytimeMultiplier,
  bestRho,
  logNormalMixture,
  normalMixtureBound,
  type Sides,
} from '../../src/statistics/anytime-boundary.ts';
import {
  anytimeStudentHalfWidth,
  anytimeStudentMultiplier,
  anytimeStudentP,
  bestPrecision,
} from '../../src/statistics/anytime-student.ts';
import { normalCdf, normalDensity, normalQuantile } from '../../src/statistics/normal.ts';
import { sampleRatioP } from '../../src/statistics/sample-ratio.ts';
import { seededRandom } from '../support/seeded-random.ts';

/** Armitage, McPherson & Rowe (1969): the chance that |S_k|/√k ever leaves its bound in K equally spaced looks, exactly. */
function crossingProbability(looks: number, multiplierAt: (look: number) => number): number {
  const points = 240;
  let half = multiplierAt(1);
  let step = (2 * half) / points;
  let density = Float64Array.from({ length: points }, (_, i) => normalDensity(-half + (i + 0.5) * step));
  for (let look = 2; look <= looks; look++) {
    const nextHalf = multiplierAt(look) * Math.sqrt(look);
    const nextStep = (2 * nextHalf) / points;
    const next = new Float64Array(points);
    for (let j = 0; j < points; j++) {
      const s = -nextHalf + (j + 0.5) * nextStep;
      for (let i = 0; i < points; i++) next[j]! += density[i]! * normalDensity(s - (-half + (i + 0.5) * step)) * step;
    }
    [half, step, density] = [nextHalf, nextStep, next];
  }
  return 1 - density.reduce((sum, height) => sum + height * step, 0);
}

describe('the normal mixture boundary', () => {
  it('has the reference values of confseq', () => {
    expect(bestRho(100, 0.05)).toBeCloseTo(12.60056, 5);
    expect(logNormalMixture(10, 100, bestRho(100, 0.05))).toBeCloseTo(-0.6510052, 7);
    expect(normalMixtureBound(100, 0.05, bestRho(100, 0.05))).toBeCloseTo(30.35209, 5);
    expect(logNormalMixture(10, 100, bestRho(100, 0.1), 1)).toBeCloseTo(-0.06502391, 8);
    expect(normalMixtureBound(100, 0.05, bestRho(100, 0.1), 1)).toBeCloseTo(27.66071, 5);
  });

  it('takes the place of 1.96 at a price of 2.4 times the data', () => {
    expect(anytimeMultiplier(100, 100, 0.95)).toBeCloseTo(3.035, 3);
    expect(anytimeMultiplier(10, 100, 0.95)).toBeCloseTo(3.855, 3);
    expect(anytimeMultiplier(1000, 100, 0.95)).toBeCloseTo(3.242, 3);
    expect((anytimeMultiplier(60, 60, 0.95) / normalQuantile(0.975)) ** 2).toBeCloseTo(2.4, 1);
    expect(anytimeMultiplier(0, 100, 0.95)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is tightest where it was planned to be, and tighter for one side than for two', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 2, max: 1e4, noNaN: true }),
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        fc.constantFrom(0.9, 0.95, 0.99),
        (planned, factor, level) => {
          const own = anytimeMultiplier(planned, planned, level);
          expect(anytimeMultiplier(planned, planned * factor, level)).toBeGreaterThanOrEqual(own - 0.001);
          expect(anytimeMultiplier(planned, planned, level, 1)).toBeLessThan(own);
        },
      ),
    );
  });
});

describe('looking again and again', () => {
  it.each([
    [2, 8.2],
    [5, 14.1],
    [10, 19.3],
    [20, 24.9],
    // A simulated figure; exact is 32.0.
    [50, 32.4],
  ])('at a fixed 5 % level over %d looks claims something in %d % of unchanged series', (looks, percent) => {
    expect(Math.abs(100 * crossingProbability(looks, () => normalQuantile(0.975)) - percent)).toBeLessThan(0.4);
  });

  it.each([2, 10, 50, 120])('at the anytime-valid level over %d looks stays below 5 %', (looks) => {
    for (const planned of [looks / 10, looks, looks * 10]) {
      const crossed = crossingProbability(looks, (look) => anytimeMultiplier(look, planned, 0.95));
      expect(crossed).toBeLessThan(0.05);
      expect(crossed).toBeGreaterThan(0);
    }
  });

  /** Share of unchanged series whose mean ever leaves the multiplier, the variance estimated from the series itself. */
  function claims(multiplierAt: (clusters: number) => number, from: number, to: number, sides: Sides): number {
    const multipliers = Array.from({ length: to + 1 }, (_, clusters) => multiplierAt(clusters));
    let claimed = 0;
    for (let seed = 0; seed < 3000; seed++) {
      const random = seededRandom(seed * 31 + to);
      let mean = 0;
      let squares = 0;
      let isClaimed = false;
      for (let clusters = 1; clusters <= to; clusters++) {
        const value = random.normal();
        const deviation = value - mean;
        mean += deviation / clusters;
        squares += deviation * (value - mean);
        const t = mean / Math.sqrt(squares / (clusters - 1) / clusters);
        if (clusters >= from && (sides === 2 ? Math.abs(t) : t) > multipliers[clusters]!) isClaimed = true;
      }
      if (isClaimed) claimed++;
    }
    return claimed / 3000;
  }

  it.each([20, 60, 200])(
    'with an estimated variance stays below 5 % from the first cluster on, planned for %d',
    (n) => {
      const claimed = claims((clusters) => anytimeStudentMultiplier(clusters, n, 0.95), 2, 2 * n, 2);
      expect(claimed).toBeLessThanOrEqual(0.05);
      expect(claimed).toBeGreaterThan(0.005);
      // A one-sided claim at 5 % reads the two-sided interval at 90 %.
      expect(claims((clusters) => anytimeStudentMultiplier(clusters, n, 0.9), 2, 2 * n, 1)).toBeLessThanOrEqual(0.05);
    },
  );

  it('needs ten clusters before the variance may be taken as known', () => {
    expect(claims((clusters) => anytimeMultiplier(clusters, 20, 0.95), 3, 40, 2)).toBeGreaterThan(0.1);
    expect(claims((clusters) => anytimeMultiplier(clusters, 20, 0.95), 10, 40, 2)).toBeLessThanOrEqual(0.05);
  });
});

describe('the anytime-valid t', () => {
  const design = { n: 100, degreesOfFreedom: 92, precision: 11.5815 };

  it('has the published precision, p-values and interval', () => {
    expect(bestPrecision(100, 92, 0.95)).toBeCloseTo(11.5815, 4);
    expect(anytimeStudentP(5.776, design) / 9.77e-6).toBeCloseTo(1, 2);
    expect(anytimeStudentP(8.19, design) / 8.07e-10).toBeCloseTo(1, 2);
    expect(anytimeStudentP(10.769, design) / 3.19e-14).toBeCloseTo(1, 2);
    const half = anytimeStudentHalfWidth(design, 0.95) * 0.21566;
    expect(anytimeStudentHalfWidth(design, 0.95)).toBeCloseTo(3.10394, 5);
    expect(2.32245 - half).toBeCloseTo(1.65305, 4);
    expect(2.32245 + half).toBeCloseTo(2.99184, 4);
  });

  it('has the p-value 1 − level at the edge of its interval', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 2000 }),
        fc.integer({ min: 30, max: 2000 }),
        fc.constantFrom(0.8, 0.95, 0.99),
        (n, planned, level) => {
          const at = { n, degreesOfFreedom: n - 1, precision: bestPrecision(planned, planned - 1, level) };
          const edge = anytimeStudentHalfWidth(at, level);
          if (edge < 1e6) expect(anytimeStudentP(edge, at) / (1 - level)).toBeCloseTo(1, 6);
        },
      ),
    );
  });

  it('comes to the normal mixture for many clusters, and says nothing with very few', () => {
    const ratio = anytimeStudentMultiplier(1e6, 1e6, 0.95) / anytimeMultiplier(1e6, 1e6, 0.95);
    expect(ratio).toBeCloseTo(1, 3);
    expect(anytimeStudentMultiplier(3, 100, 0.95)).toBe(Number.POSITIVE_INFINITY);
    expect(anytimeStudentMultiplier(1, 100, 0.95)).toBe(Number.POSITIVE_INFINITY);
    expect(anytimeStudentMultiplier(50, 100, 0.95)).toBeLessThan(3.3);
  });
});

describe('the sample ratio', () => {
  it.each([
    [[60, 40], 100, 0.517424],
    [[120, 80], 100, 0.118524],
    [[600, 400], 100, 3.74994e-8],
    [[530, 470], 100, 0.645683],
    [[5300, 4700], 100, 1.81137e-7],
    [[120, 80], 2, 0.206046],
    [[600, 400], 2, 4.63854e-8],
  ])('of %j with concentration %d has p = %d', (counts, concentration, p) => {
    expect(sampleRatioP(counts, [0.5, 0.5], concentration) / p).toBeCloseTo(1, 4);
  });

  it('is not suspected more often than its level says, however often it is looked at', () => {
    let suspected = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const random = seededRandom(seed);
      const counts = [0, 0, 0];
      let isSuspected = false;
      for (let event = 0; event < 500; event++) {
        const u = random.uniform();
        counts[u < 0.7 ? 0 : u < 0.9 ? 1 : 2]!++;
        isSuspected ||= event % 10 === 9 && sampleRatioP(counts, [7, 2, 1]) < 0.05;
      }
      if (isSuspected) suspected++;
    }
    expect(suspected / 1000).toBeLessThanOrEqual(0.05);
    expect(suspected).toBeGreaterThan(0);
  });

  it('says nothing of nothing, and of shares that cannot be', () => {
    expect(sampleRatioP([0, 0], [0.5, 0.5])).toBe(1);
    expect(sampleRatioP([3, 0], [1, 0])).toBeNaN();
    expect(sampleRatioP([-1, 2], [1, 1])).toBeNaN();
  });

  it('leaves the normal distribution function as the limit of its one-sided mixture', () => {
    expect(logNormalMixture(0, 100, 10, 1)).toBeCloseTo(logNormalMixture(0, 100, 10) + Math.log(2 * normalCdf(0)), 12);
  });
});
