import { MOST_PLAYERS } from '../../statistics/shapley.ts';
import type { Exposure } from '../exposure/exposure.ts';
import type { Beside } from './beside.ts';
import { type ContrastFit, contrastFit } from './contrast.ts';
import { ranTogether } from './met-together.ts';

/** One or several changes of a comparison with an effect of their own: bit i stands for player i. */
export interface Term {
  readonly column: number;
  readonly coalition: number;
  /** Who met them, each. */
  readonly exposures: readonly Exposure[];
}

export interface CoalitionFit {
  readonly contrast: ContrastFit;
  readonly terms: readonly Term[];
  /** Some combination did not run beside the others: what its members do beyond their sum is not seen. */
  readonly additive: boolean;
}

/** The fit with what players do together beyond the sum; where a combination did not run beside the others, effects add up. */
export function coalitionFit(beside: Beside, base: ContrastFit, players: readonly number[]): CoalitionFit {
  const columns = players.map((number) => beside.fitted.indexOf(number));
  const several = coalitionsOf(players.length).filter((coalition) => membersOf(coalition).length > 1);
  const seen = several.filter((coalition) =>
    ranTogether(
      base,
      membersOf(coalition).map((player) => columns[player]!),
    ),
  );
  const { doses } = base.cells;
  const products = seen.map((coalition) =>
    Float64Array.from(base.cells.rate, (_, row) =>
      membersOf(coalition).reduce((product, player) => product * doses[columns[player]!]![row]!, 1),
    ),
  );
  const contrast = seen.length === 0 ? base : contrastFit(base.cells, base.rows, base.groupings, products);
  const terms = [
    ...columns.map((column, player) => ({ column, coalition: 1 << player })),
    ...seen.map((coalition, i) => ({ column: doses.length + i, coalition })),
  ]
    .filter(({ column }) => !Number.isNaN(contrast.fit.coefficients[column]))
    .map((term) => ({
      ...term,
      exposures: membersOf(term.coalition).map((player) => beside.exposures[players[player]!]!),
    }));
  return { contrast, terms, additive: terms.length < players.length + several.length };
}

function coalitionsOf(players: number): number[] {
  return Array.from({ length: (1 << players) - 1 }, (_, i) => i + 1);
}

function membersOf(coalition: number): number[] {
  return Array.from({ length: MOST_PLAYERS }, (_, player) => player).filter((player) => coalition & (1 << player));
}
