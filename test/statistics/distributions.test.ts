import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaQuantile, regularizedBeta } from '../../src/statistics/beta.ts';
import { binomialCdf } from '../../src/statistics/binomial.ts';
import {
  chiSquareCdf,
  chiSquareTail,
  logBeta,
  logGamma,
  regularizedGammaLower,
  regularizedGammaUpper,
} from '../../src/statistics/gamma.ts';
import { complementaryError, normalCdf, normalQuantile } from '../../src/statistics/normal.ts';
import { studentCdf, studentQuantile } from '../../src/statistics/student.ts';

const relative = (actual: number, expected: number) => Math.abs(actual / expected - 1);
const tailProbability = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });
const degrees = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.double({ min: 1, max: 1e6, noNaN: true }));

describe('normal distribution', () => {
  it('has the published values, far tail included', () => {
    expect(normalCdf(0)).toBe(0.5);
    expect(relative(normalCdf(1), 0.8413447460685429)).toBeLessThan(1e-15);
    expect(relative(normalCdf(-1.96), 0.024997895148220435)).toBeLessThan(1e-14);
    expect(relative(normalCdf(-10), 7.619853024160527e-24)).toBeLessThan(1e-13);
    expect(relative(normalQuantile(0.975), 1.959963984540054)).toBeLessThan(1e-15);
    expect(relative(normalQuantile(1e-20), -9.26234008979841)).toBeLessThan(1e-14);
    expect(relative(complementaryError(0.5), 0.4795001221869535)).toBeLessThan(1e-15);
    expect(relative(complementaryError(3), 2.209049699858544e-5)).toBeLessThan(1e-14);
  });

  it('has a quantile that inverts its distribution function', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1 - 1e-12, noNaN: true }), (p) => {
        expect(relative(normalCdf(normalQuantile(p)), p)).toBeLessThan(1e-11);
      }),
    );
  });

  it('answers the ends with infinities and nonsense with NaN', () => {
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
    expect(normalQuantile(-0.1)).toBeNaN();
    expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
  });
});

describe("Student's t", () => {
  it.each([
    [1, 0.975, 12.706204736174694],
    [2, 0.975, 4.302652729749464],
    [5, 0.975, 2.570581835636314],
    [10, 0.9995, 4.586893858702636],
    [30, 0.975, 2.0422724563012373],
    [100, 0.975, 1.983971518523552],
  ])('has the published quantile with %d degrees of freedom at %d', (df, p, expected) => {
    expect(relative(studentQuantile(p, df), expected)).toBeLessThan(1e-12);
  });

  it('agrees with the closed forms of 1 and 2 degrees of freedom', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (t) => {
        expect(studentCdf(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12);
        expect(studentCdf(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12);
      }),
    );
  });

  it('has a quantile that inverts its distribution function', () => {
    fc.assert(
      fc.property(tailProbability, degrees, (p, df) => {
        expect(relative(studentCdf(studentQuantile(p, df), df), p)).toBeLessThan(1e-9);
      }),
    );
  });

  it('is the normal distribution at infinite degrees of freedom, and close to it at a million', () => {
    expect(studentQuantile(0.975, Number.POSITIVE_INFINITY)).toBe(normalQuantile(0.975));
    expect(studentCdf(-2, Number.POSITIVE_INFINITY)).toBe(normalCdf(-2));
    expect(studentQuantile(0.975, 1e6)).toBeCloseTo(1.9599663568, 9);
  });

  it('needs a wider reach the fewer the degrees of freedom', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.51, max: 0.9999, noNaN: true }), degrees, (p, df) => {
        expect(studentQuantile(p, df)).toBeGreaterThan(studentQuantile(p, df * 1.1));
      }),
    );
  });

  it('does not exist without degrees of freedom', () => {
    expect(studentQuantile(0.975, 0)).toBeNaN();
    expect(studentCdf(1, 0)).toBeNaN();
  });
});

describe('beta and gamma functions', () => {
  it('have the published values', () => {
    expect(relative(logGamma(0.5), Math.log(Math.PI) / 2)).toBeLessThan(1e-15);
    expect(relative(logGamma(100), 359.1342053695754)).toBeLessThan(1e-15);
    expect(Math.abs(logGamma(1))).toBeLessThan(1e-14);
    expect(relative(regularizedBeta(0.3, 2, 3), 0.3483)).toBeLessThan(1e-13);
    expect(relative(logBeta(20, 30), logGamma(20) + logGamma(30) - logGamma(50))).toBeLessThan(1e-13);
    expect(relative(chiSquareTail(3.841458820694124, 1), 0.05)).toBeLessThan(1e-13);
    expect(relative(chiSquareCdf(18.307038053275146, 10), 0.95)).toBeLessThan(1e-13);
    expect(relative(regularizedGammaUpper(1, 700), Math.exp(-700))).toBeLessThan(1e-12);
  });

  it('keep the recurrence of the gamma function', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 1e6, noNaN: true }), (x) => {
        const difference = logGamma(x + 1) - logGamma(x) - Math.log(x);
        expect(Math.abs(difference)).toBeLessThan(1e-14 * Math.max(10, Math.abs(logGamma(x))));
      }),
    );
  });

  it('have lower and upper parts that make one', () => {
    const positive = fc.double({ min: 1e-3, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (a, x) => {
        expect(regularizedGammaLower(a, x) + regularizedGammaUpper(a, x)).toBeCloseTo(1, 12);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), positive, positive, (x, a, b) => {
        expect(regularizedBeta(x, a, b) + regularizedBeta(1 - x, b, a)).toBeCloseTo(1, 8);
      }),
    );
  });

  it('have a beta quantile that inverts the distribution function', () => {
    const shape = fc.double({ min: 0.05, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), shape, shape, (p, a, b) => {
        const x = betaQuantile(p, a, b);
        // Next to 1 a double cannot hold the quantile: its neighbours then enclose p.
        if (x > 1 - 1e-9) return;
        expect(regularizedBeta(x, a, b)).toBeCloseTo(p, 7);
      }),
    );
  });

  it('sum binomial probabilities', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), (n, share) => {
        let sum = 0;
        let term = (1 - share) ** n;
        for (let k = 0; k <= n; k++) {
          sum += term;
          expect(binomialCdf(k, n, share)).toBeCloseTo(sum, 10);
          term *= ((n - k) / (k + 1)) * (share / (1 - share));
        }
      }),
    );
  });
});
