import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differenceInDifferences,
  differenceInDifferencesOfUnits,
} from '../../src/statistics/difference-in-differences.ts';
import { exponentialUpperBound } from '../../src/statistics/exponential-mapping.ts';
import { threeFoldDecomposition, twoFoldDecomposition } from '../../src/statistics/kitagawa.ts';
import {
  cochranMantelHaenszel,
  mantelHaenszelDifference,
  mantelHaenszelOddsRatio,
} from '../../src/statistics/mantel-haenszel.ts';
import { quantileDecomposition, reweightedCounts } from '../../src/statistics/reweighted-distribution.ts';
import { stratifiedUnitDifference } from '../../src/statistics/stratified-units.ts';

/** Admissions to Berkeley's six largest departments in 1973 (Bickel, Hammel & O'Connell 1975). */
const MEN = { events: [512, 353, 120, 138, 53, 22], totals: [825, 560, 325, 417, 191, 373] };
const WOMEN = { events: [89, 17, 202, 131, 94, 24], totals: [108, 25, 593, 375, 393, 341] };
const BERKELEY = {
  exposedEvents: MEN.events,
  exposedTotals: MEN.totals,
  controlEvents: WOMEN.events,
  controlTotals: WOMEN.totals,
};

/** Success of two treatments for small and large kidney stones (Charig et al. 1986). */
const OPEN_SURGERY = { events: [81, 192], totals: [87, 263] };
const NEPHROLITHOTOMY = { events: [234, 55], totals: [270, 80] };

