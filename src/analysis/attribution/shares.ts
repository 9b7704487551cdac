import type { Shares } from '../../domain/report.ts';
import { intervalOf } from '../../statistics/fixed-effects-fit.ts';
import { moverDifference } from '../../statistics/mover.ts';
import { MOST_PLAYERS, shapleyValues } from '../../statistics/shapley.ts';
import { CONFIDENCE } from '../comparing/decision.ts';
import type { Beside } from './beside.ts';
import { type ContrastFit, contrastFit } from './contrast.ts';
import { ranTogether, shareThatMet } from './met-together.ts';
import { scaled, shareOfMove } from './share-of-move.ts';

/** Several changes of one comparison with an effect of their own: bit i stands for player i. */
interface Term {
  readonly coalition: number;
  /** Share of the comparison's post arm that met all of them. */
  readonly metShare: number;
}

/**
 * How much of a comparison's move each of the changes did that were shown to do harm here, by the numbers of their
 * exposures. A coalition is worth what post would have been worse by, had its traffic met only these changes: the sum of their
 * fitted effects, alone and together. Null where nothing ran beside what met them, or there is no move.
 */
export function sharesOf(beside: Beside, accused: readonly number[]): Shares | null {
  const { total, exposures } = beside;
  const told = accused.filter((number) => beside.contrasts[number]?.inseparableFrom.length === 0);
  const players = largest(beside, told);
  const base = baseOf(beside, players);
  if (total === null || total.estimate === 0 || players.length === 0 || base === null) return null;
  const { fit, terms, additive } = fitTogether(beside, base, players);
  const factorsOf = (weigh: (term: Term) => number): Map<number, number> =>
    new Map([...terms].map(([column, term]) => [column, weigh(term)]));
  const parts = players.map((number, player) => {
    const factors = factorsOf((term) => shapleyValues(players.length, worthOf(term))[player]!);
    const own = new Map([...factors].filter(([, factor]) => factor !== 0));
    const effect = intervalOf(fit, own, CONFIDENCE);
    return { change: exposures[number]!.change.id, ...shareOfMove(effect, total) };
  });
  const explained = intervalOf(
    fit,
    factorsOf(({ metShare }) => metShare),
    CONFIDENCE,
  );
  const unexplained = scaled(moverDifference(explained, total), 1 / total.estimate);
  return { parts, unexplained, additive, left_out: told.length - players.length };
}

/** What a term adds to each coalition: all of it once its last member has joined. */
function worthOf({ coalition, metShare }: Term): (joined: number) => number {
  return (joined) => ((joined & coalition) === coalition ? metShare : 0);
}

/** The five that explain most: what more of them did stays in the remainder. In the order of the document. */
function largest(beside: Beside, told: readonly number[]): number[] {
  const sizeOf = (number: number): number =>
    Math.abs(beside.contrasts[number]!.difference.estimate) * shareThatMet(beside, [beside.exposures[number]!]);
  const bySize = [...told].sort((a, b) => sizeOf(b) - sizeOf(a) || a - b);
  return bySize.slice(0, MOST_PLAYERS).sort((a, b) => a - b);
}

function baseOf({ fits, fitted }: Beside, players: readonly number[]): ContrastFit | null {
  const isTold = ({ fit }: ContrastFit): boolean =>
    players.every((number) => !Number.isNaN(fit.coefficients[fitted.indexOf(number)]));
  return fits.find(isTold) ?? null;
}

/** The fit with what players do together beyond the sum; where a combination did not run beside the others, effects add up. */
function fitTogether(beside: Beside, base: ContrastFit, players: readonly number[]) {
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
  const { fit } = seen.length === 0 ? base : contrastFit(base.cells, base.rows, base.groupings, products);
  const terms = new Map<number, Term>();
  const add = (column: number, coalition: number): void => {
    if (Number.isNaN(fit.coefficients[column])) return;
    const exposures = membersOf(coalition).map((player) => beside.exposures[players[player]!]!);
    terms.set(column, { coalition, metShare: shareThatMet(beside, exposures) });
  };
  columns.forEach((column, player) => {
    add(column, 1 << player);
  });
  seen.forEach((coalition, i) => {
    add(doses.length + i, coalition);
  });
  return { fit, terms, additive: terms.size < players.length + several.length };
}

function coalitionsOf(players: number): number[] {
  return Array.from({ length: (1 << players) - 1 }, (_, i) => i + 1);
}

function membersOf(coalition: number): number[] {
  return Array.from({ length: MOST_PLAYERS }, (_, player) => player).filter((player) => coalition & (1 << player));
}
