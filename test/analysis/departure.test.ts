import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/domain/report.ts';
import type { NamedIndicator } from '../../src/domain/upgrade.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { cellKey, cellsOf, namedSeries, ORDINARY, simulateRequests } from '../support/simulated-cells.ts';
import { at, reportOf, upgradeOf } from '../support/simulated-upgrade.ts';

const DAY = 24 * 60;
const POST = 120;
const DAYS = 3;
const FIRST = DAYS * DAY;

function kpi(better: NamedIndicator['better']): NamedIndicator {
  return { name: 'kpi', metric: 'kpi', kind: 'gauge', better, unit: '', denominator: null, quantiles: [] };
}

/** Three days and two hours of a daily season with AR(1) noise of 2 % on it; `factorAt` counts from the first block of post. */
function compare(
  seed: number,
  factorAt: (block: number) => number,
  { better = 'either' as NamedIndicator['better'], unit = 1, noise = dependent } = {},
): Comparison {
  const next = noise(seededRandom(seed));
  const series = namedSeries(cellKey(), 'kpi', FIRST + POST, (block) => ({
    sum: unit * 100 * (1 + 0.4 * Math.sin((2 * Math.PI * block) / DAY)) * factorAt(block - FIRST) * (1 + next()),
    count: 1,
  }));
  const upgrade = upgradeOf({
    window: null,
    baseline: [{ startMs: at(0), endMs: at(FIRST) }],
    post: { startMs: at(FIRST), endMs: at(FIRST + POST) },
    indicators: [kpi(better)],
  });
  return reportOf(cellsOf([series]), upgrade).comparisons[0]!;
}

const dependent = (random: SeededRandom) => {
  let state = 0.02 * random.normal();
  return () => {
    state = 0.6 * state + 0.02 * 0.8 * random.normal();
    return state;
  };
};

const unchanged = (): number => 1;
/** A fifth more for a tenth of the two hours: 2 % on their mean. */
const surge = (block: number): number => (block >= 30 && block < 42 ? 1.2 : 1);

describe('a series without a good direction', () => {
  it('is called shifted in at most 5 % of series in which nothing changed (8 of 80 by chance)', () => {
    const called = Array.from({ length: 80 }, (_, seed) => compare(seed + 1, unchanged)).filter(
      ({ verdict }) => verdict === 'shifted',
    );
    expect(called.length).toBeLessThanOrEqual(8);
  });

  it('is shifted by a surge that its mean over post hides, and says from when to when', () => {
    const seen = Array.from({ length: 10 }, (_, seed) => compare(seed + 1, surge));
    expect(seen.filter(({ verdict }) => verdict === 'shifted').length).toBeGreaterThanOrEqual(9);
    for (const { notes, onset } of seen.filter(({ verdict }) => verdict === 'shifted')) {
      expect(notes.join(' ')).toMatch(/from \S+ to \S+ it was at \S+, where its past foresaw/);
      expect(Math.abs(Date.parse(onset!.at) - at(FIRST + 30))).toBeLessThanOrEqual(15 * 60_000);
    }
  });

  it('is not shifted by surges its past knows as well', () => {
    const daily = (block: number): number => surge((block + 2 * DAY + 500) % 700);
    const called = Array.from({ length: 20 }, (_, seed) => compare(seed + 1, daily)).filter(
      ({ verdict }) => verdict === 'shifted',
    );
    expect(called.length).toBeLessThanOrEqual(3);
  });

  it('gets the same verdict in any unit', () => {
    for (const seed of [1, 2, 3]) {
      const [one, thousand] = [1, 1000].map((unit) => compare(seed, surge, { unit }));
      expect(thousand?.verdict).toBe(one?.verdict);
      expect(thousand?.p).toBeCloseTo(one!.p!, 8);
    }
  });

  it('leaves a surge that is over to the lasting level where a direction is good or bad', () => {
    for (const seed of [1, 2, 3]) expect(compare(seed, surge, { better: 'lower' }).verdict).not.toBe('regressed');
  });

  it('is not shifted by a blip such as its past has had, where otherwise nothing ever happens', () => {
    const blips = new Set([-3000, -2000, -900, 60]);
    const rare = (block: number): number => (blips.has(block) ? 1 : 0);
    expect(compare(1, rare).verdict).not.toBe('shifted');
  });

  it('says of a quantile what share lay above its old value', () => {
    const checkout: NamedIndicator = {
      name: 'checkout',
      metric: 'checkout',
      kind: 'histogram',
      better: 'either',
      unit: 's',
      denominator: null,
      quantiles: [0.9],
    };
    const series = simulateRequests(
      cellKey(),
      2 * DAY + POST,
      (block) => ({
        ...ORDINARY,
        requests: 20,
        medianSeconds: block >= 2 * DAY + 30 && block < 2 * DAY + 50 ? 0.1 : 0.05,
      }),
      seededRandom(3),
    );
    const upgrade = upgradeOf({
      window: null,
      baseline: [{ startMs: at(0), endMs: at(2 * DAY) }],
      post: { startMs: at(2 * DAY), endMs: at(2 * DAY + POST) },
      indicators: [checkout],
    });
    const report = reportOf(cellsOf([{ ...series, measure: 'checkout' }]), upgrade);
    const one = report.comparisons.find(({ indicator }) => indicator.startsWith('checkout'))!;
    expect(one.verdict).toBe('shifted');
    const said = /the share above its old value was at (\S+), where its past foresaw (\S+):/.exec(one.notes.join(' '))!;
    expect(Number(said[2])).toBeCloseTo(0.1, 1);
    expect(Number(said[1])).toBeGreaterThan(0.12);
    expect(Number(said[1])).toBeLessThan(1);
  });
});