const counts = fc
  .array(
    fc.record({
      n0: fc.integer({ min: 0, max: 500 }),
      n1: fc.integer({ min: 0, max: 500 }),
      share0: fc.double({ min: 0, max: 1, noNaN: true }),
      share1: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .filter((strata) => strata.some(({ n0, n1 }) => n0 > 0 && n1 > 0))
  .map((strata) => ({
    before: { events: strata.map(({ n0, share0 }) => Math.floor(n0 * share0)), totals: strata.map(({ n0 }) => n0) },
    after: { events: strata.map(({ n1, share1 }) => Math.floor(n1 * share1)), totals: strata.map(({ n1 }) => n1) },
  }));

describe('decomposition of a rate', () => {
  it('splits the Berkeley difference into within and mix', () => {
    const parts = twoFoldDecomposition(WOMEN, MEN);
    expect(100 * parts.total).toBeCloseTo(44.5188 - 30.3542, 3);
    expect(100 * parts.within).toBeCloseTo(-3.6028, 4);
    expect(100 * parts.mix).toBeCloseTo(17.7674, 4);
    const three = threeFoldDecomposition(WOMEN, MEN);
    expect(100 * three.within).toBeCloseTo(-0.1088, 4);
    expect(100 * three.mix).toBeCloseTo(21.2615, 4);
    expect(100 * three.interaction).toBeCloseTo(-6.9881, 4);
  });

  it('shows the reversal of the kidney stones', () => {
    const parts = twoFoldDecomposition(NEPHROLITHOTOMY, OPEN_SURGERY);
    expect(100 * parts.within).toBeCloseTo(5.3671, 4);
    expect(100 * parts.mix).toBeCloseTo(-9.9386, 4);
    expect(100 * parts.total).toBeCloseTo(78 - 82.5714, 3);
  });

  it('has parts that add up, strata of one period only included', () => {
    fc.assert(
      fc.property(counts, ({ before, after }) => {
        const two = twoFoldDecomposition(before, after);
        expect(two.within + two.mix + two.appeared + two.vanished).toBeCloseTo(two.total, 10);
        const three = threeFoldDecomposition(before, after);
        expect(three.within + three.mix + three.interaction).toBeCloseTo(two.within + two.mix, 10);
      }),
    );
  });

  it('keeps new and vanished strata apart from the mix', () => {
    const parts = twoFoldDecomposition(
      { events: [10, 0, 50], totals: [100, 0, 100] },
      { events: [10, 90, 0], totals: [100, 100, 0] },
    );
    expect(parts).toMatchObject({ within: 0, mix: 0 });
    expect(parts.appeared).toBeCloseTo(0.4, 12);
    expect(parts.vanished).toBeCloseTo(-0.2, 12);
  });

  it('is the average over both orders of changing rates and mix', () => {
    fc.assert(
      fc.property(counts, ({ before, after }) => {
        const forward = threeFoldDecomposition(before, after);
        const backward = threeFoldDecomposition(after, before);
        expect(twoFoldDecomposition(before, after).within).toBeCloseTo((forward.within - backward.within) / 2, 10);
      }),
    );
  });
});

describe('Mantel–Haenszel', () => {
  it('has the published answers for Berkeley', () => {
    expect(mantelHaenszelOddsRatio(BERKELEY)).toBeCloseTo(0.9046968, 7);
    expect(mantelHaenszelDifference(BERKELEY).difference).toBeCloseTo(-0.0184252, 7);
    const plain = cochranMantelHaenszel(BERKELEY);
    expect(plain.statistic).toBeCloseTo(1.5246, 4);
    expect(plain.p).toBeCloseTo(0.2169, 4);
    const corrected = cochranMantelHaenszel(BERKELEY, true);
    expect(corrected.statistic).toBeCloseTo(1.4269, 4);
    expect(corrected.p).toBeCloseTo(0.2323, 4);
  });

  it('leaves strata with an empty arm out and changes sign with the arms', () => {
    const withEmpty = {
      exposedEvents: [...MEN.events, 10],
      exposedTotals: [...MEN.totals, 20],
      controlEvents: [...WOMEN.events, 0],
      controlTotals: [...WOMEN.totals, 0],
    };
    expect(mantelHaenszelDifference(withEmpty)).toEqual(mantelHaenszelDifference(BERKELEY));
    const swapped = mantelHaenszelDifference({
      exposedEvents: WOMEN.events,
      exposedTotals: WOMEN.totals,
      controlEvents: MEN.events,
      controlTotals: MEN.totals,
    });
    expect(swapped.difference).toBeCloseTo(0.0184252, 7);
    expect(swapped.variance).toBeCloseTo(mantelHaenszelDifference(BERKELEY).variance, 12);
  });

  it('counts strata of one cluster as one', () => {
    const own = mantelHaenszelDifference(BERKELEY);
    const paired = mantelHaenszelDifference({ ...BERKELEY, cluster: [0, 0, 1, 1, 2, 2] });
    expect(own.degreesOfFreedom).toBe(5);
    expect(paired.degreesOfFreedom).toBe(2);
    expect(paired.difference).toBe(own.difference);
    expect(mantelHaenszelDifference({ ...BERKELEY, cluster: new Array(6).fill(1) }).variance).toBeNaN();
  });

  it('gives units inside strata the same difference, and a variance that grows when units disagree', () => {
    const rows = (spread: number) => {
      const table = { stratum: [] as number[], unit: [] as number[], exposed: [] as boolean[], events: [] as number[] };
      for (let block = 0; block < 6; block++) {
        for (let host = 0; host < 8; host++) {
          table.stratum.push(block);
          table.unit.push(host);
          table.exposed.push(host < 4);
          table.events.push(20 + block + (host < 4 ? 10 : 0) + spread * ((host % 4) - 1.5));
        }
      }
      return { ...table, totals: table.events.map(() => 1000) };
    };
    const alike = stratifiedUnitDifference(rows(0));
    const unlike = stratifiedUnitDifference(rows(4));
    expect(alike.difference).toBeCloseTo(0.01, 12);
    expect(alike.variance).toBeCloseTo(0, 20);
    expect(unlike.difference).toBeCloseTo(0.01, 12);
    expect(unlike.degreesOfFreedom).toBe(6);
    // Two arms of four hosts whose rates differ by .006/.002: the variance of a difference of two means.
    const rates = [-0.006, -0.002, 0.002, 0.006].reduce((sum, value) => sum + value * value, 0) / 3;
    expect(unlike.variance).toBeCloseTo((2 * rates) / 4, 15);
  });
});

describe('quantiles under a shifted mix', () => {
  const bounds = Float64Array.from({ length: 4000 }, (_, i) => exponentialUpperBound(i - 500, 8));
  const exponential = (meanOf: number, requests: number) => {
    const cdf = (x: number) => 1 - Math.exp(-x / meanOf);
    const shares = [...bounds.map((bound, i) => cdf(bound) - (i === 0 ? 0 : cdf(bounds[i - 1]!)))];
    return [...shares, 1 - cdf(bounds[bounds.length - 1]!)].map((share) => share * requests);
  };
  const strata = (fast: number, slow: number, slowMean = 500) => ({
    counts: Float64Array.from([...exponential(50, fast), ...exponential(slowMean, slow)]),
    strata: 2,
  });
  const decompose = (p: number, post: ReturnType<typeof strata>) =>
    quantileDecomposition({ bounds, baseline: strata(90, 10), post, p, interpolation: 'logarithmic' });

  it('blames nothing inside the strata when only the mix moved', () => {
    const tail = decompose(0.99, strata(70, 30));
    expect(tail.baseline).toBeCloseTo(1151.29, 1);
    expect(tail.post).toBeCloseTo(1700.6, 1);
    expect(Math.abs(tail.within)).toBeLessThan(1e-9);
    const median = decompose(0.5, strata(70, 30));
    expect(median.baseline).toBeCloseTo(39.6, 2);
    expect(median.post).toBeCloseTo(55.34, 2);
  });

  it('finds what slowed inside a stratum behind the shift', () => {
    const tail = decompose(0.99, strata(70, 30, 600));
    expect(tail.post).toBeCloseTo(2040.72, 1);
    expect(tail.standardised).toBeCloseTo(1381.55, 1);
    expect(tail.within / tail.baseline).toBeCloseTo(0.2, 3);
    expect(tail.within + tail.mix).toBeCloseTo(tail.post - tail.baseline, 9);
  });

  it('says how much of the mix it could not standardise', () => {
    expect(reweightedCounts({ counts: Float64Array.of(1, 1, 0, 0), strata: 2 }, [3, 1]).uncovered).toBe(0.25);
  });
});

describe('difference in differences', () => {
  it('has the answer of Card and Krueger', () => {
    const levels = { exposedBefore: 20.44, exposedAfter: 21.03, controlBefore: 23.33, controlAfter: 21.17 };
    expect(differenceInDifferences(levels)).toBeCloseTo(2.75, 10);
  });

  it('takes out what units differ by and what befell all of them', () => {
    const exposed = { before: [10, 20, 30, Number.NaN], after: [16, 25, 37, 99] };
    const control = { before: [12, 22, 32], after: [15, 24, 36] };
    const { difference, standardError, degreesOfFreedom } = differenceInDifferencesOfUnits(exposed, control);
    expect(difference).toBeCloseTo(3, 12);
    expect(standardError).toBeCloseTo(Math.sqrt(2 / 3), 12);
    expect(degreesOfFreedom).toBeCloseTo(4, 12);
  });
});
