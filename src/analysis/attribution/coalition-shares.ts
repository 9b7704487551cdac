import { shapleyValues } from '../../statistics/shapley.ts';
import type { Levels } from './arm-levels.ts';
import type { Term } from './coalition-fit.ts';
import type { ShareMeasure } from './share-measure.ts';

/** Parts of a move; players and what is unexplained add up to 1. */
export interface CoalitionShares {
  /** Changes in their order, then the mix of traffic where it is one. */
  readonly ofPlayers: readonly number[];
  readonly unexplained: number;
  /** The whole move in the unit of the measure, and that at the baseline's mix. */
  readonly total: number;
  readonly within: number;
}

/** Effects of the terms on the columns of a measure; as traffic came only where its mix is a player. */
export interface EffectsByMix {
  readonly held: readonly Float64Array[];
  readonly asItCame: readonly Float64Array[] | null;
}

/**
 * Exact Shapley values over what post would have been worth, had it met only a coalition: its columns less the effects of all
 * terms that the coalition lacks a member of, at the mix that came where the mix is in it, else at the baseline's.
 */
export function coalitionShares(
  terms: readonly Term[],
  { read }: ShareMeasure,
  { baseline, held, asItCame }: Levels,
  effects: EffectsByMix,
  changes: number,
): CoalitionShares {
  const mix = effects.asItCame === null ? 0 : 1 << changes;
  const worth = (coalition: number): number => {
    const isAsItCame = (coalition & mix) !== 0;
    const { columns: came, met } = isAsItCame ? asItCame : held;
    const ofTerms = (isAsItCame ? effects.asItCame : effects.held)!;
    const columns = came.slice();
    terms.forEach((term, i) => {
      if ((coalition & term.coalition) === term.coalition) return;
      for (let column = 0; column < columns.length; column++) columns[column]! -= met[i]! * ofTerms[i]![column]!;
    });
    return read(columns);
  };
  const players = effects.asItCame === null ? changes : changes + 1;
  const before = read(baseline.columns);
  const total = worth((1 << players) - 1) - before;
  return {
    ofPlayers: Array.from(shapleyValues(players, worth), (value) => value / total),
    unexplained: (worth(0) - before) / total,
    total,
    within: worth((1 << changes) - 1) - before,
  };
}
