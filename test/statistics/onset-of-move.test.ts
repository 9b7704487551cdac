import { describe, expect, it } from 'vitest';
import { largestBout } from '../../src/statistics/bout.ts';
import { cusumOnset } from '../../src/statistics/onset.ts';
import { type OnsetOfMove, onsetOfMove } from '../../src/statistics/onset-of-move.ts';
import { PartialSums } from '../../src/statistics/partial-sums.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { autoregressive } from './autoregressive.ts';
import { NILE } from './nile.ts';

const SERIES = 150;
const POINTS = 120;
const AT = 60;
const CLIMB = 30;

const SHAPES = {
  'one step': (t: number) => (t >= AT ? 1 : 0),
  'two steps': (t: number) => (t < AT ? 0 : t < AT + CLIMB ? 0.4 : 1),
  'a ramp': (t: number) => Math.min(1, Math.max(0, (t - AT + 1) / CLIMB)),
};

interface World {
  readonly shape: keyof typeof SHAPES;
  readonly rho: number;
  readonly height: number;
  /** Standard deviations before and after the move. */
  readonly noise: readonly [number, number];
}

function ones(n: number): number[] {
  return new Array(n).fill(1);
}

function series({ shape, rho, height, noise }: World, seed: number): number[] {
  return autoregressive(POINTS, rho, seed).map(
    (value, t) => value * Math.sqrt(1 - rho * rho) * noise[t < AT ? 0 : 1] + height * SHAPES[shape](t),
  );
}

/** Shares of series whose onset lies within two points, whose interval holds it, and that are called a step. */
function shares(world: World, find: (values: number[]) => Pick<OnsetOfMove, 'index' | 'low' | 'high' | 'shape'>) {
  let [near, held, steps] = [0, 0, 0];
  for (let seed = 0; seed < SERIES; seed++) {
    const { index, low, high, shape } = find(series(world, seed));
    if (Math.abs(index - AT) <= 2) near++;
    if (low <= AT && AT <= high) held++;
    if (shape === 'step') steps++;
  }
  return { near: near / SERIES, held: held / SERIES, steps: steps / SERIES };
}

const found = (values: number[]) => onsetOfMove(values, ones(values.length), AT - 3)!;
const single = (values: number[]) => ({ ...cusumOnset(values)!, shape: 'step' as const });

describe('the onset of a move', () => {
  it('of one step is where the largest change is, and seldom taken for a gradual one', () => {
    for (const rho of [0, 0.3, 0.6]) {
      const world: World = { shape: 'one step', rho, height: 3, noise: [1, 1] };
      expect(shares(world, found).near).toBeGreaterThanOrEqual(shares(world, single).near - 0.02);
      expect(shares(world, found).steps).toBeGreaterThanOrEqual(0.95);
    }
  });

  it('of two steps is the first, not the larger change', () => {
    const world: World = { shape: 'two steps', rho: 0.3, height: 6, noise: [1, 1] };
    expect(shares(world, single).near).toBeLessThanOrEqual(0.1);
    expect(shares(world, found).near).toBeGreaterThanOrEqual(0.9);
  });

  it('of a ramp is nearer its foot than its middle', () => {
    const world: World = { shape: 'a ramp', rho: 0, height: 8, noise: [1, 1] };
    expect(shares(world, single).held).toBeLessThanOrEqual(0.1);
    expect(shares(world, found).steps).toBeLessThanOrEqual(0.1);
    expect(shares(world, found).near).toBeGreaterThanOrEqual(0.5);
  });

  it('is the first departure a quiet past refutes, whatever noise follows', () => {
    const world: World = { shape: 'two steps', rho: 0, height: 2, noise: [0.1, 1] };
    expect(shares(world, found).near).toBeGreaterThanOrEqual(0.9);
    expect(shares(world, single).near).toBeLessThanOrEqual(0.6);
  });

  it.each([
    { shape: 'one step', rho: 0, height: 1.5, noise: [1, 1] },
    { shape: 'one step', rho: 0.6, height: 3, noise: [1, 1] },
    { shape: 'one step', rho: 0.3, height: 1.5, noise: [0.2, 1] },
    { shape: 'one step', rho: 0, height: 1.5, noise: [1, 0.3] },
    { shape: 'two steps', rho: 0.3, height: 6, noise: [1, 1] },
    { shape: 'two steps', rho: 0, height: 3, noise: [0.2, 1] },
    { shape: 'a ramp', rho: 0, height: 2, noise: [1, 1] },
  ] satisfies World[])('lies in its interval in nine of ten series and more: %o', (world) => {
    expect(shares(world, found).held).toBeGreaterThanOrEqual(0.9);
  });

  it('does not change with the unit or the direction', () => {
    for (let seed = 0; seed < 20; seed++) {
      const values = series({ shape: 'two steps', rho: 0.3, height: 4, noise: [0.3, 1] }, seed);
      const { index, low, high, shape, end } = found(values);
      expect(found(values.map((value) => -1000 * value))).toMatchObject({ index, low, high, shape, end });
    }
  });

  it('is that of the largest change where nothing lies after the earliest place for a climb', () => {
    const onset = onsetOfMove(NILE, ones(NILE.length), NILE.length)!;
    expect(onset).toMatchObject({ ...cusumOnset(NILE)!, shape: 'step', isClear: true });
    expect(onsetOfMove(NILE, ones(NILE.length), 20)).toMatchObject({ index: 28, shape: 'step' });
  });

  it('is clear in hardly more than 5 % of series that did not move', () => {
    for (const rho of [0, 0.3, 0.6]) {
      let clear = 0;
      for (let seed = 0; seed < 400; seed++) {
        if (onsetOfMove(autoregressive(60, rho, seed), ones(60), 30)!.isClear) clear++;
      }
      expect(clear / 400).toBeLessThanOrEqual(0.07);
    }
  });
});

