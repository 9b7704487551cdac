import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changePoints } from '../../src/statistics/change-points.ts';
import { seasonalProfile, withoutSeason } from '../../src/statistics/seasonal-profile.ts';
import { autoregressive } from './autoregressive.ts';
import { NILE } from './nile.ts';

const DAY = 144;
const dailySeason = (t: number) => 3 * Math.sin((2 * Math.PI * t) / DAY) + 1.5 * Math.sin((4 * Math.PI * t) / DAY);
const indexesOf = (...settings: Parameters<typeof changePoints>) => changePoints(...settings).map(({ index }) => index);

describe('change points of a long series', () => {
  it.each([
    [30, 0.6, 800],
    [60, 0.3, 800],
    [100, 0, 800],
    [100, 0.6, 800],
    [1000, 0.3, 150],
    [3000, 0.6, 40],
  ])('are found in at most one of twenty unchanged series of %d points with autocorrelation %d', (n, rho, series) => {
    let alarms = 0;
    for (let seed = 0; seed < series; seed++) if (changePoints(autoregressive(n, rho, seed)).length > 0) alarms++;
    // Two standard errors of the simulation above the level.
    expect(alarms / series).toBeLessThanOrEqual(0.05 + 2 * Math.sqrt((0.05 * 0.95) / series));
  });

  it.each([
    [100, 0, 2],
    [300, 0.3, 3],
    [1000, 0.6, 3],
  ])(
    'are found in nine of ten series of %d points with autocorrelation %d that moved by %d deviations',
    (n, rho, by) => {
      let found = 0;
      for (let seed = 0; seed < 60; seed++) {
        const at = Math.round(n * 0.6);
        const noise = autoregressive(n, rho, seed);
        const height = by / Math.sqrt(1 - rho * rho);
        const indexes = indexesOf(noise.map((value, t) => value + (t >= at ? height : 0)));
        if (indexes.some((index) => Math.abs(index - at) <= 8)) found++;
      }
      expect(found / 60).toBeGreaterThanOrEqual(0.9);
    },
  );

  it('are the same ones whatever the unit and offset, and those of the mirrored series', () => {
    const series = autoregressive(200, 0.3, 7).map((value, t) => value + (t >= 120 ? 4 : 0));
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.integer({ min: -1000, max: 1000 }),
        (unit, by) => {
          expect(indexesOf(series.map((value) => value * unit))).toEqual(indexesOf(series));
          expect(indexesOf(series.map((value) => by - value))).toEqual(indexesOf(series));
        },
      ),
      { numRuns: 20 },
    );
    expect(indexesOf(series)).toHaveLength(1);
  });

  it('cut many levels where they begin, the last one above all', () => {
    const noise = autoregressive(2000, 0, 3);
    const series = noise.map((value, t) => value + 3 * (Math.floor(t / 250) % 3));
    const indexes = indexesOf(series);
    expect(indexes).toHaveLength(7);
    indexes.forEach((index, i) => {
      expect(Math.abs(index - 250 * (i + 1))).toBeLessThanOrEqual(5);
    });
    const last = changePoints(series).at(-1)!;
    expect(last.before).toBeCloseTo(0, 0);
    expect(last.after).toBeCloseTo(3, 0);
  });

  it('are neither a daily season nor slow noise under fast noise', () => {
    const days = 14;
    for (let seed = 0; seed < 10; seed++) {
      const noise = autoregressive(days * DAY, 0.3, seed);
      const seasonal = noise.map((value, t) => value + dailySeason(t));
      expect(indexesOf(seasonal, { season: DAY })).toEqual([]);
      const moved = seasonal.map((value, t) => value + (t >= 1400 ? 2 : 0));
      expect(indexesOf(moved, { season: DAY })).toHaveLength(1);
      expect(Math.abs(indexesOf(moved, { season: DAY })[0]! - 1400)).toBeLessThanOrEqual(12);
    }
    let alarms = 0;
    for (let seed = 0; seed < 40; seed++) {
      const slow = autoregressive(1000, 0.95, seed).map((value) => value * Math.sqrt(1 - 0.95 ** 2));
      const fast = autoregressive(1000, 0, seed + 5000);
      if (changePoints(slow.map((value, t) => value + fast[t]!)).length > 0) alarms++;
    }
    expect(alarms / 40).toBeLessThanOrEqual(0.2);
  });

  it('are neither blips nor outliers', () => {
    const series = autoregressive(300, 0, 5);
    series[150] = 50;
    series[299] = 50;
    expect(indexesOf(series)).toEqual([]);
    expect(indexesOf([...new Array<number>(40).fill(0), 1])).toEqual([]);
  });

  it('skip what is not known and keep the positions of the series as given', () => {
    const series = Array.from({ length: 60 }, (_, t) => (t % 3 === 1 ? Number.NaN : t < 30 ? 1 : 2));
    expect(changePoints(series)).toMatchObject([{ index: 30, before: 1, after: 2 }]);
    expect(changePoints([])).toEqual([]);
    expect(changePoints(new Array<number>(50).fill(Number.NaN))).toEqual([]);
    expect(changePoints(new Array<number>(50).fill(7))).toEqual([]);
  });

  it('are the dam in the Nile', () => {
    expect(changePoints(NILE)).toMatchObject([{ index: 28 }]);
  });

  it('come from twenty thousand points as from few', () => {
    const series = autoregressive(20_000, 0.6, 1).map((value, t) => value + (t >= 12_000 ? 2 : 0));
    const indexes = indexesOf(series, { season: 288 });
    expect(indexes).toHaveLength(1);
    expect(Math.abs(indexes[0]! - 12_000)).toBeLessThanOrEqual(10);
  });
});

describe('the seasonal profile', () => {
  it.each([4, 7, DAY])(
    'of %d points is found exactly where there is no noise, whatever the trend and level',
    (season) => {
      const shape = Array.from({ length: season }, (_, phase) => (phase * 7919) % 13);
      const centre = shape.reduce((sum, value) => sum + value, 0) / season;
      const series = Array.from({ length: 5 * season }, (_, t) => shape[t % season]! + 0.5 * t + 100);
      seasonalProfile(series, season)!.forEach((value, phase) => {
        expect(value).toBeCloseTo(shape[phase]! - centre, 8);
      });
    },
  );

  it('does not take a change of level for a season', () => {
    const series = Array.from({ length: 10 * DAY }, (_, t) => dailySeason(t) + (t >= 700 ? 5 : 0));
    const without = withoutSeason(series, DAY);
    for (let t = 0; t < 600; t++) expect(Math.abs(without[t]!)).toBeLessThan(0.5);
    for (let t = 800; t < series.length; t++) expect(Math.abs(without[t]! - 5)).toBeLessThan(0.5);
  });

  it('is not told from fewer than three seasons, and bears gaps', () => {
    expect(seasonalProfile(new Array<number>(11).fill(1), 4)).toBeNull();
    expect(Array.from(withoutSeason([1, 2, 1, 2], 2))).toEqual([1, 2, 1, 2]);
    const gappy = Array.from({ length: 40 }, (_, t) => (t % 9 === 0 ? Number.NaN : t % 4));
    expect(withoutSeason(gappy, 4)[9]).toBeNaN();
    expect(withoutSeason(gappy, 4)[10]).toBeCloseTo(1.5, 0);
  });
});
