import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_PLAYERS, shapleyValues } from '../../src/statistics/shapley.ts';

/** Admissions to Berkeley's six largest departments in 1973 (Bickel, Hammel & O'Connell 1975). */
const MEN = { events: [512, 353, 120, 138, 53, 22], totals: [825, 560, 325, 417, 191, 373] };
const WOMEN = { events: [89, 17, 202, 131, 94, 24], totals: [108, 25, 593, 375, 393, 341] };

const game = fc.constantFrom(1, 2, 3, 4, 5).chain((players) =>
  fc.record({
    players: fc.constant(players),
    values: fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
      minLength: 1 << players,
      maxLength: 1 << players,
    }),
  }),
);

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

describe('the Shapley value', () => {
  it('of mix and rates is the symmetric Kitagawa split of the Berkeley difference', () => {
    const all = { men: sum(MEN.totals), women: sum(WOMEN.totals) };
    const [mix, rates] = shapleyValues(2, (coalition) => {
      const weights = coalition & 1 ? MEN.totals.map((n) => n / all.men) : WOMEN.totals.map((n) => n / all.women);
      const of = coalition & 2 ? MEN : WOMEN;
      return sum(weights.map((weight, s) => (weight * of.events[s]!) / of.totals[s]!));
    });
    expect(100 * rates!).toBeCloseTo(-3.6028, 4);
    expect(100 * mix!).toBeCloseTo(17.7674, 4);
  });

  it('adds up to what all players together did', () => {
    fc.assert(
      fc.property(game, ({ players, values }) => {
        const shares = shapleyValues(players, (coalition) => values[coalition]!);
        expect(sum(shares)).toBeCloseTo(values.at(-1)! - values[0]!, 9);
      }),
    );
  });

  it('is the mean over all orders of what a player adds on joining', () => {
    fc.assert(
      fc.property(game, ({ players, values }) => {
        const orders = permutations(Array.from({ length: players }, (_, i) => i));
        const expected = new Float64Array(players);
        for (const order of orders) {
          let coalition = 0;
          for (const player of order) {
            const joined = coalition | (1 << player);
            expected[player]! += (values[joined]! - values[coalition]!) / orders.length;
            coalition = joined;
          }
        }
        shapleyValues(players, (coalition) => values[coalition]!).forEach((share, i) => {
          expect(share).toBeCloseTo(expected[i]!, 9);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('is nothing for a player that changes no coalition, and leaves the others as they were without it', () => {
    fc.assert(
      fc.property(game, ({ players, values }) => {
        fc.pre(players < MOST_PLAYERS);
        const alone = shapleyValues(players, (coalition) => values[coalition]!);
        const joined = shapleyValues(players + 1, (coalition) => values[coalition & ((1 << players) - 1)]!);
        expect(joined[players]).toBeCloseTo(0, 9);
        alone.forEach((share, i) => {
          expect(joined[i]).toBeCloseTo(share, 9);
        });
      }),
    );
  });

  it('is the same for players who do the same, and moves with them when they change places', () => {
    const bySize = [0, 3, 4, 9];
    const sizeOf = (coalition: number) => [1, 2, 4].filter((bit) => coalition & bit).length;
    for (const share of shapleyValues(3, (coalition) => bySize[sizeOf(coalition)]!)) expect(share).toBeCloseTo(3, 12);
    const swapped = (coalition: number) => ((coalition & 1) << 1) | (coalition >> 1);
    const [first, second] = shapleyValues(2, (coalition) => [0, 5, 1, 8][coalition]!);
    expect([...shapleyValues(2, (coalition) => [0, 5, 1, 8][swapped(coalition)]!)]).toEqual([second, first]);
  });

  it('asks each coalition once, and refuses more players than it can ask about', () => {
    const asked: number[] = [];
    shapleyValues(3, (coalition) => asked.push(coalition));
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(() => shapleyValues(MOST_PLAYERS + 1, () => 0)).toThrow(RangeError);
  });
});

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) => permutations(items.filter((one) => one !== first)).map((rest) => [first, ...rest]));
}