describe('a move that went away', () => {
  it('lasted from where its level began to where it ended', () => {
    let [starts, ends, held] = [0, 0, 0];
    for (let seed = 0; seed < SERIES; seed++) {
      const values = autoregressive(POINTS, 0.3, seed).map((value, t) => value + (t >= 70 && t < 90 ? 4 : 0));
      const { start, end, low, high } = largestBout(values, ones(POINTS), 60)!;
      if (Math.abs(start - 70) <= 2) starts++;
      if (Math.abs(end - 90) <= 2) ends++;
      if (low <= 70 && 70 <= high) held++;
    }
    expect(Math.min(starts, ends, held) / SERIES).toBeGreaterThanOrEqual(0.9);
  });

  it('is none in a constant series, nor in one too short to hold it', () => {
    expect(largestBout(ones(40), ones(40), 20)).toBeNull();
    expect(largestBout([1, 2, 3], ones(3), 1)).toBeNull();
  });
});

describe('sums up to every point', () => {
  const random = seededRandom(5);
  const values = Array.from({ length: 30 }, () => 1e6 + random.normal());
  const weights = Array.from({ length: 30 }, () => 0.5 + random.uniform());
  const sums = new PartialSums(values, weights);

  function plain(isIn: (t: number) => boolean) {
    let [weight, sum] = [0, 0];
    values.forEach((value, t) => {
      if (isIn(t)) [weight, sum] = [weight + weights[t]!, sum + weights[t]! * value];
    });
    const mean = sum / weight;
    const squares = values.reduce((all, value, t) => all + (isIn(t) ? weights[t]! * (value - mean) ** 2 : 0), 0);
    return { mean, squares };
  }

  it('give means and squares of a stretch and of all the rest', () => {
    const inside = plain((t) => t >= 7 && t < 19);
    const outside = plain((t) => t < 7 || t >= 19);
    expect(sums.mean(7, 19)).toBeCloseTo(inside.mean, 6);
    expect(sums.squares(7, 19)).toBeCloseTo(inside.squares, 6);
    expect(sums.meanOutside(7, 19)).toBeCloseTo(outside.mean, 6);
    expect(sums.squaresOutside(7, 19)).toBeCloseTo(outside.squares, 6);
  });

  it('give the least squares of a ramp: no other level or height does better', () => {
    const climbed = (t: number) => Math.min(1, Math.max(0, (t - 9) / 8));
    const squaresOf = (level: number, height: number) =>
      values.reduce((all, value, t) => all + weights[t]! * (value - level - height * climbed(t)) ** 2, 0);
    const { level, height, squares } = sums.rampFit(10, 17, 30);
    expect(squaresOf(level, height)).toBeCloseTo(squares, 5);
    for (const [dl, dh] of [
      [0.05, 0],
      [-0.05, 0],
      [0, 0.05],
      [0, -0.05],
    ] as const) {
      expect(squaresOf(level + dl, height + dh)).toBeGreaterThan(squares);
    }
    const old = sums.mean(0, 10);
    const climb = sums.climbFrom(10, 17, 30);
    const squaresFrom = (rise: number) =>
      values.reduce((all, value, t) => all + (t < 10 ? 0 : weights[t]! * (value - old - rise * climbed(t)) ** 2), 0);
    expect(squaresFrom(climb.height)).toBeCloseTo(climb.squares, 5);
    expect(Math.min(squaresFrom(climb.height + 0.05), squaresFrom(climb.height - 0.05))).toBeGreaterThan(climb.squares);
  });

  it('are a step where a ramp begins and ends at once', () => {
    const step = sums.squares(0, 12) + sums.squares(12, 30);
    expect(sums.rampFit(12, 12, 30).squares).toBeCloseTo(step, 6);
  });
});
