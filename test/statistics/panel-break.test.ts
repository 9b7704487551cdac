import { describe, expect, it } from 'vitest';
import { type BreakPanel, preferCommonBreak } from '../../src/statistics/panel-break.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';

const BLOCKS = 120;
const COMMON = 70;

/** Each of eight series has something of its own from block 40, 48, … 96 on; its level moves where `movesAt` says. */
function panel(movesAt: (own: number) => number, random: SeededRandom, noise = 1): BreakPanel {
  const own = Array.from({ length: 8 }, (_, i) => 40 + 8 * i);
  return {
    own,
    values: own.map((at) => {
      const level = random.normal();
      return Float64Array.from(
        { length: BLOCKS },
        (_, t) => level + (t >= movesAt(at) ? 1 : 0) + noise * random.normal(),
      );
    }),
    weights: own.map(() => new Float64Array(BLOCKS).fill(30)),
  };
}

function shareBelow(level: number, movesAt: (own: number) => number, draws: number): number {
  const random = seededRandom(3);
  let below = 0;
  for (let draw = 0; draw < draws; draw++) if (preferCommonBreak(panel(movesAt, random), COMMON)!.p < level) below++;
  return below / draws;
}

describe('a common break against breaks of their own', () => {
  it('is preferred where all moved at one time, in most panels', () => {
    expect(shareBelow(0.05, () => COMMON, 200)).toBeGreaterThan(0.9);
  });

  it('is not preferred where each moved at its own time, or at one distance from it', () => {
    expect(shareBelow(0.05, (own) => own, 200)).toBeLessThan(0.05);
    expect(shareBelow(0.05, (own) => own + 9, 200)).toBeLessThan(0.05);
  });

  it('is not preferred more often than stated where nothing moved and the time was not chosen by looking', () => {
    expect(shareBelow(0.05, () => BLOCKS, 400)).toBeLessThan(0.05);
  });

  it('names the distance at which each moved from its own time', () => {
    expect(
      preferCommonBreak(
        panel((own) => own + 9, seededRandom(5), 0.1),
        COMMON,
      )!.lag,
    ).toBe(9);
  });

  it('is the same in any unit and order of the series, and past unknown blocks', () => {
    const one = panel(() => COMMON, seededRandom(7));
    const { p, meanGain } = preferCommonBreak(one, COMMON)!;
    const other = preferCommonBreak(
      {
        own: [...one.own].reverse(),
        values: [...one.values].reverse().map((values) => values.map((value) => 1000 * value - 5)),
        weights: [...one.weights].reverse().map((weights) => weights.map((weight) => weight / 7)),
      },
      COMMON,
    )!;
    expect(other.p).toBeCloseTo(p, 8);
    expect(other.meanGain).toBeCloseTo(meanGain, 6);
    const shifted = preferCommonBreak(
      {
        own: one.own.map((at) => at + 2),
        values: one.values.map((values) => Float64Array.from([Number.NaN, Number.NaN, ...values])),
        weights: one.weights.map((weights) => Float64Array.from([0, 0, ...weights])),
      },
      COMMON + 2,
    )!;
    expect(shifted.p).toBeCloseTo(p, 8);
  });

  it('is not told by fewer than two series', () => {
    const { own, values, weights } = panel(() => COMMON, seededRandom(9));
    expect(preferCommonBreak({ own: [own[0]!], values: [values[0]!], weights: [weights[0]!] }, COMMON)).toBeNull();
  });
});
