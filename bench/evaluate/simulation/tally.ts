import { normalQuantile } from '../../../src/statistics/normal.ts';
import { wilsonIntervalOfCritical } from '../../../src/statistics/wilson.ts';

/** Hits among trials that are not independent of each other; tallies of one figure are independent of each other. */
export interface Tally {
  readonly figure: string;
  readonly hits: number;
  readonly trials: number;
}

export interface Share {
  readonly trials: number;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
}

/** A share over clusters with its Rao–Scott Wilson 95 % interval; never narrower than independent trials would give. */
export function shareOf(tallies: readonly Tally[]): Share {
  const trials = tallies.reduce((sum, tally) => sum + tally.trials, 0);
  const hits = tallies.reduce((sum, tally) => sum + tally.hits, 0);
  if (trials === 0) return { trials, value: null, interval: null };
  const value = hits / trials;
  const squares = tallies.reduce((sum, tally) => sum + (tally.hits - value * tally.trials) ** 2, 0);
  const variance = (tallies.length / Math.max(1, tallies.length - 1)) * (squares / trials ** 2);
  const binomial = (value * (1 - value)) / trials;
  const effective = trials / Math.max(1, binomial > 0 ? variance / binomial : 1);
  const { low, high } = wilsonIntervalOfCritical(value * effective, effective, normalQuantile(0.975));
  return { trials, value, interval: [low, high] };
}

/** Tallies by figure, in the order in which figures first appear. */
export function byFigure(tallies: readonly Tally[]): Map<string, Tally[]> {
  const figures = new Map<string, Tally[]>();
  for (const tally of tallies) {
    const known = figures.get(tally.figure);
    if (known === undefined) figures.set(tally.figure, [tally]);
    else known.push(tally);
  }
  return figures;
}
